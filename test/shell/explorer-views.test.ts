import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { BlockView, ChainView, DifficultyView, EvictedRow, HistoryRow, PackageRow, PeersView, ReplayView, SupplyView, WaitingRow } from "../../node/api.ts";
import { blockText } from "../../shell/render/explorer/block.ts";
import { chainText, difficultyText, peersText, supplyText } from "../../shell/render/explorer/figures.ts";
import { jsonText } from "../../shell/render/explorer/json.ts";
import { blocksText, evictedText, historyText, packagesText, waitingText } from "../../shell/render/explorer/lists.ts";
import { replayText } from "../../shell/render/explorer/replay.ts";
import { textWidth } from "../../shell/render/width.ts";

// What the explorer words print for views that a test node does not come to. UPDATE=1 writes it down.

const golden = fileURLToPath(new URL("../transcripts/explorer-views.txt", import.meta.url));
const id = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const who = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);
const timeMs = 1_700_000_000_000n;
const coin = 10n ** 18n;

const row: PackageRow = { packageId: id(0xab), height: 123_456n, index: 65_535, timeMs, domain: who(1), nonce: 7n, outcome: { kind: "done" }, ergUsed: 19_538n, feeUnits: 19_538n, sentences: ["makes the directory /grid1…/a directory of a very long name that does not fit on one line of a terminal"] };
const failed: PackageRow = { ...row, index: 0, outcome: { kind: "failed", faultCode: "LANG_DIVIDE_BY_ZERO" }, sentences: [] };
const block: BlockView = {
  kind: "key", height: 123_457n, blockId: id(2), timeMs, packages: 0, feesUnits: 0n, ergUsed: 0n, sizeBytes: 0, leader: who(3), parentId: id(4), isOnMainChain: true, stage: "settled", stateRoot: id(5), keyHeight: 900n, keyBlockId: id(2),
  totalWork: 10n ** 20n, rulesVersion: 1, leaderKey: id(6), target: 2n ** 240n, work: 65_536n, workNonce: 77n, evidence: 1, punishedBy: who(8), payments: [{ domain: who(3), units: 36n * coin }, { domain: who(9), units: 54n * coin }], rows: [],
};
const { leaderKey: _key, target: _target, work: _work, workNonce: _nonce, evidence: _evidence, punishedBy: _by, ...common } = block;
const data: BlockView = { ...common, kind: "data", packages: 2, feesUnits: coin / 2n, ergUsed: 40_000n, sizeBytes: 700, packagesRoot: id(10), receiptsRoot: id(11), payments: [], rows: [failed, row] };
const waiting: WaitingRow = { packageId: id(12), domain: who(1), nonce: 12n, ergPriceUnits: 1n, ergLimit: 40_000n, sizeBytes: 333, expiryHeight: 124_000n, missingNonces: 0n };
const evicted: EvictedRow = { packageId: id(13), domain: who(1), nonce: 12n, reason: "replaced", height: 123_000n };
const history: HistoryRow[] = [
  { height: 123_456n, index: 3, timeMs, roles: ["signer", "spent", "written"], deltaUnits: -coin - 5n, packageId: id(0xab), signer: who(1), outcome: { kind: "done" }, sentences: ["lowers your balance by 1 coin"] },
  { height: 123_400n, index: 0, timeMs, roles: ["signer"], deltaUnits: -5n, packageId: id(0xac), signer: who(1), outcome: { kind: "state-moved" }, sentences: [] },
  { height: 123_300n, index: 0, timeMs, roles: ["rewarded"], deltaUnits: 90n * coin, sentences: ["rewards of a mature epoch"] },
];
const chain: ChainView = {
  preset: "mainnet", chainId: id(14), height: 123_457n, keyHeight: 900n, blockId: id(2), timeMs, stateRoot: id(5), totalWork: 10n ** 20n, rulesVersion: 1, liveness: "medium", keyBlockAgeMs: 1_200_000n,
  leader: { domain: who(3), publicKey: id(6), sinceHeight: 123_457n, sinceMs: timeMs }, packages: 5_000_000n, packagesLastHour: 3_600n, packagesLastDay: 80_000n, keyBlockSpacingMs: 610_000n, poolPackages: 12, poolSizeBytes: 4_000, blocksFrom: 100_000n, stateFrom: 120_000n,
};
const difficulty: DifficultyView = { keyHeight: 900n, target: 2n ** 224n, work: 2n ** 32n, nextTarget: 2n ** 223n, nextWork: 2n ** 33n, easiestTarget: 2n ** 224n, aimedSpacingMs: 600_000n, window: 17, spacingMs: 300_000n, hashesPerSecond: 14_000_000n };
const supply: SupplyView = { height: 123_457n, genesisUnits: 10n ** 27n, coinbaseUnits: 900n * coin, lockedUnits: 12n, destroyedUnits: 34n * coin, burntUnits: 0n, circulatingUnits: 10n ** 27n + 866n * coin - 12n, comingUnits: 90n * coin };
const replay: ReplayView = {
  packageId: id(0xab), height: 123_456n, index: 1, domain: who(1), baseHeight: 123_455n, baseRoot: id(5), before: 1, intrinsicErg: 17_000n,
  steps: [
    { section: 1, source: ": half\n 2 / ;", stack: [], ergUsed: 80n, changes: [] },
    { section: 1, source: '"a" mkdirEx', stack: [], ergUsed: 1_200n, changes: ["makes the directory /grid1…/a"] },
    { section: 1, source: "1 2 3", stack: ["1", "2", "3"], ergUsed: 1_260n, changes: [] },
    { section: 2, source: "7 0 half", stack: [], ergUsed: 1_260n, changes: [], faultCode: "LANG_DIVIDE_BY_ZERO" },
  ],
  isCut: true, outcome: { kind: "failed", faultCode: "LANG_DIVIDE_BY_ZERO" }, ergUsed: 18_400n, feeUnits: 18_400n,
  receipt: { packageId: id(0xab), outcome: { kind: "done" }, ergUsed: 18_000n, feeUnits: 18_000n, blockId: id(2), height: 123_456n, index: 1, stateRoot: id(5) }, agrees: false,
};

