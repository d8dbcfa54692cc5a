import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sha256 } from "../../../lang/base/hash.ts";
import { compareBytes, utf8 } from "../../../lang/base/bytes.ts";
import { DIRECTORY_HASH, EMPTY_EFFECT, type Effect, type EntryRights, type PathChange } from "../../../node/package/effect.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import { shownText } from "../../../node/package/shown-text.ts";
import { encodeAcl, FOR_EVER, type Subject } from "../../../node/state/acl.ts";
import { coinsText } from "../../../node/state/coins.ts";
import { keyFactChanges } from "../../../node/state/key-facts.ts";
import { firstKeys, type DomainKey, type KeySet } from "../../../node/state/key-set.ts";
import { EMPTY_META, encodeMeta, LEGAL_BITS } from "../../../node/state/meta.ts";
import { FILE_MODE, packMode, RIGHT_BITS } from "../../../node/state/rights.ts";
import { Dice, domainNamed, randomEffect } from "./package-samples.ts";

const [alice, bob, carol] = [domainNamed("alice"), domainNamed("bob"), domainNamed("carol")];
const none = new Uint8Array(0);
const [oldHash, newHash] = [sha256(utf8("old")), sha256(utf8("new"))];
const COIN = 10n ** 18n;
const plainRights = { owner: alice, mode: FILE_MODE, acl: none, meta: none };

const changed = { domain: alice, path: "/docs", contentHash: none };
const user = (domain: Uint8Array): Subject => ({ kind: "user", domain });
const made: PathChange = { domain: alice, path: "/docs/note", kind: "file", oldHash: none, newHash, oldSizeBytes: 0, newSizeBytes: 3 };
const effectOf = (changes: Partial<Effect>): Effect => ({ ...EMPTY_EFFECT, ...changes });
const rights = (...given: Partial<EntryRights>[]): Effect =>
  effectOf({ rights: given.map((one) => ({ ...changed, old: plainRights, new: { ...plainRights, ...one }, contentHash: one.owner === undefined ? none : newHash })) });
const paths = (...changes: Partial<PathChange>[]): Effect => effectOf({ paths: changes.map((change) => ({ ...made, ...change })) });
const named = (...names: string[]): Effect => paths(...names.map((name) => ({ path: `/${name}` })));

const session = { id: domainNamed("session"), role: "session", limits: { path: "/game one", words: [513, 544], spendUnits: COIN / 2n, untilHeight: 900n }, spentUnits: 7n } satisfies DomainKey;
const inOrder = (...keys: readonly DomainKey[]): readonly DomainKey[] => [...keys].sort((a, b) => compareBytes(a.id, b.id));
const keyed = (domain: Uint8Array, before: KeySet, after: KeySet): Effect => effectOf({ keys: keyFactChanges(before, after).map((change) => ({ domain, ...change })) });
const recovering = (votes: KeySet["votes"], key?: Uint8Array): KeySet => ({ ...firstKeys(bob), recovery: { guardians: [alice], needed: 1, delayBlocks: 9n }, votes, ...(key === undefined ? {} : { takeover: { key, readyHeight: 12n } }) });

