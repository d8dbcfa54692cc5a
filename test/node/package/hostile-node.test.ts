import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes, equalBytes } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { decodeProgram, encodeProgram } from "../../../lang/program/program.ts";
import { compileProgram } from "../../../lang/program/compile.ts";
import type { PackageFault } from "../../../node/api.ts";
import type { DraftReply } from "../../../node/machines/jobs.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { decodeBody, encodeBody, packageId } from "../../../node/package/body-codec.ts";
import { decodeEffect, effectHash, encodeEffect } from "../../../node/package/effect-codec.ts";
import type { Effect } from "../../../node/package/effect.ts";
import { replay } from "../../../node/package/replay.ts";
import { reviewDraft } from "../../../node/package/review.ts";
import { SIGNER_RULES } from "../../../node/package/signer-rules.ts";
import { decodeExcerpt, encodeExcerpt, recordingState, type Excerpt } from "../../../node/package/excerpt.ts";
import { wordsHash } from "../../../node/package/words.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { seeded } from "../seeded.ts";
import { keyNamed, quorumOf } from "./package-samples.ts";
import { addressOf, chainId, printed, World } from "./world.ts";

interface Offered {
  readonly bodyBytes: Uint8Array;
  readonly effectBytes: Uint8Array;
  readonly excerptBytes: Uint8Array;
  readonly claimedErg?: bigint;
  readonly expectedPackageId?: Uint8Array;
}

/** What a signer of alice's says to what a node hands over: "signs", or the fault it names. */
function signer(offered: Offered): PackageFault | "signs" {
  const verdict = reviewDraft({ ...offered, expected: { chainId, domains: [addressOf("alice")], publicKey: keyNamed("alice") }, rules: SIGNER_RULES });
  return verdict.kind === "reviewed" ? "signs" : verdict.fault;
}

const world = await World.with("alice", "bob", "mallory");
const bob = encodeAddress(addressOf("bob"));

async function honest(source = `echo one > old\nsend ${bob} 2\n'note' existsEx drop\nmkdir docs\ncp old docs\nls docs`): Promise<DraftReply> {
  const thread = await world.open("alice");
  await printed(thread, `bt\n${source}\nrt`);
  return world.draft(thread, "alice");
}

const draft = await honest();
const body = decodeBody(draft.bodyBytes);
const effect = decodeEffect(draft.effectBytes);
const excerpt = decodeExcerpt(draft.excerptBytes);
const offered: Offered = { bodyBytes: draft.bodyBytes, effectBytes: draft.effectBytes, excerptBytes: draft.excerptBytes, claimedErg: draft.ergUsed };

const base = world.base;

/** The same draft with a part of the body changed, and hashes and proofs made to fit: all that a lying node can do. */
function withBody(changes: Partial<PackageBody>, lie: Partial<Offered> = {}): Offered {
  const changed = { ...body, ...changes };
  const recording = recordingState(world.reader, base);
  replay(changed, recording.state, {});
  return { ...offered, ...lie, bodyBytes: encodeBody(changed), excerptBytes: encodeExcerpt(recording.excerpt()) };
}
function withEffect(changes: Partial<Effect>): Offered {
  const effectBytes = encodeEffect({ ...effect, ...changes });
  return withBody({ effectHash: effectHash(effectBytes) }, { effectBytes });
}
function withCode(source: string): Offered {
  const program = compileProgram(source);
  return withBody({ sections: [{ kind: 1, bytes: encodeProgram(program) }], wordsHash: wordsHash([program]) });
}
function withExcerpt(changes: Partial<Excerpt>): Offered {
  return { ...offered, excerptBytes: encodeExcerpt({ ...excerpt, ...changes }) };
}

test("an honest draft is signed", () => {
  assert.is(signer(offered), "signs");
});

