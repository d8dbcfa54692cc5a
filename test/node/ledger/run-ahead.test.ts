// time-out: 120 s
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { signEd25519 } from "../../../node/crypto/ed25519.ts";
import { decodeBlock, encodeBlock } from "../../../node/ledger/block-codec.ts";
import type { Block } from "../../../node/ledger/block.ts";
import type { Submission } from "../../../node/ledger/chain.ts";
import { EvidenceBook } from "../../../node/ledger/evidence-book.ts";
import { startExchange } from "../../../node/ledger/exchange/exchange.ts";
import { encodeMessage } from "../../../node/ledger/exchange/messages.ts";
import { dataBlockMessage } from "../../../node/ledger/header-codec.ts";
import type { Disk, Network } from "../../../node/ports.ts";
import { benchWorld, LEADER_SEED, makeDataBlock, makeKeyBlock, openBenchChain, takeBlock, type BenchChain } from "../../../src/bench/ledger/bench-chain.ts";
import { transferPackage } from "../../../src/bench/ledger/transfers.ts";

const WORLD = benchWorld({ domains: 20, senders: 20 });

/** A store whose batches wait to be let through, or fail. */
class Gate {
  #waiting: (() => void)[] = [];
  closed = false;
  fails = false;

  readonly through = (disk: Disk): Disk => ({
    getSync: (key) => disk.getSync(key), entries: (range) => disk.entries(range), close: () => disk.close(),
    batch: async (operations, options) => {
      if (this.closed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.fails) throw new Error("the disk is gone");
      await disk.batch(operations, options);
    },
  });

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.closed = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Resolves when the chain has run this many batches from now on. */
function batchesRun({ chain: { machine } }: BenchChain, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const executor = machine.executor as { runBatch: NonNullable<typeof machine.executor.runBatch> };
  const run = executor.runBatch;
  let left = count;
  executor.runBatch = async (batch) => {
    const outcome = await run(batch);
    if (--left === 0) resolve();
    return outcome;
  };
  return promise;
}

interface Pair {
  readonly taker: BenchChain;
  readonly gate: Gate;
  /** Three data blocks on the taker's head, and the roots after them. */
  readonly blocks: readonly Block[];
  readonly roots: readonly string[];
}

async function withBlocks(use: (pair: Pair) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "grid-run-ahead-"));
  const gate = new Gate();
  const maker = await openBenchChain(join(folder, "maker"), WORLD, { workers: 1 });
  const taker = await openBenchChain(join(folder, "taker"), WORLD, { workers: 2, through: gate.through });
  try {
    await takeBlock(taker, await makeKeyBlock(maker));
    const blocks: Block[] = [];
    const roots: string[] = [];
    for (let nonce = 1n; nonce <= 3n; nonce++) {
      WORLD.senders.forEach((sender, index) => void maker.pool.pool.add(transferPackage(sender, WORLD.receivers.at((index + Number(nonce)) % 20) as Uint8Array, { chainId: maker.chain.machine.chainId, nonce })));
      blocks.push(decodeBlock(await makeDataBlock(maker), WORLD.params));
      roots.push(toHex(maker.chain.head().stateRoot));
    }
    taker.clock.pass(1_000_000);
    await use({ taker, gate, blocks, roots });
  } finally {
    await maker.close();
    await taker.close();
    rmSync(folder, { recursive: true });
  }
}

test("the next block runs while one is written, and nobody sees or is told of either before the disk has it", () =>
  withBlocks(async ({ taker, gate, blocks, roots }) => {
    const { chain } = taker;
    const before = chain.head();
    const told: string[] = [];
    chain.listen({ connected: ({ entry }) => void told.push(`connected ${entry.height}`), disconnected: () => assert.unreachable(), moved: (head) => void told.push(`moved ${head.height}`) });
    const ran = batchesRun(taker, 2);
    gate.close();
    const answers = blocks.map((block) => chain.submit(block));
    await ran;
    assert.is(chain.head(), before);
    assert.equal(told, []);
    gate.open();
    for (const answer of answers) assert.equal(await answer, { kind: "appended" } satisfies Submission);
    assert.is(toHex(chain.head().stateRoot), roots[2]);
    const first = before.height + 1n;
    assert.equal(told, [first, first + 1n, first + 2n].flatMap((height) => [`connected ${height}`, `moved ${height}`]));
  }));

test("when a block cannot be written, what ran on it does not count either, and both can be handed in again", () =>
  withBlocks(async ({ taker, gate, blocks, roots }) => {
    const { chain } = taker;
    const before = chain.head();
    const ran = batchesRun(taker, 2);
    gate.close();
    gate.fails = true;
    const answers = blocks.slice(0, 2).map((block) => chain.submit(block).catch((error: unknown) => String(error)));
    await ran;
    gate.open();
    assert.equal(await Promise.all(answers), ["Error: the disk is gone", "Error: the disk is gone"]);
    assert.is(chain.head(), before);
    gate.fails = false;
    for (const [index, block] of blocks.entries()) {
      assert.equal(await chain.submit(block), { kind: "appended" } satisfies Submission, `block ${index} again`);
      assert.is(toHex(chain.head().stateRoot), roots[index]);
    }
  }));