const CASES: readonly (readonly [string, Effect])[] = [
  ["nothing", effectOf({})],
  ["every change of a file", paths({}, { newSizeBytes: 1 }, { oldHash, oldSizeBytes: 3, newSizeBytes: 11 }, { oldHash, newHash: none, oldSizeBytes: 1, newSizeBytes: 0 })],
  ["every change of a directory", paths(
    { path: "/docs", kind: "directory", newHash: DIRECTORY_HASH }, { path: "/docs", kind: "directory", oldHash: DIRECTORY_HASH, newHash: none },
    { path: "/docs", kind: "directory", oldHash, oldSizeBytes: 9, newHash: DIRECTORY_HASH }, { path: "/docs", oldHash: DIRECTORY_HASH, newSizeBytes: 2 },
  )],
  ["somebody else's file", paths({ domain: bob })],
  ["payments", effectOf({ balances: [{ domain: alice, deltaUnits: -3n * COIN / 2n }, { domain: bob, deltaUnits: 3n * COIN / 2n }], greatestSpendUnits: 3n * COIN / 2n })],
  ["a gift, and somebody who pays for it", effectOf({ balances: [{ domain: alice, deltaUnits: COIN }, { domain: bob, deltaUnits: -COIN }] })],
  ["more at stake than is spent", effectOf({ balances: [{ domain: alice, deltaUnits: -1n }], greatestSpendUnits: 2n * COIN })],
  ["owner and rights", rights(
    { owner: bob }, { mode: packMode({ owner: 127, mask: 0, others: RIGHT_BITS.read | RIGHT_BITS.execute }) },
  )],
  ["a list, its defaults, a freeze", rights(
    { acl: encodeAcl({ named: [{ subject: user(bob), rights: 3 }, { subject: { kind: "group", domain: alice, name: "friends" }, rights: 1 }] }) },
    { acl: encodeAcl({ named: [], defaults: { owner: 127, mask: 3, others: 0, named: [{ subject: user(bob), rights: 3 }] } }) },
    { acl: encodeAcl({ named: [], frozenUntil: FOR_EVER }) }, { acl: encodeAcl({ named: [], frozenUntil: 120n }) },
  )],
  ["a list that was there", effectOf({ rights: [
    { ...changed, old: { ...plainRights, acl: encodeAcl({ named: [{ subject: user(bob), rights: 3 }], frozenUntil: 7n, defaults: { owner: 127, mask: 1, others: 1, named: [] } }) }, new: plainRights },
    { ...changed, old: { ...plainRights, acl: encodeAcl({ named: [{ subject: user(bob), rights: 3 }], frozenUntil: 7n }) }, new: { ...plainRights, acl: encodeAcl({ named: [{ subject: user(bob), rights: 1 }], frozenUntil: FOR_EVER }) } },
  ] })],
  ["metadata and a sale", rights(
    { meta: encodeMeta({ ...EMPTY_META, texts: { ...EMPTY_META.texts, name: "Dawn", description: "oil\non wood" }, attributes: [["year", "1999"]], legal: LEGAL_BITS.display | LEGAL_BITS.sell }) },
    { meta: encodeMeta({ ...EMPTY_META, offer: { units: 2n * COIN } }) }, { meta: encodeMeta({ ...EMPTY_META, offer: { units: 2n * COIN, to: bob } }) },
  )],
  ["what was bought", effectOf({ rights: [
    { ...changed, domain: bob, old: { ...plainRights, owner: bob, meta: encodeMeta({ ...EMPTY_META, texts: { ...EMPTY_META.texts, name: "Dawn" }, offer: { units: 2n * COIN } }) }, new: { ...plainRights, meta: encodeMeta({ ...EMPTY_META, texts: { ...EMPTY_META.texts, name: "Dawn" } }) }, contentHash: newHash },
  ], balances: [{ domain: alice, deltaUnits: -2n * COIN }, { domain: bob, deltaUnits: 2n * COIN }], greatestSpendUnits: 2n * COIN })],
  ["metadata that is taken away", effectOf({ rights: [
    { ...changed, old: { ...plainRights, meta: encodeMeta({ ...EMPTY_META, texts: { ...EMPTY_META.texts, icon: "x" }, attributes: [["year", "1999"]], legal: 1 }) }, new: plainRights },
  ] })],
  ["keys of one's own domain", keyed(alice, firstKeys(alice), {
    keys: inOrder({ id: alice, role: "active" }, { id: bob, role: "owner" }, session), thresholds: { owner: 1, active: 2 }, votes: [],
    recovery: { guardians: [bob], needed: 1, delayBlocks: 100n },
  })],
  ["keys that go, limits that change", keyed(alice,
    { keys: inOrder({ id: alice, role: "owner" }, { id: bob, role: "active" }, session), thresholds: { owner: 1, active: 3 }, votes: [], recovery: { guardians: [bob], needed: 1, delayBlocks: 100n } },
    { keys: inOrder({ id: alice, role: "owner" }, { ...session, limits: { ...session.limits, path: "", words: [] } }), thresholds: { owner: 1, active: 1 }, votes: [] },
  )],
  ["a guardian's vote, and what it begins", keyed(bob, recovering([]), recovering([{ guardian: alice, key: carol }], carol))],
  ["a recovery that is cancelled, another vote", keyed(alice, recovering([{ guardian: bob, key: carol }], carol), recovering([{ guardian: bob, key: alice }]))],
  ["coins that are burnt, nicks that are taken and given up", effectOf({ sacrifices: [
    { domain: alice, burntUnits: 5n * COIN, usedUnits: COIN, oldNick: "", newNick: "ann" }, { domain: alice, burntUnits: 0n, usedUnits: COIN, oldNick: "ann", newNick: "eve" },
    { domain: alice, burntUnits: 0n, usedUnits: 0n, oldNick: "eve", newNick: "" }, { domain: alice, burntUnits: 0n, usedUnits: COIN, oldNick: "", newNick: "" },
    { domain: bob, burntUnits: COIN, usedUnits: COIN, oldNick: "bob", newNick: "rob" },
  ], balances: [{ domain: alice, deltaUnits: -5n * COIN }, { domain: bob, deltaUnits: -COIN }], greatestSpendUnits: 5n * COIN })],
  ["names that would deceive", named(
    "my file", "note (3 bytes)\nmakes the file ~/harmless", "\u001b[2J\u001b[Hgone", "txt.\u202egpj.exe", "\u2066hidden\u2069", "zero\u200bwidth", "soft\u00adhyphen",
    "no\u00a0break", "quote'd", "back\\slash", "\u{e0041}tag", "a\u0301\u0301\u0301\u0301\u0301", "\u3164", "\u2800", "日本語", "naïve", "👍",
  )],
];

