import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeDomain, decodeEntry, encodeDomain, encodeEntry } from "../../node/state/records-codec.ts";
import { firstKeys, type KeySet } from "../../node/state/key-set.ts";
import type { DomainRecord, EntryRecord } from "../../node/state/records.ts";
import type { Sacrifice } from "../../node/state/sacrifice.ts";
import { packMode, RIGHT_BITS, rightsFor, unpackMode, type AccessView, type Guarded, type Right } from "../../node/state/rights.ts";
import { randomKeySet } from "./package/key-samples.ts";
import { Dice } from "./package/package-samples.ts";
import { seeded } from "./seeded.ts";

type Random = (below: number) => number;
const bytes = (random: Random, count: number): Uint8Array => Uint8Array.from({ length: count }, () => random(256));
const pick = <T>(random: Random, ...values: T[]): T => values[random(values.length)] as T;

function randomDomain(random: Random): DomainRecord {
  return {
    format: 1,
    rulesVersion: random(300),
    balanceUnits: pick(random, 0n, 1n, 127n, 128n, 2n ** 128n - 1n, BigInt(random(1 << 30))),
    nonce: BigInt(random(1000)),
    ...(random(3) === 0 ? {} : { keys: randomKeySet(new Dice(`keys ${random(1 << 30)}`)) }),
    sealingKey: bytes(random, pick(random, 0, 32)),
    storageRoot: bytes(random, 32),
    ...(random(2) === 0 ? {} : { sacrifice: randomSacrifice(random) }),
  };
}

function randomSacrifice(random: Random): Sacrifice {
  const usedUnits = BigInt(1 + random(1 << 20));
  return { burntUnits: pick(random, usedUnits, usedUnits + 1n, 2n ** 128n - 1n), usedUnits: pick(random, usedUnits, 1n), nick: pick(random, "", "abc", "x1-2", "y".repeat(20)) };
}

function randomEntry(random: Random): EntryRecord {
  return {
    format: 1,
    kind: pick(random, "file", "directory"),
    name: pick(random, "a", "über", "日本", "\u{1F600}", "x".repeat(255)),
    owner: bytes(random, 20),
    mode: random(2 ** 27),
    acl: bytes(random, random(60)),
    meta: bytes(random, random(4)),
    sizeBytes: pick(random, 0, 1, 255, 256, 1_048_576),
    contentHash: bytes(random, 32),
  };
}

/** Every change of a byte must be refused, or be the one form of another record. */
function checkOneForm<R>(random: Random, record: R, encode: (record: R) => Uint8Array, decode: (bytes: Uint8Array) => R): void {
  const encoded = encode(record);
  assert.equal(decode(encoded), record);
  for (let i = 0; i < 20; i++) {
    const damaged = encoded.slice(0, random(5) === 0 ? random(encoded.length) : encoded.length);
    if (damaged.length > 0) damaged[random(damaged.length)] = random(256);
    try {
      assert.ok(equalBytes(encode(decode(damaged)), damaged));
    } catch (error) {
      assert.ok(isFaultError(error) && ["CODEC_MALFORMED", "LANG_BAD_INPUT"].includes(error.fault.code), String(error));
    }
  }
  for (const tail of [Uint8Array.of(0), Uint8Array.of(0x80)]) assert.throws(() => decode(new Uint8Array([...encoded, ...tail])), isFaultError);
}

test("records read back as they were written, from one form only", () => {
  const random = seeded(1);
  for (let i = 0; i < 150; i++) {
    checkOneForm(random, randomDomain(random), encodeDomain, decodeDomain);
    checkOneForm(random, randomEntry(random), encodeEntry, decodeEntry);
  }
});

test("records beyond the bounds are refused", () => {
  const random = seeded(2);
  const domain = randomDomain(random);
  const entry = randomEntry(random);
  const keys = firstKeys(new Uint8Array(20));
  const refused = (encoded: Uint8Array, decode: (bytes: Uint8Array) => unknown): void => assert.throws(() => decode(encoded), isFaultError);
  refused(encodeDomain({ ...domain, balanceUnits: 2n ** 128n }), decodeDomain);
  const wrongKeys: readonly KeySet[] = [
    { ...keys, keys: [...keys.keys, ...keys.keys] }, { ...keys, thresholds: { owner: 2, active: 1 } }, { ...keys, thresholds: { owner: 1, active: 0 } }, { ...keys, keys: [] },
    { ...keys, keys: Array.from({ length: 17 }, (_, i) => ({ id: new Uint8Array(20).fill(i), role: "active" as const })) },
    { ...keys, recovery: { guardians: [new Uint8Array(20)], needed: 2, delayBlocks: 1n } }, { ...keys, votes: [{ guardian: new Uint8Array(19), key: new Uint8Array(20) }] },
  ];
  for (const wrong of wrongKeys) refused(encodeDomain({ ...domain, keys: wrong }), decodeDomain);
  refused(encodeDomain({ ...domain, sealingKey: new Uint8Array(31) }), decodeDomain);
  const sacrifice = { burntUnits: 5n, usedUnits: 3n, nick: "bob" };
  const wrongSacrifices = [{ burntUnits: 0n, usedUnits: 0n }, { burntUnits: 2n ** 128n }, { usedUnits: 6n }, { usedUnits: 0n }, ...["ab", "Bob", "1ab", "a--b", "ab-", "b\u043eb", "grid1abc", "x".repeat(21), "a b", "a.b"].map((nick) => ({ nick }))];
  decodeDomain(encodeDomain({ ...domain, sacrifice }));
  for (const wrong of wrongSacrifices) refused(encodeDomain({ ...domain, sacrifice: { ...sacrifice, ...wrong } }), decodeDomain);
  refused(encodeEntry({ ...entry, name: "x".repeat(256) }), decodeEntry);
  refused(encodeEntry({ ...entry, mode: 2 ** 27 }), decodeEntry);
  refused(encodeEntry({ ...entry, sizeBytes: 1_048_577 }), decodeEntry);
  refused(encodeEntry({ ...entry, acl: new Uint8Array(4_097) }), decodeEntry);
});

test("a mode keeps its three groups apart", () => {
  for (const groups of [{ owner: 127, mask: 0, others: 1 }, { owner: 0, mask: 127, others: 64 }, { owner: 1, mask: 2, others: 4 }]) {
    assert.equal(unpackMode(packMode(groups)), groups);
  }
});

test("a right is the owner's group for the owner, the others' for everyone else", () => {
  const random = seeded(3);
  const entry = { ...randomEntry(random), acl: new Uint8Array(0), owner: new Uint8Array(20).fill(1), mode: packMode({ owner: RIGHT_BITS.write, mask: 127, others: RIGHT_BITS.read }) };
  const on = { domain: new Uint8Array(20).fill(2), entry };
  const nobody: AccessView = { isMember: () => false, height: () => 0n };
  const hasRight = (actor: Uint8Array, right: Right, guarded: Guarded): boolean => (rightsFor(actor, guarded, nobody) & RIGHT_BITS[right]) !== 0;
  assert.ok(hasRight(entry.owner, "write", on));
  assert.not.ok(hasRight(entry.owner, "read", on));
  assert.ok(hasRight(entry.owner, "own", on));
  assert.ok(hasRight(on.domain, "read", on));
  assert.not.ok(hasRight(on.domain, "write", on));
  assert.ok(hasRight(on.domain, "write", { ...on, entry: undefined }));
  assert.not.ok(hasRight(entry.owner, "write", { ...on, entry: undefined }));
});

test.run();
