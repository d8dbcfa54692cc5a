import { test } from "uvu";
import * as assert from "uvu/assert";
import { sha256 } from "../../../lang/base/hash.ts";
import type { DataBlock, KeyBlockHeader, PackageResult } from "../../../node/ledger/block.ts";
import { checkCodeErg, checkDataBlockBody, checkHeader, checkPackageTerms, checkResults, checkRoot, checkWork, packagesRootOf, receiptsRootOf, targetAfter } from "../../../node/ledger/checks.ts";
import { keyBlockAt, recentKeyBlocks } from "../../../node/ledger/chain-view.ts";
import type { PackageFacts } from "../../../node/ledger/executor.ts";
import { paramsOf, type LedgerParams } from "../../../node/ledger/params.ts";
import { meetsTarget } from "../../../node/ledger/retarget.ts";
import type { Verdict } from "../../../node/ledger/verdict.ts";
import { Branches } from "../../sim/branch.ts";
import { testKey } from "../../sim/keys.ts";

// Work is not what most of these tests are about: one hash in two finds a block.
const params: LedgerParams = { ...paramsOf("devnet"), easiestTarget: 1n << 255n };

const codeOf = (verdict: Verdict): string => (verdict.kind === "reject" ? verdict.fault.code : verdict.kind);
const refusedWith = (verdict: Verdict, code: string): void => assert.is(codeOf(verdict), code);
const accepted = (verdict: Verdict): void => assert.equal(verdict, { kind: "accept" });

function world(): { chain: Branches; key: ReturnType<Branches["addKey"]>; data: ReturnType<Branches["addData"]> } {
  const chain = new Branches(params);
  const key = chain.addKey(chain.genesis);
  return { chain, key, data: chain.addData(key) };
}

test("headers that obey every rule are accepted", () => {
  const { chain, key, data } = world();
  accepted(checkHeader(chain.keyHeader(chain.genesis), chain.context()));
  accepted(checkHeader(chain.dataHeader(key), chain.context()));
  accepted(checkHeader(chain.dataHeader(data), chain.context()));
  accepted(checkHeader(chain.keyHeader(data), chain.context()));
});

test("rule parent: a block whose parent is unknown is an orphan and names what is missing", () => {
  const { chain, key } = world();
  const parentId = new Uint8Array(32).fill(1);
  assert.equal(checkHeader(chain.dataHeader(key, { parentId }), chain.context()), { kind: "orphan", missing: parentId });
});

test("rule height: one more than the parent's, for blocks and for key blocks", () => {
  const { chain, key } = world();
  refusedWith(checkHeader(chain.dataHeader(key, { height: 3n }), chain.context()), "LEDGER_HEIGHT_GAP");
  refusedWith(checkHeader(chain.keyHeader(key, { height: 1n }), chain.context()), "LEDGER_HEIGHT_GAP");
  refusedWith(checkHeader(chain.keyHeader(key, { keyHeight: 3n }), chain.context()), "LEDGER_HEIGHT_GAP");
});

test("rule version (R17): the table's version, and a version not known names what is needed", () => {
  const { chain, key } = world();
  assert.equal(checkHeader(chain.dataHeader(key, { rulesVersion: 2 }), chain.context()), { kind: "reject", fault: { code: "LEDGER_RULES", found: 2, needs: 2 } });
  refusedWith(checkHeader(chain.keyHeader(key, { rulesVersion: 2 }), chain.context()), "LEDGER_RULES");
  const later = new Branches({ ...params, rules: [{ fromHeight: 0n, version: 1 }, { fromHeight: 2n, version: 7 }] });
  const first = later.addKey(later.genesis);
  assert.equal(checkHeader(later.dataHeader(first), later.context()), { kind: "reject", fault: { code: "LEDGER_RULES", found: 7, needs: 7 } });
  refusedWith(checkHeader(later.dataHeader(first, { rulesVersion: 1 }), later.context()), "LEDGER_RULES");
});

test("rule leader key: a key that cannot sign elects nobody", () => {
  const { chain, key } = world();
  refusedWith(checkHeader(chain.keyHeader(key, { leaderKey: new Uint8Array(32) }), chain.context()), "LEDGER_MALFORMED");
});

test("rule witness: where the genesis names who may lead, nobody else does", () => {
  const chain = new Branches({ ...params, leaderKeys: [testKey("leader").publicKey] });
  assert.is(checkHeader(chain.keyHeader(chain.genesis), chain.context()).kind, "accept");
  const stranger = chain.keyHeader(chain.genesis, { leaderKey: testKey("stranger").publicKey });
  assert.equal(checkHeader(stranger, chain.context()), { kind: "reject", fault: { code: "LEDGER_NOT_WITNESS" } });
});