test("no signer signs a lie, and each lie is named", () => {
  const lies: readonly (readonly [string, Offered, PackageFault])[] = [
    ["other code, same effect shown", withCode(`"${encodeAddress(addressOf("mallory"))}" 900 sendEx`), { code: "PACKAGE_DIFFERS", field: "effect of the code" }],
    ["code that fails", withCode('"nothing" readEx'), { code: "PACKAGE_DIFFERS", field: "outcome: the code ends as failed" }],
    ["words under other names", withBody({ wordsHash: sha256(new Uint8Array(1)) }), { code: "PACKAGE_WORD_TABLE", reason: "the names of its words are not those it was signed with" }],
    ["another word table", withBody({ wordTableVersion: 99 }), { code: "PACKAGE_WORD_TABLE", reason: `it needs table version 99, this node has ${body.wordTableVersion}` }],
    ["an effect with less in it", withEffect({ paths: effect.paths.slice(1) }), { code: "PACKAGE_DIFFERS", field: "effect of the code" }],
    ["a payment to somebody else", withEffect({ balances: effect.balances.map((one) => (one.deltaUnits > 0n ? { ...one, domain: addressOf("mallory") } : one)).sort((a, b) => compareBytes(a.domain, b.domain)) }), { code: "PACKAGE_DIFFERS", field: "effect of the code" }],
    ["an effect that the body does not bind", { ...offered, effectBytes: encodeEffect({ ...effect, paths: [] }) }, { code: "PACKAGE_DIFFERS", field: "effect" }],
    ["a smaller cost than it has", { ...offered, claimedErg: draft.ergUsed - 1n }, { code: "PACKAGE_DIFFERS", field: "cost" }],
    ["a limit far above the cost", withBody({ ergLimit: draft.ergUsed * 3n }), { code: "PACKAGE_DIFFERS", field: "ERG limit" }],
    ["a limit below the cost", withBody({ ergLimit: draft.ergUsed - 1n }), { code: "PACKAGE_DIFFERS", field: "outcome: the code ends as out-of-erg" }],
    ["another chain", withBody({ chainId: new Uint8Array(32).fill(9) }), { code: "PACKAGE_OTHER_CHAIN" }],
    ["a nonce that is used", withBody({ nonce: 0n }), { code: "PACKAGE_NONCE", expected: 1n, found: 0n }],
    ["a nonce that holds others up", withBody({ nonce: 2n }), { code: "PACKAGE_NONCE", expected: 1n, found: 2n }],
    ["a stranger among those who may sign", withBody({ signers: quorumOf(["alice", "mallory"], 1) }), { code: "PACKAGE_WRONG_KEY" }],
    ["a payer that has no such key", withBody({ payer: { domain: addressOf("bob"), signers: quorumOf(["mallory"]) } }), { code: "PACKAGE_WRONG_KEY" }],
    ["a payer without coins", withBody({ payer: { domain: addressOf("nobody"), signers: quorumOf(["nobody"]) } }), { code: "PACKAGE_CANNOT_PAY", haveUnits: 0n, needUnits: body.ergLimit * body.ergPriceUnits, payer: encodeAddress(addressOf("nobody")) }],
    ["an expiry beyond all use", withBody({ expiryHeight: 10n ** 9n }), { code: "PACKAGE_DIFFERS", field: "expiry" }],
    ["an expiry that is past", withBody({ expiryHeight: 1n }), { code: "PACKAGE_EXPIRED", expiryHeight: 1n, height: 2n }],
    ["another domain", withBody({ domain: addressOf("bob") }), { code: "PACKAGE_OTHER_DOMAIN", role: "signer", domain: bob }],
    ["another mode", withBody({ mode: "loose", effectHash: new Uint8Array(0) }, { effectBytes: new Uint8Array(0) }), { code: "PACKAGE_DIFFERS", field: "mode" }],
    ["another package than the intent names", { ...offered, expectedPackageId: packageId(encodeBody({ ...body, nonce: 2n })) }, { code: "PACKAGE_DIFFERS", field: "package id" }],
    ["no proofs", { ...offered, excerptBytes: new Uint8Array(0) }, { code: "PACKAGE_UNPROVED", reason: "it sent no proofs" }],
    ["a root without nodes", withExcerpt({ nodes: [] }), { code: "PACKAGE_UNPROVED", reason: "it proves nothing about a domain that the code reads" }],
    ["another root", withExcerpt({ base: { ...excerpt.base, stateRoot: sha256(new Uint8Array(2)) } }), { code: "PACKAGE_UNPROVED", reason: "it proves nothing about a domain that the code reads" }],
  ];
  for (const [what, lie, fault] of lies) assert.equal(signer(lie), fault, what);
});

