import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { DIRECTORY_HASH } from "../../../node/package/effect.ts";
import { decodeEffect, encodeEffect } from "../../../node/package/effect-codec.ts";
import { effectOf, type EffectContext, type EntryDifference } from "../../../node/package/effect-of.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import type { EntryRecord } from "../../../node/state/records.ts";
import { Dice, domainNamed } from "./package-samples.ts";

const [alice, bob, carol] = [domainNamed("alice"), domainNamed("bob"), domainNamed("carol")];
const context: EffectContext = { signerDomain: alice, bornMode: { file: 0o600, directory: 0o700 } };
const none = new Uint8Array(0);

function record(content: string | undefined, changes: Partial<EntryRecord> = {}): EntryRecord {
  const isFile = content !== undefined;
  const body = utf8(content ?? "");
  return {
    format: 1, kind: isFile ? "file" : "directory", name: "x", owner: alice, mode: isFile ? 0o600 : 0o700, acl: none, meta: none,
    sizeBytes: body.length, contentHash: isFile ? sha256(body) : DIRECTORY_HASH, ...changes,
  } as EntryRecord;
}
const entry = (path: string, before: EntryRecord | undefined, after: EntryRecord | undefined, domain = alice): EntryDifference => ({ domain, path, before, after });
const sentences = (entries: readonly EntryDifference[]): readonly string[] => effectSentences(effectOf({ entries, balances: [] }, context), alice);

test("what ended as it began is no effect", () => {
  const same = record("a");
  const effect = effectOf({
    entries: [entry("a", same, { ...same }), entry("b", undefined, undefined), entry("d", record(undefined), record(undefined))],
    balances: [{ domain: alice, beforeUnits: 5n, afterUnits: 5n }],
  }, context);
  assert.equal(effect, { version: 1, paths: [], balances: [], rights: [], greatestSpendUnits: 0n });
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
  assert.equal(sentences([entry("open", undefined, record("a", { mode: 0o666 }))]), ["makes the file ~/open (1 byte)", "sets the rights of ~/open to 0666 (were 0600)"]);
  assert.is(sentences([entry("kept", record("a"), record("a", { owner: bob }))]).length, 1);
  assert.is(sentences([entry("meta", record("a"), record("a", { meta: utf8("m"), acl: utf8("l") }))]).length, 2);
  assert.is(sentences([entry("gone", record("a", { owner: bob }), undefined)]).length, 1);
});

test("the fee is left out, whoever paid it, and so is a gift's absolute balance", () => {
  const balances = [{ domain: alice, beforeUnits: 100n, afterUnits: 60n }, { domain: bob, beforeUnits: 0n, afterUnits: 30n }];
  const paid = effectOf({ entries: [], balances }, { ...context, fee: { domain: alice, units: 10n } });
  assert.equal(new Set(paid.balances.map((one) => one.deltaUnits)), new Set([-30n, 30n]));
  assert.is(paid.greatestSpendUnits, 30n);
  const richer = balances.map((one) => ({ ...one, beforeUnits: one.beforeUnits + 7n, afterUnits: one.afterUnits + 7n }));
  assert.equal(effectOf({ entries: [], balances: richer }, { ...context, fee: { domain: alice, units: 10n } }), paid);
  const onlyFee = effectOf({ entries: [], balances: [{ domain: carol, beforeUnits: 10n, afterUnits: 0n }] }, { ...context, fee: { domain: carol, units: 10n } });
  assert.equal(onlyFee.balances, []);
});

test("the order of changes does not matter, and every effect has an encoding", () => {
  const dice = new Dice("effect of");
  for (let i = 0; i < 100; i++) {
    const entries = Array.from({ length: dice.below(8) }, (_, index) => {
      const some = (): EntryRecord | undefined => dice.pick([undefined, record(undefined), record(`${dice.below(3)}`), record("x", { owner: bob })]);
      return entry(`${dice.pick(["a", "b/c", "ö"])}${index}`, some(), some(), dice.pick([alice, bob]));
    });
    const balances = [alice, bob, carol].map((domain) => ({ domain, beforeUnits: dice.big(90), afterUnits: dice.big(90) }));
    const effect = effectOf({ entries, balances }, context);
    assert.equal(effectOf({ entries: [...entries].reverse(), balances: [...balances].reverse() }, context), effect);
    assert.equal(decodeEffect(encodeEffect(effect)), effect);
  }
});

test.run();