const peers: PeersView = {
  listens: "127.0.0.1:7301",
  rows: [
    { address: "127.0.0.1:7300", direction: "out", nodeId: new Uint8Array(16).fill(0xa1), height: 123_457n, sinceMs: timeMs },
    { address: "[::1]:54321", direction: "in", nodeId: new Uint8Array(16).fill(0xb2), sinceMs: timeMs },
  ],
};

const SHOWN: readonly (readonly [string, string, object])[] = [
  ["chain", chainText(chain), chain], ["difficulty", difficultyText(difficulty), difficulty], ["supply", supplyText(supply), supply], ["peers", peersText(peers), peers], ["peers, none", peersText({ rows: [] }), { rows: [] }],
  ["block, of work", blockText(block), block], ["block, of packages", blockText(data), data], ["block of a side branch", blockText({ ...data, isOnMainChain: false, rows: [] }), {}],
  ["blocks", blocksText([data, block]), { rows: [], next: "123455" }], ["blocks, none", blocksText([]), {}], ["packages", packagesText([row, failed]), { rows: [row] }],
  ["packages --waiting", waitingText([waiting, { ...waiting, nonce: 15n, missingNonces: 2n }]), { rows: [waiting] }],
  ["packages --evicted", evictedText((["replaced", "crowded-out", "expired", "nonce-used", "refused"] as const).map((reason) => ({ ...evicted, reason }))), { rows: [evicted] }],
  ["history", historyText(history), { rows: history }], ["replay, of a damaged node", replayText(replay), replay],
];

test("explorer views read as they were written down, as text and as JSON", () => {
  const text = SHOWN.map(([name, shown, view]) => `=== ${name}\n${shown}${Object.keys(view).length === 0 ? "" : jsonText(view)}`).join("\n");
  if (process.env["UPDATE"] === "1") writeFileSync(golden, text);
  else assert.fixture(text, readFileSync(golden, "utf8"));
});

test("what the explorer prints fits a terminal of 80 columns, ids and addresses in full left out", () => {
  for (const [name, shown] of SHOWN) for (const line of shown.split("\n")) assert.ok(textWidth(line) <= 80 || /[0-9a-f]{64}|grid1[0-9a-z]{38}/.test(line), `${name}: ${line}`);
});

test("what others wrote cannot steer the terminal, as text or as JSON", () => {
  const hostile = "\u001b[2Jx\u009b31m\u202e";
  const json = jsonText({ text: hostile });
  assert.not.match(json, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.is((JSON.parse(json) as { text: string }).text, hostile);
  assert.not.match(packagesText([{ ...row, sentences: [hostile] }]) + replayText({ ...replay, steps: [{ section: 1, source: hostile, stack: [hostile], ergUsed: 1n, changes: [hostile] }] }), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test("JSON holds no number that a program could lose digits of", () => {
  for (const [name, , view] of SHOWN) for (const [, digits = ""] of jsonText(view).matchAll(/:(-?[0-9]+)[,}]/g)) assert.ok(Number.isSafeInteger(Number(digits)) && digits.length < 10, `${name}: ${digits}`);
});

test.run();