test("rule work: the work hash does not exceed the target", () => {
  const { chain, key } = world();
  const header = chain.keyHeader(key);
  let weak: KeyBlockHeader = header;
  while (meetsTarget(weak)) weak = { ...weak, workNonce: weak.workNonce + 1n };
  refusedWith(checkHeader(weak, chain.context()), "LEDGER_WEAK_WORK");
});

test("rule work: work for a target easier than the easiest is none, whatever the branch", () => {
  const { chain, key } = world();
  accepted(checkWork(chain.keyHeader(key), params));
  refusedWith(checkWork(chain.keyHeader(key, { target: params.easiestTarget + 1n }), params), "LEDGER_WRONG_TARGET");
});

test("rule target: the one that the branch prescribes, no easier and no harder", () => {
  const { chain, key } = world();
  refusedWith(checkHeader(chain.keyHeader(key, { target: params.easiestTarget - 1n }), chain.context()), "LEDGER_WRONG_TARGET");
  refusedWith(checkHeader(chain.keyHeader(key, { target: params.easiestTarget + 1n }), chain.context()), "LEDGER_WRONG_TARGET");
});

test("rule target: quick key blocks make the next one harder, and then only that target is taken", () => {
  const { chain, key } = world();
  let tip = key;
  for (let i = 0; i < 4; i++) tip = chain.addKey(tip, { timeMs: tip.timeMs + 10_000n });
  assert.ok(targetAfter(tip, chain, params) < params.easiestTarget);
  accepted(checkHeader(chain.keyHeader(tip), chain.context()));
  refusedWith(checkHeader(chain.keyHeader(tip, { target: params.easiestTarget }), chain.context()), "LEDGER_WRONG_TARGET");
});

test("rule median: a key block is later than the median of the last eleven", () => {
  const { chain } = world();
  let tip = chain.genesis;
  const times: bigint[] = [];
  for (let i = 0; i < 12; i++) times.push((tip = chain.addKey(tip, { timeMs: tip.timeMs + 30_000n })).timeMs);
  const median = times.slice(1)[5] as bigint;
  refusedWith(checkHeader(chain.keyHeader(tip, { timeMs: median }), chain.context()), "LEDGER_TIME");
  accepted(checkHeader(chain.keyHeader(tip, { timeMs: median + 1n }), chain.context()));
});

test("rule future limit: a block from the future waits and says until when", () => {
  const { chain, key } = world();
  for (const header of [chain.keyHeader(key), chain.dataHeader(key)]) {
    const untilMs = header.timeMs - params.futureLimitMs;
    accepted(checkHeader(header, chain.context(Number(untilMs))));
    assert.equal(checkHeader(header, chain.context(Number(untilMs) - 1)), { kind: "early", untilMs });
  }
});

test("rule gap: a data block stands one gap after the last data block, also over a key block", () => {
  const { chain, data } = world();
  const least = data.timeMs + params.dataBlockGapMs;
  accepted(checkHeader(chain.dataHeader(data, { timeMs: least }), chain.context()));
  refusedWith(checkHeader(chain.dataHeader(data, { timeMs: least - 1n }), chain.context()), "LEDGER_TIME");
  const key = chain.addKey(data, { timeMs: data.timeMs + 1n });
  refusedWith(checkHeader(chain.dataHeader(key, { timeMs: least - 1n }), chain.context()), "LEDGER_TIME");
  accepted(checkHeader(chain.dataHeader(key, { timeMs: least }), chain.context()));
});

test("rule gap: a data block is not older than the key block before it", () => {
  const { chain, key } = world();
  refusedWith(checkHeader(chain.dataHeader(key, { timeMs: key.timeMs - 1n }), chain.context()), "LEDGER_TIME");
});

test("rule epoch: a data block names the key block of the epoch that its parent is in", () => {
  const { chain, key, data } = world();
  refusedWith(checkHeader(chain.dataHeader(data, { keyBlockId: new Uint8Array(32).fill(1) }), chain.context()), "LEDGER_NOT_LEADER");
  // The same leader once more: the signature alone would not tell the epochs apart.
  const next = chain.addKey(data);
  refusedWith(checkHeader(chain.dataHeader(next, { keyBlockId: key.id }), chain.context()), "LEDGER_NOT_LEADER");
  accepted(checkHeader(chain.dataHeader(next, { keyBlockId: next.id }), chain.context()));
});

