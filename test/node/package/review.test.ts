import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes, utf8 } from "../../../lang/base/bytes.ts";
import { FaultError } from "../../../lang/base/fault.ts";
import type { PackageFault } from "../../../node/fault.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { encodeBody, packageId } from "../../../node/package/body-codec.ts";
import { EMPTY_EFFECT, type Effect } from "../../../node/package/effect.ts";
import { effectHash, encodeEffect } from "../../../node/package/effect-codec.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { reviewDraft, type Review, type ReviewInput, type SignerRules } from "../../../node/package/review.ts";
import { damaged, Dice, domainNamed, idOf, keyNamed, quorumOf, randomEffect, sampleBody } from "./package-samples.ts";

const COIN = 10n ** 18n;
const [alice, bob] = [domainNamed("alice"), domainNamed("bob")];
const payment: Effect = {
  ...EMPTY_EFFECT, greatestSpendUnits: COIN,
  balances: [{ domain: alice, deltaUnits: -COIN }, { domain: bob, deltaUnits: COIN }].sort((a, b) => compareBytes(a.domain, b.domain)),
};
const rules: SignerRules = { rulesVersion: 1, checkProgram: () => undefined, source: () => ["'a' touchEx"], replay: () => undefined };

/** An honest draft of the payment, of which a test makes one thing a lie. */
function draft(changes: Partial<PackageBody> = {}, effect = payment): ReviewInput {
  const effectBytes = encodeEffect(effect);
  const body = sampleBody({ effectHash: effectHash(effectBytes), ...changes });
  const bodyBytes = encodeBody(body);
  return {
    bodyBytes, effectBytes, expectedPackageId: packageId(bodyBytes), nowHeight: 100n, rules,
    expected: { chainId: body.chainId.subarray(0, 8), domains: [alice], publicKey: keyNamed("alice") },
  };
}
function reviewed(input: ReviewInput): Review {
  const verdict = reviewDraft(input);
  assert.is(verdict.kind, "reviewed", JSON.stringify(verdict.kind === "refused" ? verdict.fault.code : ""));
  return (verdict as { review: Review }).review;
}
function refusal(input: ReviewInput): PackageFault | undefined {
  const verdict = reviewDraft(input);
  return verdict.kind === "refused" ? verdict.fault : undefined;
}
const without = (input: ReviewInput, changes: Partial<ReviewInput["expected"]>): ReviewInput => ({ ...input, expected: { ...input.expected, ...changes } });

test("an honest draft is shown as sentences that the signer derived", () => {
  const review = reviewed(draft());
  assert.is(review.role, "signer");
  assert.is(review.greatestFeeUnits, 5_000_000n);
  assert.is(review.greatestSpendUnits, COIN);
  assert.equal([...review.sentences].sort(), ["lowers your balance by 1 coin", "pays 1 coin to grid1kr5u4r7hf0rczkc987swvyfpaepf2xg2pq3ug9"]);
});

test("each lie is named", () => {
  const other = encodeEffect({ ...payment, greatestSpendUnits: 2n * COIN });
  const lies: readonly [string, ReviewInput, PackageFault][] = [
    ["another package", { ...draft(), expectedPackageId: new Uint8Array(32) }, { code: "PACKAGE_DIFFERS", field: "package id" }],
    ["another chain", without(draft(), { chainId: new Uint8Array(8) }), { code: "PACKAGE_OTHER_CHAIN" }],
    ["the whole id of another chain", without(draft(), { chainId: new Uint8Array(32) }), { code: "PACKAGE_OTHER_CHAIN" }],
    ["another domain", draft({ domain: bob }), { code: "PACKAGE_OTHER_DOMAIN", role: "signer", domain: encodeAddress(bob) }],
    ["another key", draft({ signers: quorumOf(["mallory"]) }), { code: "PACKAGE_WRONG_KEY", key: encodeAddress(idOf("alice")) }],
    ["another effect", { ...draft(), effectBytes: other }, { code: "PACKAGE_DIFFERS", field: "effect" }],
    ["no effect", { ...draft(), effectBytes: new Uint8Array(0) }, { code: "PACKAGE_DIFFERS", field: "effect" }],
    ["a spend below the loss", draft({}, { ...payment, greatestSpendUnits: 1n }), { code: "PACKAGE_DIFFERS", field: "greatest spend" }],
    ["loose without being asked", draft({ mode: "loose", effectHash: new Uint8Array(0) }), { code: "PACKAGE_DIFFERS", field: "mode" }],
    ["newer rules", draft({ rulesVersion: 2 }), { code: "PACKAGE_RULES", needs: 2 }],
    ["expired", draft({ expiryHeight: 99n }), { code: "PACKAGE_EXPIRED", expiryHeight: 99n, height: 100n }],
    ["no package", { ...draft(), bodyBytes: utf8("hello") }, { code: "PACKAGE_MALFORMED", reason: "body: a list is expected" }],
    ["an effect whose hash is signed but that is none", { ...draft({ effectHash: effectHash(utf8("x")) }), effectBytes: utf8("x") }, { code: "PACKAGE_MALFORMED", reason: "effect: a list is expected" }],
  ];
  for (const [what, input, fault] of lies) assert.equal(refusal(input), fault, what);
});

