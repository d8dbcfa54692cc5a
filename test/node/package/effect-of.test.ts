import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { DIRECTORY_HASH, EMPTY_EFFECT } from "../../../node/package/effect.ts";
import { decodeEffect, encodeEffect } from "../../../node/package/effect-codec.ts";
import { effectOf, type EffectContext } from "../../../node/package/effect-of.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import type { DomainChange, EntryChange } from "../../../node/state/realm-changes.ts";
import type { DomainRecord, EntryRecord } from "../../../node/state/records.ts";
import { DIRECTORY_MODE, FILE_MODE, packMode, unpackMode } from "../../../node/state/rights.ts";
import { Dice, domainNamed, keyNamed } from "./package-samples.ts";
import { encodeAcl } from "../../../node/state/acl.ts";
import { EMPTY_META, encodeMeta } from "../../../node/state/meta.ts";

const [alice, bob, carol] = [domainNamed("alice"), domainNamed("bob"), domainNamed("carol")];
const context: EffectContext = { signerDomain: alice };
const none = new Uint8Array(0);

function record(content: string | undefined, changes: Partial<EntryRecord> = {}): EntryRecord {
  const isFile = content !== undefined;
  const body = utf8(content ?? "");
  return {
    format: 1, kind: isFile ? "file" : "directory", name: "x", owner: alice, mode: isFile ? FILE_MODE : DIRECTORY_MODE, acl: none, meta: none,
    sizeBytes: body.length, contentHash: isFile ? sha256(body) : DIRECTORY_HASH, ...changes,
  };
}
const funds = (domain: Uint8Array, before: bigint, after: bigint, nonce = 0n): DomainChange => ({ domain, before: domainRecord(before), after: { ...domainRecord(after), nonce } });
function domainRecord(balanceUnits: bigint): DomainRecord {
  return { format: 1, rulesVersion: 1, balanceUnits, nonce: 0n, keys: [], sealingKey: none, storageRoot: new Uint8Array(32) };
}
const entry = (path: string, before: EntryRecord | undefined, after: EntryRecord | undefined, domain = alice): EntryChange => ({ domain, path: `/${path}`, before, after });
const sentences = (entries: readonly EntryChange[]): readonly string[] => effectSentences(effectOf({ entries, domains: [], stored: [] }, context), alice);

test("what ended as it began is no effect", () => {
  const same = record("a");
  const effect = effectOf({
    entries: [entry("a", same, { ...same }), entry("b", undefined, undefined), entry("d", record(undefined), record(undefined))],
    domains: [funds(alice, 5n, 5n, 1n)],
    stored: [],
  }, context);
  assert.equal(effect, EMPTY_EFFECT);
});

test("each transition becomes its entry", () => {
  assert.equal(sentences([
    entry("new", undefined, record("abc")), entry("docs", undefined, record(undefined)), entry("gone", record("a"), undefined),
    entry("dir-gone", record(undefined), undefined), entry("over", record("a"), record("bcd")), entry("turned", record("a"), record(undefined)),
  ]), [
    "removes the directory ~/dir-gone", "makes the directory ~/docs", "removes the file ~/gone (1 byte)", "makes the file ~/new (3 bytes)",
    "writes ~/over (1 byte → 3 bytes)", "replaces the file ~/turned (1 byte) by a directory",
  ]);
});

test("rights count where they are not what a new entry is born with", () => {
  assert.equal(sentences([entry("plain", undefined, record("a"))]), ["makes the file ~/plain (1 byte)"]);
  assert.equal(sentences([entry("open", undefined, record("a", { mode: packMode({ ...unpackMode(FILE_MODE), others: 3 }) }))]), ["makes the file ~/open (1 byte)", "sets what everybody else may do with ~/open: read, write (was: read)"]);
  assert.is(sentences([entry("kept", record("a"), record("a", { owner: bob }))]).length, 1);
  assert.is(sentences([entry("meta", record("a"), record("a", { meta: encodeMeta({ ...EMPTY_META, legal: 1 }), acl: encodeAcl({ named: [], frozenUntil: 7n }) }))]).length, 2);
  assert.is(sentences([entry("gone", record("a", { owner: bob }), undefined)]).length, 1);
});

test("a gift that comes in between changes no effect, for absolute balances are no part of it", () => {
  const paidOn = (gift: bigint): DomainChange[] => [funds(alice, gift + 100n, gift + 70n), funds(bob, gift, gift + 30n)];
  const paid = effectOf({ entries: [], domains: paidOn(0n), stored: [] }, context);
  assert.equal(new Set(paid.balances.map((one) => one.deltaUnits)), new Set([-30n, 30n]));
  assert.is(paid.greatestSpendUnits, 30n);
  assert.equal(effectOf({ entries: [], domains: paidOn(7n), stored: [] }, context), paid);
});

test("a change of keys never passes in silence", () => {
  const key = { algorithm: "ed25519", publicKey: keyNamed("alice"), role: "owner", weight: 1, limits: none } as const;
  const rotated = (before: DomainRecord["keys"], after: DomainRecord["keys"]): (() => unknown) => () =>
    effectOf({ entries: [], domains: [{ domain: alice, before: { ...domainRecord(1n), keys: before }, after: { ...domainRecord(1n), keys: after } }], stored: [] }, context);
  rotated([], [key])();
  rotated([key], [{ ...key }])();
  for (const keys of [[], [{ ...key, publicKey: keyNamed("mallory") }], [key, { ...key, publicKey: keyNamed("mallory") }], [{ ...key, weight: 2 }]]) {
    assert.throws(rotated([key], keys), /a change of keys has no entry/);
  }
});

test("the order of changes does not matter, and every effect has an encoding", () => {
  const dice = new Dice("effect of");
  for (let i = 0; i < 100; i++) {
    const entries = Array.from({ length: dice.below(8) }, (_, index) => {
      const some = (): EntryRecord | undefined => dice.pick([undefined, record(undefined), record(`${dice.below(3)}`), record("x", { owner: bob })]);
      return entry(`${dice.pick(["a", "b/c", "ö"])}${index}`, some(), some(), dice.pick([alice, bob]));
    });
    const domains = [alice, bob, carol].map((domain) => funds(domain, dice.big(90), dice.big(90)));
    const effect = effectOf({ entries, domains, stored: [] }, context);
    assert.equal(effectOf({ entries: [...entries].reverse(), domains: [...domains].reverse(), stored: [] }, context), effect);
    assert.equal(decodeEffect(encodeEffect(effect)), effect);
  }
});

test.run();
