import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import type { BlockHeader, DataBlockHeader, KeyBlockHeader } from "../../node/ledger/block.ts";
import { encodeHeader, headerId } from "../../node/ledger/header-codec.ts";
import { meetsTarget, workOf } from "../../node/ledger/retarget.ts";
import { buildProofFile, MAX_PROOF_BYTES, verifyProofFile, type ProofReport } from "../../node/state/proof-file.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../lang/base/rlp.ts";
import { decodeValue, encodeValue } from "../../lang/program/value-codec.ts";
import { seeded } from "./seeded.ts";
import { WHO, World } from "./state-world.ts";

const alice = WHO["alice"] as Uint8Array;
/** About 16 hashes. */
const TARGET = 1n << 252n;
const zeros = (size: number): Uint8Array => new Uint8Array(size);

function mined(fields: Pick<KeyBlockHeader, "height" | "parentId" | "stateRoot">): KeyBlockHeader {
  let header: KeyBlockHeader = { kind: "key", rulesVersion: 1, keyHeight: 1n, timeMs: 1n, leaderKey: zeros(32), rewardDomain: zeros(20), evidenceRoot: zeros(32), target: TARGET, workNonce: 0n, ...fields };
  while (!meetsTarget(header)) header = { ...header, workNonce: header.workNonce + 1n };
  return header;
}

function dataHeader(height: bigint, stateRoot: Uint8Array): DataBlockHeader {
  return { kind: "data", rulesVersion: 1, height, parentId: zeros(32), keyBlockId: zeros(32), timeMs: 1n, packagesRoot: zeros(32), receiptsRoot: zeros(32), stateRoot, ergUsed: 0n, sizeBytes: 0, signature: zeros(64) };
}

interface Proven {
  readonly headers: readonly BlockHeader[];
  readonly proof: (path: string, key?: string) => Uint8Array;
}

/** A committed state, the block that made it, and two key blocks on top. */
async function proven(): Promise<Proven> {
  const world = new World();
  world.realm.adjustBalance(alice, 5n * 10n ** 18n);
  for (let i = 0; i < 40; i++) world.run("alice", `echo ${i} > f${i}`);
  world.run("alice", "mkdir -p docs/deep");
  world.run("alice", "echo hello > docs/deep/note");
  world.realm.putStored(alice, "/f3", "sum", encodeValue({ kind: "cell", value: 9n }));
  await world.commit();
  const { base } = world.realm;
  const block = dataHeader(base.height, base.stateRoot);
  const first = mined({ height: 2n, parentId: headerId(block), stateRoot: base.stateRoot });
  const second = mined({ height: 3n, parentId: headerId(first), stateRoot: base.stateRoot });
  const headers = [block, first, second];
  return { headers, proof: (path, key) => buildProofFile(base, headers.map(encodeHeader), { domain: alice, path, ...(key === undefined ? {} : { key }) }) };
}

test("a proof says what stood where, and is valid for who trusts a block or asks for work", async () => {
  const { headers, proof } = await proven();
  const file = proof("/docs/deep/note");
  const [block, , tip] = headers.map(headerId) as [Uint8Array, Uint8Array, Uint8Array];
  const report = verifyProofFile(file, { checkpoint: tip });
  assert.is(report.kind, "valid");
  assert.ok(report.kind !== "invalid");
  const { proof: said } = report;
  assert.equal({ ...said, domain: said.domain.balanceUnits, entry: said.entry?.name }, {
    place: { domain: alice, path: "/docs/deep/note" }, height: 1n, blockId: block, stateRoot: headers[0]?.stateRoot, tipHeight: 3n, tipId: tip, work: 2n * workOf(TARGET),
    domain: 5n * 10n ** 18n, entry: "note", content: utf8("hello\n"),
  });
  const kinds = (trust: Parameters<typeof verifyProofFile>[1]): string => verifyProofFile(file, trust).kind;
  assert.is(kinds({ checkpoint: block }), "valid");
  assert.is(kinds({ minWork: 2n * workOf(TARGET) }), "valid");
  assert.is(kinds({ minWork: 2n * workOf(TARGET) + 1n }), "unanchored");
  assert.is(kinds({ checkpoint: zeros(32) }), "unanchored");
  assert.is(kinds({ checkpoint: tip, minWork: 10n ** 9n }), "unanchored", "all that is asked for must be there");
  assert.is(kinds({}), "unanchored");
});

test("what is not there, a directory and a whole domain are proved too", async () => {
  const { headers, proof } = await proven();
  const trust = { checkpoint: headerId(headers[2] as BlockHeader) };
  const entryAt = (path: string): unknown => {
    const report = verifyProofFile(proof(path), trust);
    return report.kind === "valid" ? (report.proof.entry?.kind ?? "nothing") : report;
  };
  assert.is(entryAt("/docs/none"), "nothing");
  assert.is(entryAt("/none/none"), "nothing");
  assert.is(entryAt("/docs/deep"), "directory");
  assert.is(entryAt("/f7"), "file");
  const root = verifyProofFile(proof("/"), trust);
  assert.ok(root.kind === "valid" && root.proof.domain.balanceUnits === 5n * 10n ** 18n && root.proof.entry === undefined);
});

