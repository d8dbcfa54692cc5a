// time-out: 120 s
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes } from "../../lang/base/bytes.ts";
import { decodeBlock } from "../../node/ledger/block-codec.ts";
import { checkResults } from "../../node/ledger/checks.ts";
import { replayDataBlock } from "../../node/ledger/run-block.ts";
import { benchWorld, makeDataBlock, makeKeyBlock, openBenchChain, takeBlock } from "../../src/bench/ledger/bench-chain.ts";
import { benchTrie } from "../../src/bench/ledger/bench-trie.ts";
import { transferPackage } from "../../src/bench/ledger/transfers.ts";
import { progressTo } from "../../src/cli/maintenance.ts";

/** The benchmark's chain is the real one, so what it measures is tested here on a few packages. */
test("a block run at once in a worker has the results and the root of package by package, and a forged one is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-bench-test-"));
  const world = benchWorld({ domains: 60, senders: 40 });
  const told: number[] = [];
  const onFilled = (domains: number): void => void told.push(domains);
  const onPackages = (packages: number): void => void told.push(packages);
  const [maker, taker] = [await openBenchChain(join(folder, "a"), world, { workers: 2, onFilled }), await openBenchChain(join(folder, "b"), world, { workers: 2, onPackages })];
  try {
    const { chainId } = maker.chain.machine;
    const key = await makeKeyBlock(maker);
    await takeBlock(taker, key);
    const parent = taker.chain.head();
    world.senders.forEach((sender, index) => void maker.pool.pool.add(transferPackage(sender, world.receivers.at((index * 7 + 1) % 60) as Uint8Array, { chainId, nonce: 1n, code: index % 2 === 0 ? "payment" : "own word" })));
    const bytes = await makeDataBlock(maker);
    const block = decodeBlock(bytes, world.params);
    if (!("packages" in block)) throw new Error("a data block was made");
    assert.is(block.packages.length, 40);
    const forged = block.packages.map((one, index) => (index === 30 ? one.with(one.length - 1, (one.at(-1) ?? 0) ^ 1) : one));
    const batch = await taker.chain.machine.executor.runBatch?.({ packages: forged, context: { height: parent.height + 1n, timeMs: block.header.timeMs, rulesVersion: 1, chainId, leaderDomain: new Uint8Array(20) }, base: parent });
    assert.equal(batch?.verdicts.at(-1), { kind: "refused", fault: { code: "PACKAGE_BAD_SIGNATURE" } });
    assert.is(batch?.verdicts.length, 31);
    await takeBlock(taker, bytes);
    assert.equal(told, [20, 0, 40], "how far the benchmark is: those with coins, then packages block by block");
    assert.ok(equalBytes(taker.chain.head().stateRoot, maker.chain.head().stateRoot));
    assert.equal(await replayDataBlock(block, parent, taker.chain.machine), { kind: "accept" });
    const results = taker.chain.machine.store.executed(taker.chain.head().id)?.results ?? [];
    assert.ok(results.every(({ outcome }) => outcome.kind === "done"));
    assert.equal(checkResults(block.header, results, taker.chain.head().stateRoot, world.params), { kind: "accept" });
  } finally {
    await maker.close();
    await taker.close();
    rmSync(folder, { recursive: true });
  }
});

test("the trie's benchmark measures something", () => {
  const rates = benchTrie(2_000);
  assert.ok(rates.insertsPerSecond > 0 && rates.updateMs > 0);
});

test("a long work says how far it is once a second at most, and nothing with --json", () => {
  const said: string[] = [];
  const io = { env: {}, directory: "/", stdin: Readable.from([]), outIsTerminal: false, out: () => assert.unreachable(), err: (text: string) => void said.push(text) };
  for (const flags of [{}, { json: "true" }] as const) {
    let nowMs = 0;
    const progress = progressTo({ params: [], flags, io }, () => nowMs);
    for (const done of [1_000, 1_500, 2_000]) {
      progress({ what: "transfers made", done, total: 4_500 });
      nowMs += 700;
    }
  }
  assert.equal(said, ["transfers made 2,000 of 4,500\n"]);
});

test.run();