test("each kind of entry has its sentence, and hostile names show what they are", () => {
  const text = CASES.map(([title, effect]) => `# ${title}\n${effectSentences(effect, alice).map((line) => `- ${line}\n`).join("")}`).join("\n");
  const golden = fileURLToPath(new URL("../../transcripts/effect-sentences.txt", import.meta.url));
  if (process.env["UPDATE"] === "1") writeFileSync(golden, text);
  assert.fixture(text, readFileSync(golden, "utf8"));
});

test("every sentence is one visible line, whatever the effect", () => {
  const dice = new Dice("sentences");
  for (let i = 0; i < 300; i++) {
    const effect = randomEffect(dice);
    const sentences = effectSentences(effect, alice);
    assert.ok(sentences.length >= effect.paths.length + effect.balances.length + effect.rights.length);
    for (const sentence of sentences) assert.match(sentence, /^[^\p{C}\p{Zl}\p{Zp}]+$/u);
  }
});

test("different names never look the same", () => {
  const dice = new Dice("names");
  const letters = ["a", "'", "\\", "n", "\n", "u", "{", "}", "2", "0", "e", "\u202e", "\u200b", " ", "\u0301", "/"];
  const seen = new Map<string, string>();
  for (let i = 0; i < 20_000; i++) {
    const name = Array.from({ length: 1 + dice.below(6) }, () => dice.pick(letters)).join("");
    const shown = shownText(name);
    assert.is(seen.get(shown) ?? name, name);
    seen.set(shown, name);
  }
});

test("amounts are exact", () => {
  const amounts: readonly [bigint, string][] = [
    [0n, "0 coins"], [1n, "0.000000000000000001 coins"], [COIN, "1 coin"], [COIN + 1n, "1.000000000000000001 coins"], [15n * COIN / 10n, "1.5 coins"],
    [123_456_789n * COIN, "123456789 coins"], [COIN / 10n, "0.1 coins"],
  ];
  for (const [units, text] of amounts) assert.is(coinsText(units), text);
});

test.run();
