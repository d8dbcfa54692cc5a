import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { encodeRlp } from "../../../lang/base/rlp.ts";
import { DIRECTORY_HASH, EMPTY_EFFECT, type Effect, type PathChange } from "../../../node/package/effect.ts";
import { bindingHash, decodeEffect, effectHash, encodeEffect, MAX_EFFECT_BYTES } from "../../../node/package/effect-codec.ts";
import { LIMITS } from "../../../node/state/limits.ts";
import { damaged, Dice, domainNamed, faultCode, randomEffect } from "./package-samples.ts";

const EXPECTED_FAULTS = new Set(["CODEC_MALFORMED", "LANG_BAD_INPUT", "PACKAGE_TOO_LARGE"]);
const empty = new Uint8Array(0);
const made: PathChange = { domain: domainNamed("alice"), path: "/docs/note", kind: "file", oldHash: empty, newHash: sha256(utf8("hi")), oldSizeBytes: 0, newSizeBytes: 2 };
const effectOf = (changes: Partial<Effect>): Effect => ({ ...EMPTY_EFFECT, ...changes });

test("an effect that was encoded decodes to itself", () => {
  const dice = new Dice("effects");
  for (let i = 0; i < 300; i++) {
    const effect = randomEffect(dice);
    const bytes = encodeEffect(effect);
    assert.equal(decodeEffect(bytes), effect);
    assert.equal(effectHash(bytes), sha256(bytes));
  }
});

test("damaged bytes are refused with a declared fault, or are the one form of another effect", () => {
  const dice = new Dice("damaged effects");
  let refused = 0;
  for (let i = 0; i < 3_000; i++) {
    const mutated = damaged(encodeEffect(randomEffect(dice)), dice);
    const code = faultCode(() => assert.equal(encodeEffect(decodeEffect(mutated)), mutated));
    if (code === undefined) continue;
    assert.ok(EXPECTED_FAULTS.has(code), code);
    refused++;
  }
  assert.ok(refused > 1_000);
});

test("a path has one spelling and its kind agrees with its hash", () => {
  for (const path of ["", "docs", "/docs/", "//", "/a//b", "/a/./b", "/..", "/a\0b", "/" + "x".repeat(LIMITS.pathBytes + 1)]) {
    assert.is(faultCode(() => encodeEffect(effectOf({ paths: [{ ...made, path }] }))), "CODEC_MALFORMED", path);
  }
  const wrong: readonly Partial<PathChange>[] = [
    { kind: "directory" }, { newHash: DIRECTORY_HASH }, { newHash: empty }, { oldHash: made.newHash }, { oldSizeBytes: 1 },
    { newHash: DIRECTORY_HASH, kind: "directory", newSizeBytes: 1 },
  ];
  for (const changes of wrong) assert.is(faultCode(() => encodeEffect(effectOf({ paths: [{ ...made, ...changes }] }))), "CODEC_MALFORMED");
});

test("entries are sorted, unique, and each changes something", () => {
  const other = { ...made, path: "/docs" };
  assert.is(faultCode(() => encodeEffect(effectOf({ paths: [other, made] }))), undefined);
  assert.is(faultCode(() => encodeEffect(effectOf({ paths: [made, other] }))), "CODEC_MALFORMED");
  assert.is(faultCode(() => encodeEffect(effectOf({ paths: [made, made] }))), "CODEC_MALFORMED");
  assert.is(faultCode(() => encodeEffect(effectOf({ balances: [{ domain: domainNamed("bob"), deltaUnits: 0n }] }))), "CODEC_MALFORMED");
  const rights = { owner: domainNamed("bob"), mode: 1, acl: empty, meta: empty };
  assert.is(faultCode(() => encodeEffect(effectOf({ rights: [{ domain: made.domain, path: "/x", old: rights, new: rights, contentHash: empty }] }))), "CODEC_MALFORMED");
});

test("rights that a signer could not be shown are no rights", () => {
  const rights = { owner: made.domain, mode: 1, acl: empty, meta: empty };
  const change = { domain: made.domain, path: "/x", old: rights, new: { ...rights, mode: 2 }, contentHash: empty };
  const codeOf = (changed: object): string | undefined => faultCode(() => encodeEffect(effectOf({ rights: [{ ...change, ...changed }] })));
  assert.is(codeOf({}), undefined);
  assert.is(codeOf({ new: { ...rights, mode: 1 | (1 << 7) } }), "CODEC_MALFORMED");
  assert.is(codeOf({ new: { ...rights, acl: Uint8Array.of(1) } }), "CODEC_MALFORMED");
  assert.is(codeOf({ new: { ...rights, meta: Uint8Array.of(0xc0) } }), "CODEC_MALFORMED");
  assert.is(codeOf({ contentHash: new Uint8Array(32) }), "CODEC_MALFORMED");
  assert.is(codeOf({ new: { ...rights, owner: domainNamed("bob") } }), "CODEC_MALFORMED");
  assert.is(codeOf({ new: { ...rights, owner: domainNamed("bob") }, contentHash: new Uint8Array(32) }), undefined);
});

test("an effect larger than a signer can be shown has no hash to bind it, whatever it is made of", () => {
  const domains = Array.from({ length: 20_000 }, (_, index) => sha256(Uint8Array.of(index, index >> 8)).slice(0, 20)).sort(Buffer.compare);
  const rights = { owner: made.domain, mode: 1, acl: empty, meta: empty };
  const crowds: readonly Partial<Effect>[] = [
    { balances: domains.map((domain) => ({ domain, deltaUnits: 1n })) },
    { paths: domains.map((domain) => ({ ...made, domain })) },
    { rights: domains.map((domain) => ({ domain, path: "/x", old: rights, new: { ...rights, mode: 2 }, contentHash: empty })) },
  ];
  for (const crowd of crowds) assert.is(bindingHash(effectOf(crowd)), undefined);
  assert.equal(bindingHash(effectOf({ paths: [made] })), effectHash(encodeEffect(effectOf({ paths: [made] }))));
});

test("the largest effects of each kind that fit by size are read", () => {
  const domains = Array.from({ length: 15_000 }, (_, index) => sha256(Uint8Array.of(index, index >> 8)).slice(0, 20)).sort(Buffer.compare);
  const rights = { owner: made.domain, mode: 1, acl: empty, meta: empty };
  assert.ok(bindingHash(effectOf({ balances: domains.map((domain) => ({ domain, deltaUnits: 1n })) })));
  assert.ok(bindingHash(effectOf({ rights: domains.slice(0, 4_800).map((domain) => ({ domain, path: "/x", old: rights, new: { ...rights, mode: 2 }, contentHash: empty })) })));
});

test("too many bytes and too many items are refused before they are built", () => {
  assert.is(faultCode(() => decodeEffect(new Uint8Array(MAX_EFFECT_BYTES + 1))), "PACKAGE_TOO_LARGE");
  assert.is(faultCode(() => decodeEffect(encodeRlp(Array.from({ length: 300_000 }, () => empty)))), "CODEC_MALFORMED");
});

test.run();