test("a payer whose keys sign as well may pay, and the signer is told", () => {
  const { claimedErg: _, ...paid } = withBody({ payer: { domain: addressOf("bob"), signers: quorumOf(["bob"]) }, ergLimit: body.ergLimit + 10_000n });
  assert.is(signer(paid), "signs");
});

test("every node and content of the proofs is needed, and none can be changed", async () => {
  const writer = await world.open("alice");
  await printed(writer, "bt\nmkdir deep\necho content > deep/file\nrt");
  const { bodyBytes } = await world.draft(writer, "alice");
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  const copy = await honest("'deep/file' readEx 'copy' writeEx");
  const proofs = decodeExcerpt(copy.excerptBytes);
  const offer: Offered = { bodyBytes: copy.bodyBytes, effectBytes: copy.effectBytes, excerptBytes: copy.excerptBytes, claimedErg: copy.ergUsed };
  assert.is(signer(offer), "signs");
  assert.is(proofs.contents.length, 1);
  for (let at = 0; at < proofs.nodes.length; at++) {
    const fault = signer({ ...offer, excerptBytes: encodeExcerpt({ ...proofs, nodes: proofs.nodes.filter((_, index) => index !== at) }) });
    assert.is((fault as PackageFault).code, "PACKAGE_UNPROVED", `node ${at}`);
  }
  const other = signer({ ...offer, excerptBytes: encodeExcerpt({ ...proofs, contents: [new Uint8Array([1])] }) });
  assert.equal(other, { code: "PACKAGE_UNPROVED", reason: "it proves nothing about the content of a file that the code reads" });
  const random = seeded(7);
  for (let i = 0; i < 150; i++) {
    const damaged = copy.excerptBytes.slice();
    damaged[random(damaged.length)] = random(256);
    if (equalBytes(damaged, copy.excerptBytes)) continue;
    const fault = signer({ ...offer, excerptBytes: damaged });
    // Another height is no proof of anything, and a higher one changes nothing that is signed.
    assert.ok(fault === "signs" ? decodeExcerpt(damaged).base.height !== proofs.base.height : fault.code.startsWith("PACKAGE_"), `${i}: ${JSON.stringify(fault)}`);
  }
});

test("false state can only make the package fail, at most at the cost of the fee", async () => {
  const lying = await World.with("alice", "bob");
  const rich = lying.realm();
  rich.adjustBalance(addressOf("alice"), 10n ** 24n);
  await lying.apply(rich);
  const thread = await lying.open("alice");
  await printed(thread, `bt\n: gift balance 5000 > if '${bob}' 10 sendEx else '${bob}' 1 sendEx then ;\ngift\nrt`);
  const false_ = await lying.draft(thread, "alice");
  assert.is(signer({ bodyBytes: false_.bodyBytes, effectBytes: false_.effectBytes, excerptBytes: false_.excerptBytes, claimedErg: false_.ergUsed }), "signs");
  const truth = await World.with("alice", "bob");
  assert.equal(await truth.commit({ bodyBytes: false_.bodyBytes, by: "alice" }), [{ kind: "state-moved" }]);
  const lost = 1_000n * 10n ** 18n - truth.realm().domain(addressOf("alice")).balanceUnits;
  const signed = decodeBody(false_.bodyBytes);
  assert.ok(lost > 0n && lost <= signed.ergLimit * signed.ergPriceUnits);
  assert.ok(decodeProgram(signed.sections[0]?.bytes ?? new Uint8Array(0)).entries.length > 0);
});

test.run();