test("a block that is refused after it ran ahead leaves the one before it standing", () =>
  withBlocks(async ({ taker, gate, blocks, roots }) => {
    const { chain } = taker;
    const [first, second] = blocks;
    if (first === undefined || second === undefined || !("packages" in second)) throw new Error("blocks were made");
    const header = { ...second.header, stateRoot: new Uint8Array(32) };
    const wrong: Block = { ...second, header: { ...header, signature: signEd25519(LEADER_SEED, dataBlockMessage(header)) } };
    const ran = batchesRun(taker, 2);
    gate.close();
    const answers = [chain.submit(first), chain.submit(wrong)];
    await ran;
    gate.open();
    assert.equal((await Promise.all(answers)).map(({ kind }) => kind), ["appended", "reject"]);
    assert.is(toHex(chain.head().stateRoot), roots[0]);
    assert.equal(await chain.submit(second), { kind: "appended" } satisfies Submission);
  }));

test("while a block runs, the body of the next is checked, but of none whose header is not the leader's", () =>
  withBlocks(async ({ taker, blocks }) => {
    const { chain } = taker;
    const [first, second] = blocks;
    if (first === undefined || second === undefined || !("packages" in second)) throw new Error("blocks were made");
    const forged: Block = { ...second, header: { ...second.header, sizeBytes: second.header.sizeBytes + 1 } };
    const executor = chain.machine.executor as { runBatch: NonNullable<typeof chain.machine.executor.runBatch>; idOf: NonNullable<typeof chain.machine.executor.idOf> };
    const [run, idOf] = [executor.runBatch, executor.idOf.bind(executor)];
    const read: string[] = [];
    const name = (bytes: Uint8Array): string => toHex(idOf(bytes));
    executor.idOf = (bytes) => (read.push(name(bytes)), idOf(bytes));
    const [begun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    executor.runBatch = async (batch) => {
      begun.resolve();
      const outcome = await run(batch);
      await mayEnd.promise;
      return outcome;
    };
    const answers = [chain.submit(first), chain.submit(forged)];
    await begun.promise;
    const early = read.splice(0);
    answers.push(chain.submit(second));
    const ahead = read.splice(0);
    mayEnd.resolve();
    assert.equal((await Promise.all(answers)).map(({ kind }) => kind), ["appended", "reject", "appended"]);
    assert.equal(early, "packages" in first ? first.packages.map(name) : []);
    assert.equal(ahead, second.packages.map(name));
    assert.equal(read, [], "and not once more when its turn comes");
  }));

test("a body that was found wrong while another block ran is refused when its turn comes", () =>
  withBlocks(async ({ taker, blocks, roots }) => {
    const { chain } = taker;
    const [first, second] = blocks;
    if (first === undefined || second === undefined || !("packages" in second)) throw new Error("blocks were made");
    const wrong: Block = { ...second, packages: second.packages.toReversed() };
    const answers = await Promise.all([chain.submit(first), chain.submit(wrong), chain.submit(second)]);
    assert.equal(answers.map((answer) => ("fault" in answer ? answer.fault.code : answer.kind)), ["appended", "LEDGER_ROOT", "appended"]);
    assert.is(toHex(chain.head().stateRoot), roots[1]);
  }));

test("a node that catches up runs the next block while one is written, as a peer sends them", () =>
  withBlocks(async ({ taker, gate, blocks, roots }) => {
    const { chain, clock } = taker;
    const before = chain.head();
    const fail = (error: unknown): void => assert.unreachable(String(error));
    let receive: (message: Uint8Array, peer: string) => void | Promise<void> = () => undefined;
    const network: Network = { broadcast: () => undefined, send: async () => undefined, onMessage: (_, listener) => ((receive = listener), () => undefined) };
    const evidence = await EvidenceBook.open(chain, taker.disk, fail);
    const exchange = startExchange({ chain, pool: taker.pool.pool, evidence, network, clock, onMisbehaviour: (_, { code }) => fail(code), onFailure: fail });
    const ran = batchesRun(taker, 2);
    gate.close();
    const read = blocks.map((block) => receive(encodeMessage({ kind: "block", block: encodeBlock(block) }), "peer"));
    await ran;
    await Promise.all(read.slice(0, 2));
    assert.is(chain.head(), before);
    gate.open();
    await Promise.all(read);
    await exchange.stop();
    assert.is(toHex(chain.head().stateRoot), roots[2]);
  }));

test.run();
