import { compareBytes, utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { builtinXt } from "../../../lang/primitives/table.ts";
import { WORD_TABLE_VERSION } from "../../../lang/primitives/table.ts";
import { encodeProgram, type Program } from "../../../lang/program/program.ts";
import { foldName } from "../../../lang/words.ts";
import { ed25519PublicKey } from "../../../node/crypto/ed25519.ts";
import { UNITS_PER_COIN } from "../../../node/ledger/params.ts";
import { encodeBody, encodeSignedPackage } from "../../../node/package/body-codec.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { EMPTY_EFFECT } from "../../../node/package/effect.ts";
import { effectHash, encodeEffect } from "../../../node/package/effect-codec.ts";
import { signBody } from "../../../node/package/signing.ts";
import { wordsHash } from "../../../node/package/words.ts";
import { domainOfKey, encodeAddress } from "../../../node/state/address.ts";

/** Somebody with a key of its own; made from a number, so that runs repeat. */
export interface Account {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly domain: Uint8Array;
}

export function account(index: number): Account {
  const seed = sha256(utf8(`bench account ${index}`));
  const publicKey = ed25519PublicKey(seed);
  return { seed, publicKey, domain: domainOfKey(publicKey) };
}

/** A domain nobody has a key to; making keys for a million of them would take minutes and measure nothing. */
export function bystander(index: number): Uint8Array {
  return sha256(utf8(`bench bystander ${index}`)).slice(0, 20);
}

const SEND = builtinXt(foldName("sendEx"));
/** Above what a transfer uses. */
const ERG_LIMIT = 40_000n;

/** A package that pays one coin, as `ct` would make it: strict, with the hash of its effect, signed. */
export function transferPackage(from: Account, to: Uint8Array, options: { readonly chainId: Uint8Array; readonly nonce: bigint }): Uint8Array {
  const program: Program = {
    entries: [
      { kind: "literal", value: { kind: "text", value: encodeAddress(to) } },
      { kind: "literal", value: { kind: "cell", value: 1n } },
      { kind: "word", word: { code: SEND }, text: "", defines: [] },
    ],
  };
  const balances = [{ domain: from.domain, deltaUnits: -UNITS_PER_COIN }, { domain: to, deltaUnits: UNITS_PER_COIN }].sort((a, b) => compareBytes(a.domain, b.domain));
  const body: PackageBody = {
    format: 1, rulesVersion: 1, wordTableVersion: WORD_TABLE_VERSION, wordsHash: wordsHash([program]), chainId: options.chainId,
    domain: from.domain, nonce: options.nonce, signers: { keys: [from.domain], needed: 1 }, ergPriceUnits: 1n, ergLimit: ERG_LIMIT,
    expiryHeight: 1_000_000n, mode: "strict", effectHash: effectHash(encodeEffect({ ...EMPTY_EFFECT, balances, greatestSpendUnits: UNITS_PER_COIN })),
    sections: [{ kind: 1, bytes: encodeProgram(program) }],
  };
  return encodeSignedPackage({ body, signatures: [signBody(encodeBody(body), from)] });
}
