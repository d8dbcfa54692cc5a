import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes, utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { DIRECTORY_HASH, EMPTY_EFFECT } from "../../../node/package/effect.ts";
import { decodeEffect, encodeEffect } from "../../../node/package/effect-codec.ts";
import { effectOf, type EffectContext } from "../../../node/package/effect-of.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import type { DomainChange, EntryChange } from "../../../node/state/realm-changes.ts";
import type { DomainRecord, EntryRecord } from "../../../node/state/records.ts";
import { DIRECTORY_MODE, FILE_MODE, packMode, unpackMode } from "../../../node/state/rights.ts";
import { withKey, type DomainKey, type KeySet } from "../../../node/state/key-set.ts";
import { Dice, domainNamed } from "./package-samples.ts";
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
  return { format: 1, rulesVersion: 1, balanceUnits, nonce: 0n, sealingKey: none, storageRoot: new Uint8Array(32) };
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

test("a change of keys is named; what a session key spent, and heights, are no part of it", () => {
  const session: DomainKey = { id: bob, role: "session", limits: { path: "", words: [], spendUnits: 5n, untilHeight: 9n }, spentUnits: 0n };
  const base: KeySet = { keys: [{ id: alice, role: "owner" }, session].sort((a, b) => compareBytes(a.id, b.id)) as DomainKey[], thresholds: { owner: 1, active: 1 }, votes: [] };
  const changed = (before: KeySet | undefined, after: KeySet): readonly string[] => {
    const record = (keys: KeySet | undefined): DomainRecord => ({ ...domainRecord(1n), ...(keys === undefined ? {} : { keys }) });
    return effectOf({ entries: [], domains: [{ domain: alice, before: record(before), after: record(after) }], stored: [] }, context).keys.map(({ aspect }) => aspect);
  };
  assert.equal(changed(undefined, { keys: [{ id: alice, role: "owner" }], thresholds: { owner: 1, active: 1 }, votes: [] }), []);
  assert.equal(changed(base, withKey(base, { ...session, spentUnits: 4n })), []);
  assert.equal(changed(undefined, base), ["key"]);
  assert.equal(changed(base, { ...base, thresholds: { owner: 1, active: 2 } }), ["threshold"]);
  assert.equal(changed(base, withKey(base, { ...session, limits: { ...session.limits, spendUnits: 6n } })), ["key"]);
  const ready = (readyHeight: bigint): KeySet => ({ ...base, votes: [{ guardian: bob, key: carol }], takeover: { key: carol, readyHeight } });
  assert.equal(changed(base, ready(7n)), ["vote", "takeover"]);
  assert.equal(changed(ready(7n), ready(8n)), []);
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