test("rule leader: only the leader of the running epoch signs data blocks", () => {
  const { chain, key, data } = world();
  const stranger = testKey("stranger");
  refusedWith(checkHeader(chain.dataHeader(data, {}, stranger), chain.context()), "LEDGER_BAD_SIGNATURE");
  refusedWith(checkHeader(chain.dataHeader(chain.genesis, { timeMs: key.timeMs }), chain.context()), "LEDGER_NOT_LEADER");
  const epoch = chain.addKey(data, { leaderKey: stranger.publicKey, timeMs: data.timeMs + 5_000n });
  accepted(checkHeader(chain.dataHeader(epoch, {}, stranger), chain.context()));
  refusedWith(checkHeader(chain.dataHeader(epoch), chain.context()), "LEDGER_BAD_SIGNATURE");
});

test("rule leader: the signature covers every field of the header", () => {
  const { chain, key } = world();
  const header = chain.dataHeader(key);
  for (const changes of [{ timeMs: header.timeMs + 1n }, { ergUsed: 1n }, { sizeBytes: 1 }, { stateRoot: new Uint8Array(32).fill(1) }, { packagesRoot: new Uint8Array(32).fill(1) }, { receiptsRoot: new Uint8Array(32).fill(1) }]) {
    refusedWith(checkHeader({ ...header, ...changes }, chain.context()), "LEDGER_BAD_SIGNATURE");
  }
});

test("rule caps: one byte or one ERG over the cap is refused on sight", () => {
  const { chain, key } = world();
  accepted(checkHeader(chain.dataHeader(key, { sizeBytes: params.dataBlockSizeBytes, ergUsed: params.dataBlockErg }), chain.context()));
  refusedWith(checkHeader(chain.dataHeader(key, { sizeBytes: params.dataBlockSizeBytes + 1 }), chain.context()), "LEDGER_TOO_LARGE");
  refusedWith(checkHeader(chain.dataHeader(key, { ergUsed: params.dataBlockErg + 1n }), chain.context()), "LEDGER_ERG_CAP");
});

const factOf = (bytes: Uint8Array): PackageFacts => ({ packageId: sha256(bytes), domain: new Uint8Array(20), nonce: 1n, ergPriceUnits: 1n, ergLimit: 5n, codeErgLimit: 3n, expiryHeight: 10n });

function bodyOf(packages: Uint8Array[], claimed: { sizeBytes?: number; packagesRoot?: Uint8Array } = {}): [DataBlock, Uint8Array[], LedgerParams] {
  const { chain, key } = world();
  const ids = packages.map((bytes) => sha256(bytes));
  const sizeBytes = packages.reduce((sum, bytes) => sum + bytes.length, 0);
  const header = chain.dataHeader(key, { sizeBytes, packagesRoot: packagesRootOf(packages, ids), ...claimed });
  return [{ header, packages }, ids, { ...params, dataBlockSizeBytes: 100, dataBlockPackages: 3 }];
}

test("rule body: the packages are those that the header promises", () => {
  accepted(checkDataBlockBody(...bodyOf([Uint8Array.of(1), Uint8Array.of(2, 3)])));
  const [block, ids, small] = bodyOf([Uint8Array.of(1), Uint8Array.of(2)]);
  const swapped = { ...block, packages: [...block.packages].reverse() };
  assert.equal(checkDataBlockBody(swapped, [...ids].reverse(), small), { kind: "reject", fault: { code: "LEDGER_ROOT", which: "packages" } });
  refusedWith(checkDataBlockBody(...bodyOf([Uint8Array.of(1)], { sizeBytes: 2 })), "LEDGER_MALFORMED");
});

test("rule body: other signatures under the same package id do not fit the header", () => {
  const [block, ids, small] = bodyOf([Uint8Array.of(1, 1)]);
  refusedWith(checkDataBlockBody({ ...block, packages: [Uint8Array.of(1, 2)] }, ids, small), "LEDGER_ROOT");
});

test("rule body: no empty data blocks (R16), no package twice, none too many, none too large", () => {
  refusedWith(checkDataBlockBody(...bodyOf([])), "LEDGER_EMPTY_BLOCK");
  refusedWith(checkDataBlockBody(...bodyOf([Uint8Array.of(1), Uint8Array.of(1)])), "LEDGER_MALFORMED");
  refusedWith(checkDataBlockBody(...bodyOf([1, 2, 3, 4].map((byte) => Uint8Array.of(byte)))), "LEDGER_MALFORMED");
  accepted(checkDataBlockBody(...bodyOf([new Uint8Array(100)])));
  refusedWith(checkDataBlockBody(...bodyOf([new Uint8Array(101)])), "LEDGER_TOO_LARGE");
});