test("code that the signer's own program cannot read is refused", () => {
  const table: PackageFault = { code: "PACKAGE_WORD_TABLE", reason: "another table" };
  assert.equal(refusal({ ...draft(), rules: { ...rules, checkProgram: () => table } }), table);
  const unreadable = (): never => {
    throw new FaultError({ code: "LANG_BAD_PROGRAM", reason: "unknown opcode" });
  };
  assert.equal(refusal({ ...draft(), rules: { ...rules, checkProgram: unreadable } }), { code: "PACKAGE_MALFORMED", reason: "unknown opcode" });
  const seen: Uint8Array[] = [];
  reviewed({ ...draft(), rules: { ...rules, checkProgram: ({ sections }) => void seen.push(...sections.map((section) => section.bytes)) } });
  assert.equal(seen, [utf8("a program")]);
});

test("our own mistakes are no verdict", () => {
  const broken = (): never => {
    throw new RangeError("ours");
  };
  assert.throws(() => reviewDraft({ ...draft(), rules: { ...rules, checkProgram: broken } }), "ours");
});

test("who pays and who else must sign is said", () => {
  const shared = { signers: quorumOf(["alice", "carol", "dave"], 2), payer: { domain: bob, signers: quorumOf(["bob"]) } };
  const forSigner = reviewed(draft(shared)).sentences;
  assert.equal(forSigner.slice(-2), ["takes the fee from grid1kr5u4r7hf0rczkc987swvyfpaepf2xg2pq3ug9, who signs as well", "needs 2 more signatures"]);
  const payer = reviewed(without(draft(shared), { domains: [bob], publicKey: keyNamed("bob") }));
  assert.is(payer.role, "payer");
  assert.is(payer.greatestSpendUnits, 0n);
  assert.match(payer.sentences.join("\n"), /raises your balance by 1 coin\n[^]*takes the fee from you, for a package of grid1/);
  assert.equal(refusal(without(draft(shared), { publicKey: keyNamed("bob") })), { code: "PACKAGE_OTHER_DOMAIN", role: "payer", domain: encodeAddress(bob) });
});

test("a loose package is signed only when asked for, and promises nothing", () => {
  const loose = { ...draft({ mode: "loose", effectHash: new Uint8Array(0) }), effectBytes: new Uint8Array(0) };
  const review = reviewed(without(loose, { mode: "loose" }));
  assert.equal(review.sentences, ["is loose: it does whatever its code does on the state it finds, and nothing is promised", "code: 'a' touchEx"]);
  assert.is(review.greatestSpendUnits, undefined);
  assert.equal(refusal(without({ ...loose, effectBytes: draft().effectBytes }, { mode: "loose" })), { code: "PACKAGE_DIFFERS", field: "effect" });
  assert.equal(refusal(without(draft(), { mode: "loose" })), { code: "PACKAGE_DIFFERS", field: "mode" });
});

test("whatever a node sends, the answer is a review or a fault of packages", () => {
  const dice = new Dice("hostile drafts");
  for (let i = 0; i < 1_000; i++) {
    const honest = draft({}, { ...randomEffect(dice), greatestSpendUnits: 1n << 120n });
    reviewed(honest);
    const { expectedPackageId: _, ...unnamed } = honest;
    const fault = refusal({ ...unnamed, bodyBytes: damaged(honest.bodyBytes, dice), effectBytes: dice.pick([honest.effectBytes, damaged(honest.effectBytes, dice)]) });
    assert.ok(fault === undefined || fault.code.startsWith("PACKAGE_"), fault?.code);
  }
});

test.run();