test("what a program keeps under a key is proved, that it keeps nothing too, and one key is not another's proof", async () => {
  const { headers, proof } = await proven();
  const trust = { checkpoint: headerId(headers[2] as BlockHeader) };
  const keptIn = (file: Uint8Array): unknown => {
    const report = verifyProofFile(file, trust);
    return report.kind === "valid" ? (report.proof.kept === undefined ? "nothing" : decodeValue(report.proof.kept)) : report.reason;
  };
  const file = proof("/f3", "sum");
  assert.equal(keptIn(file), { kind: "cell", value: 9n });
  assert.is(keptIn(proof("/f3", "other")), "nothing");
  assert.is(keptIn(proof("/f4", "sum")), "nothing");
  // The way to one key may well show that another is not there, and so it is.
  for (const other of [withField(file, 8, () => [utf8("other")]), withField(file, 4, () => utf8("/f4"))]) assert.match(String(keptIn(other)), /^(nothing|the way to the entry)/);
  assert.match(String(keptIn(withField(file, 8, () => []))), /^the way to the entry/);
  assert.match(String(keptIn(withField(file, 7, () => [utf8("x")]))), /content for what is no file/);
});

test("a proof with anything changed says the same or is not valid", async () => {
  const { headers, proof } = await proven();
  const file = proof("/docs/deep/note");
  const trust = { checkpoint: headerId(headers[2] as BlockHeader) };
  const honest = verifyProofFile(file, trust) as Exclude<ProofReport, { kind: "invalid" }>;
  const random = seeded(41);
  for (let i = 0; i < 3_000; i++) {
    const at = random(file.length);
    const damaged = [
      () => concatBytes(file.subarray(0, at), Uint8Array.of((file[at] as number) ^ (1 << random(8))), file.subarray(at + 1)),
      () => file.subarray(0, at),
      () => concatBytes(file.subarray(0, at), file.subarray(Math.min(file.length, at + 1 + random(40)))),
      () => concatBytes(file, Uint8Array.of(random(256))),
    ][random(4)] as () => Uint8Array;
    const bytes = damaged();
    const report = verifyProofFile(bytes, trust);
    if (report.kind === "valid") assert.equal({ ...report.proof, place: honest.proof.place }, honest.proof, `byte ${at}`);
    if (report.kind === "valid") assert.ok(equalBytes(bytes, file), `another file passes: byte ${at}`);
  }
});

/** The file with one of its nine fields replaced. */
function withField(file: Uint8Array, index: number, change: (item: RlpItem) => RlpItem): Uint8Array {
  const fields = decodeRlp(file) as readonly RlpItem[];
  return encodeRlp(fields.map((item, i) => (i === index ? change(item) : item)));
}

test("parts of two proofs do not make a third", async () => {
  const [{ headers, proof }, other] = [await proven(), await proven()];
  const trust = { checkpoint: headerId(headers[2] as BlockHeader) };
  const [note, f7, none] = [proof("/docs/deep/note"), proof("/f7"), proof("/docs/none")];
  const field = (file: Uint8Array, index: number): RlpItem => (decodeRlp(file) as readonly RlpItem[])[index] as RlpItem;
  const reasonOf = (file: Uint8Array): string => {
    const report = verifyProofFile(file, trust);
    return report.kind === "valid" ? "valid" : report.reason;
  };
  assert.is(reasonOf(withField(note, 7, () => field(f7, 7))), "the content is not what the entry says");
  assert.is(reasonOf(withField(note, 7, () => [])), "the file's content is missing");
  assert.is(reasonOf(withField(none, 7, () => field(note, 7))), "there is content for what is no file");
  assert.match(reasonOf(withField(note, 6, () => field(f7, 6))), /^the way to the entry/);
  assert.match(reasonOf(withField(note, 6, () => [])), /^the way to the entry/);
  assert.match(reasonOf(withField(note, 4, () => utf8("/docs/deep/other"))), /^(the way to the entry|there is content)/);
  assert.match(reasonOf(withField(note, 3, () => zeros(20))), /^(the way to the domain|there is content|the way to the entry)/);
  assert.is(reasonOf(withField(note, 2, () => [])), "it holds no block header");
  assert.match(reasonOf(withField(note, 2, (items) => (items as readonly RlpItem[]).slice(1))), /^(the way|valid)/);
  assert.is(reasonOf(withField(note, 2, (items) => [...(items as readonly RlpItem[])].reverse())), "the block at height 2 does not follow the one before it");
  const weak = { ...(headers[2] as KeyBlockHeader), target: 1n };
  assert.is(reasonOf(withField(note, 2, (items) => [...(items as readonly RlpItem[]).slice(0, 2), encodeHeader(weak)])), "the key block at height 3 has less work than it claims");
  assert.is(reasonOf(other.proof("/f7")), "valid");
  assert.is(reasonOf(zeros(MAX_PROOF_BYTES + 1)), "it is no proof file in the one form that is known");
  assert.is(reasonOf(utf8("gridshell-proof")), "it is no proof file in the one form that is known");
});

test.run();
