import { compareBytes, concatBytes, toHex, utf8 } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { ed25519PublicKey, signEd25519 } from "../../../node/crypto/ed25519.ts";
import type { PackageBody, PackageSignature, Quorum } from "../../../node/package/body.ts";
import { DIRECTORY_HASH, type Effect, type PathChange } from "../../../node/package/effect.ts";
import type { SacrificeChange } from "../../../node/package/sacrifice-effect.ts";
import { messageToSign } from "../../../node/package/signing.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { randomKeyChanges } from "./key-samples.ts";
import { randomRights } from "./rights-samples.ts";

/** Numbers from a seed: the same seed gives the same run. */
export class Dice {
  #state: Uint8Array;
  constructor(seed: string) {
    this.#state = sha256(utf8(seed));
  }
  bytes(count: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let have = 0; have < count; have += 32) parts.push((this.#state = sha256(this.#state)));
    return concatBytes(...parts).slice(0, count);
  }
  below(limit: number): number {
    const [a = 0, b = 0, c = 0] = this.bytes(3);
    return ((a << 16) | (b << 8) | c) % limit;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  big(bits: number): bigint {
    return BigInt(`0x0${toHex(this.bytes(16))}`) & ((1n << BigInt(1 + this.below(bits))) - 1n);
  }
}

export const seedNamed = (name: string): Uint8Array => sha256(utf8(name));
export const keyNamed = (name: string): Uint8Array => ed25519PublicKey(seedNamed(name));
export const domainNamed = (name: string): Uint8Array => sha256(utf8(`domain ${name}`)).slice(0, 20);

/** Id of a key: its address. */
export const idOf = (name: string): Uint8Array => domainOfKey(keyNamed(name));
/** All of the named keys. */
export const quorumOf = (names: readonly string[], needed = names.length): Quorum => ({ keys: names.map(idOf).sort(compareBytes), needed });

/** A strict package of one signer, with whatever a test wants to be different. */
export function sampleBody(changes: Partial<PackageBody> = {}): PackageBody {
  return {
    format: 1, rulesVersion: 1, wordTableVersion: 1, wordsHash: sha256(utf8("words")), chainId: sha256(utf8("chain")),
    domain: domainNamed("alice"), nonce: 1n, signers: quorumOf(["alice"]),
    ergPriceUnits: 10n, ergLimit: 500_000n, expiryHeight: 900n, mode: "strict", effectHash: sha256(utf8("effect")),
    sections: [{ kind: 1, bytes: utf8("a program") }], ...changes,
  };
}

export function randomBody(dice: Dice): PackageBody {
  const names = ["alice", "bob", "carol", "dave"].slice(0, 1 + dice.below(4));
  const sponsored = dice.below(2) === 1;
  const strict = dice.below(2) === 1;
  return sampleBody({
    rulesVersion: dice.below(0x10000), wordTableVersion: dice.below(0x10000), wordsHash: dice.bytes(32), chainId: dice.bytes(32), domain: dice.bytes(20),
    nonce: dice.big(64), signers: quorumOf(names, 1 + dice.below(names.length)), ...(sponsored && { payer: { domain: dice.bytes(20), signers: quorumOf(["eve", "frank"]) } }),
    ergPriceUnits: dice.big(127), ergLimit: dice.big(53), expiryHeight: dice.big(64),
    mode: strict ? "strict" : "loose", effectHash: dice.bytes(strict ? 32 : 0), sections: [{ kind: 1, bytes: dice.bytes(dice.below(300)) }],
  });
}

/** Signatures of the named keys, which must be in the order of their bytes; `sshsig` for every second one. */
export function signatures(bodyBytes: Uint8Array, role: PackageSignature["role"], names: readonly string[]): PackageSignature[] {
  const sorted = [...names].sort((a, b) => compareBytes(keyNamed(a), keyNamed(b)));
  return sorted.map((name, index) => {
    const scheme = index % 2 === 0 ? "raw" : "sshsig";
    return { role, publicKey: keyNamed(name), scheme, signature: signEd25519(seedNamed(name), messageToSign(scheme, bodyBytes)) };
  });
}

const NAMES = ["docs", "note", "ä b", "x", "z-1", "日本", "~", "a'b"];

export function randomEffect(dice: Dice): Effect {
  const places = (count: number): { domain: Uint8Array; path: string }[] => {
    const all = new Map<string, { domain: Uint8Array; path: string }>();
    for (let i = 0; i < count; i++) {
      const domain = domainNamed(dice.pick(["alice", "bob"]));
      const path = Array.from({ length: 1 + dice.below(3) }, () => `/${dice.pick(NAMES)}`).join("");
      all.set(toHex(concatBytes(domain, utf8(path))), { domain, path });
    }
    return [...all].sort(([a], [b]) => compareBytes(utf8(a), utf8(b))).map(([, place]) => place);
  };
  const domains = ["alice", "bob", "carol"].map(domainNamed).sort(compareBytes);
  return {
    version: 1,
    paths: places(dice.below(6)).map((place) => ({ ...place, ...randomContentChange(dice) })),
    balances: domains.filter(() => dice.below(2) === 1).map((domain) => ({ domain, deltaUnits: (dice.big(100) + 1n) * (dice.below(2) === 1 ? 1n : -1n) })),
    rights: places(dice.below(4)).map((place) => {
      const [old, given] = [randomRights(dice), randomRights(dice)];
      if (dice.below(2) === 0) return { ...place, old, new: given, contentHash: dice.bytes(32) };
      return { ...place, old, new: { ...given, owner: old.owner, mode: old.mode ^ 1 }, contentHash: new Uint8Array(0) };
    }),
    calls: places(dice.below(3)).map((place) => ({ ...place, word: dice.pick(["pay", "main", "größer"]), codeHash: dice.bytes(32), times: 1 + dice.below(3), units: dice.big(90) })),
    stored: places(dice.below(3)).map((place) => ({ ...place, key: dice.pick(["", "total", "a b"]), oldHash: dice.pick([new Uint8Array(0), dice.bytes(32)]), newHash: dice.bytes(32) })),
    keys: domains.filter(() => dice.below(3) === 0).flatMap((domain) => randomKeyChanges(dice, domain)),
    sacrifices: domains.filter(() => dice.below(4) === 0).map((domain) => ({ domain, ...randomSacrifice(dice) })),
    greatestSpendUnits: dice.big(100),
  };
}

function randomSacrifice(dice: Dice): Omit<SacrificeChange, "domain"> {
  const [oldNick, newNick] = [dice.pick(["", "al-1", "x".repeat(20)]), dice.pick(["", "bob", "al-1"])];
  return { burntUnits: dice.pick([0n, dice.big(100)]), usedUnits: dice.big(60) + 1n, oldNick, newNick };
}

function randomContentChange(dice: Dice): Omit<PathChange, "domain" | "path"> {
  const empty = new Uint8Array(0);
  const content = dice.bytes(32);
  const size = dice.below(1000);
  return dice.pick([
    { kind: "file", oldHash: empty, newHash: content, oldSizeBytes: 0, newSizeBytes: size },
    { kind: "file", oldHash: content, newHash: empty, oldSizeBytes: size, newSizeBytes: 0 },
    { kind: "file", oldHash: dice.bytes(32), newHash: content, oldSizeBytes: 3, newSizeBytes: size },
    { kind: "directory", oldHash: empty, newHash: DIRECTORY_HASH, oldSizeBytes: 0, newSizeBytes: 0 },
    { kind: "directory", oldHash: content, newHash: DIRECTORY_HASH, oldSizeBytes: size, newSizeBytes: 0 },
    { kind: "file", oldHash: DIRECTORY_HASH, newHash: content, oldSizeBytes: 0, newSizeBytes: size },
  ] as const);
}

/** One to three small accidents: a changed byte, a cut, an insertion, a repetition. */
export function damaged(bytes: Uint8Array, dice: Dice): Uint8Array {
  let out = bytes;
  for (let i = dice.below(3); i >= 0; i--) {
    const at = dice.below(out.length + 1);
    const [head, tail] = [out.subarray(0, at), out.subarray(at)];
    out = dice.pick([
      () => concatBytes(head, Uint8Array.of((tail[0] ?? 0) ^ (1 << dice.below(8))), tail.subarray(1)),
      () => head,
      () => concatBytes(head, dice.bytes(1 + dice.below(4)), tail),
      () => concatBytes(head, tail.subarray(0, 4), tail),
      () => concatBytes(head, tail.subarray(1)),
    ])();
  }
  return out;
}

/** The code of the fault that `run` throws; what is not a declared fault goes on as our own error. */
export function faultCode(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
}

/** The whole fault that `run` throws, promise or not. */
export async function faultOf(run: () => unknown): Promise<Record<string, unknown> | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (isFaultError(error)) return { ...error.fault };
    throw error;
  }
}