test("rule package terms: size, price, ERG limit and expiry are those of the block's height", () => {
  const check = (changes: Partial<PackageFacts>, sizeBytes = 10, height = 10n): Verdict => checkPackageTerms({ ...factOf(Uint8Array.of(1)), ...changes }, sizeBytes, height, 4, params);
  accepted(check({}));
  assert.equal(check({ ergPriceUnits: 0n }), { kind: "reject", fault: { code: "LEDGER_PACKAGE", index: 4, reason: { code: "PACKAGE_PRICE_TOO_LOW", leastUnits: 1n } } });
  refusedWith(check({}, params.packageSizeBytes + 1), "LEDGER_PACKAGE");
  refusedWith(check({ ergLimit: params.packageErg + 1n }), "LEDGER_PACKAGE");
  refusedWith(check({}, 10, 11n), "LEDGER_PACKAGE");
});

test("rule code: the code of a block stays within its cap, to the last ERG", () => {
  accepted(checkCodeErg(params.dataBlockCodeErg, params));
  assert.equal(checkCodeErg(params.dataBlockCodeErg + 1n, params), { kind: "reject", fault: { code: "LEDGER_ERG_CAP", limit: params.dataBlockCodeErg } });
});

test("rule code: the cap keeps the slowest block within the gap of mainnet, and no package takes more than a quarter", () => {
  const worstNsPerErg = 4n * 14n; // grid bench erg: the median, and its verdict on the cheapest word
  const gapNs = paramsOf("mainnet").dataBlockGapMs * 1_000_000n;
  for (const preset of ["devnet", "testnet", "mainnet"] as const) {
    const { dataBlockCodeErg, dataBlockErg, dataBlockSizeBytes, packageErg } = paramsOf(preset);
    assert.ok(dataBlockCodeErg * worstNsPerErg <= gapNs, preset);
    assert.ok(packageErg * 4n <= dataBlockCodeErg, preset);
    // A signature with its key is 137 bytes and 6,000 ERG, a byte 16: nothing pays more for being there.
    assert.ok(BigInt(dataBlockSizeBytes) * (6_000n / 137n + 1n + 16n) + dataBlockCodeErg <= dataBlockErg, preset);
  }
});

test("rule results: ERG, receipts root and state root are what execution gave", () => {
  const { chain, key } = world();
  const stateRoot = new Uint8Array(32).fill(4);
  const results: PackageResult[] = [{ packageId: new Uint8Array(32), outcome: { kind: "done" }, ergUsed: 6n, feeUnits: 6n }];
  const header = chain.dataHeader(key, { ergUsed: 6n, receiptsRoot: receiptsRootOf(results), stateRoot });
  accepted(checkResults(header, results, stateRoot, params));
  refusedWith(checkResults({ ...header, ergUsed: 5n }, results, stateRoot, params), "LEDGER_MALFORMED");
  refusedWith(checkResults(header, results, new Uint8Array(32), params), "LEDGER_ROOT");
  refusedWith(checkResults(header, [{ ...results[0] as PackageResult, feeUnits: 5n }], stateRoot, params), "LEDGER_ROOT");
  refusedWith(checkResults(header, results, stateRoot, { ...params, dataBlockErg: 5n }), "LEDGER_ERG_CAP");
  refusedWith(checkRoot("state", stateRoot, new Uint8Array(32)), "LEDGER_ROOT");
});

test("only key blocks add weight to a branch", () => {
  const { chain, key, data } = world();
  assert.is(data.totalWork, key.totalWork);
  assert.ok(chain.addKey(data).totalWork > data.totalWork);
});

test("key blocks of a branch are found by height and in order, whatever stands between", () => {
  const { chain, key } = world();
  const keys = [key];
  for (let i = 0; i < 5; i++) keys.push(chain.addKey(chain.addData(keys.at(-1) ?? key)));
  const tip = chain.addData(keys.at(-1) ?? key);
  assert.equal(recentKeyBlocks(tip, 3, chain), keys.slice(-3));
  assert.equal(recentKeyBlocks(tip, 50, chain), keys);
  keys.forEach((entry, i) => assert.is(keyBlockAt(BigInt(i + 1), tip, chain), entry));
});

test.run();
