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
/** Above what a transfer of either kind uses. */
const ERG_LIMIT = 40_000n;

/** How a transfer is written: as the one payment that most are, which needs no machine, or with a word of its own, which is compiled and run on one. */
export type TransferCode = "payment" | "own word";

function programOf(to: Uint8Array, code: TransferCode): Program {
  const [address, one] = [{ kind: "text", value: encodeAddress(to) }, { kind: "cell", value: 1n }] as const;
  if (code === "payment") return { entries: [{ kind: "literal", value: address }, { kind: "literal", value: one }, { kind: "word", word: { code: SEND }, text: "", defines: [] }] };
  return {
    entries: [
      { kind: "colon", name: "pay", code: [{ op: "literal", value: one }, { op: "word", word: { code: SEND } }, { op: "exit" }] },
      { kind: "literal", value: address },
      { kind: "word", word: { user: 0 }, text: "", defines: [] },
    ],
  };
}

/** A package that pays one coin, as `ct` would make it: strict, with the hash of its effect, signed. */
export function transferPackage(from: Account, to: Uint8Array, options: { readonly chainId: Uint8Array; readonly nonce: bigint; readonly code?: TransferCode }): Uint8Array {
  const program = programOf(to, options.code ?? "payment");
  const balances = [{ domain: from.domain, deltaUnits: -UNITS_PER_COIN }, { domain: to, deltaUnits: UNITS_PER_COIN }].sort((a, b) => compareBytes(a.domain, b.domain));
  const body: PackageBody = {
    format: 1, rulesVersion: 1, wordTableVersion: WORD_TABLE_VERSION, wordsHash: wordsHash([program]), chainId: options.chainId,
    domain: from.domain, nonce: options.nonce, signers: { keys: [from.domain], needed: 1 }, ergPriceUnits: 1n, ergLimit: ERG_LIMIT,
    expiryHeight: 1_000_000n, mode: "strict", effectHash: effectHash(encodeEffect({ ...EMPTY_EFFECT, balances, greatestSpendUnits: UNITS_PER_COIN })),
    sections: [{ kind: 1, bytes: encodeProgram(program) }],
  };
  return encodeSignedPackage({ body, signatures: [signBody(encodeBody(body), from)] });
}
