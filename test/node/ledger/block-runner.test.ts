import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import type { BlockContext, StateBase } from "../../../node/ledger/executor.ts";
import { paramsOf, UNITS_PER_COIN } from "../../../node/ledger/params.ts";
import { RealmState, RealmStates } from "../../../node/ledger/realm-states.ts";
import { createBlockRunner } from "../../../node/machines/block-runner.ts";
import { BASE_MISSING, type BlockJob, type BlockReply } from "../../../node/machines/jobs.ts";
import { packList } from "../../../node/machines/packed.ts";
import { unpackOperations } from "../../../node/store/packed-operations.ts";
import { decodeSignedPackage } from "../../../node/package/body-codec.ts";
import { flatErg } from "../../../node/package/execute.ts";
import type { Disk } from "../../../node/ports.ts";
import { EMPTY_BASE } from "../../../node/state/base-state.ts";
import { Realm } from "../../../node/state/realm.ts";
import { createStateReader, type StateReader } from "../../../node/state/versioned.ts";
import { aheadDisk } from "../../../node/store/ahead-disk.ts";
import { createMemoryDisk } from "../../../node/store/memory-disk.ts";
import { account, transferPackage, type Account } from "../../../src/bench/ledger/transfers.ts";
import { seeded } from "../seeded.ts";

const params = paramsOf("devnet");
/** What a transfer of coins uses beside its bytes and its signature. */
const TRANSFER_CODE_ERG = 3_210;
const chainId = new Uint8Array(32).fill(5);
const accounts = Array.from({ length: 12 }, (_, index) => account(index));

const readerOf = (disk: Disk, cacheBytes = 1 << 20): StateReader => createStateReader(disk, { cacheBytes, folder: "memory" });
const contextAt = (height: bigint): BlockContext => ({ height, timeMs: 1n, rulesVersion: 1, chainId, leaderDomain: new Uint8Array(20) });
const shown = ({ operations }: BlockReply): string[] => unpackOperations(operations).map((one) => `${toHex(one.key)} ${one.type === "put" ? toHex(one.value) : "gone"}`).sort();

/** Of a base that the runner has. */
function ran(reply: BlockReply | typeof BASE_MISSING): BlockReply {
  assert.is.not(reply, BASE_MISSING);
  return reply as BlockReply;
}

/** A state with coins, and a runner that stays from block to block as a worker's does. */
async function world(cacheBytes = 1 << 20): Promise<{ readonly disk: Disk; readonly base: StateBase; readonly reader: StateReader; readonly run: ReturnType<typeof createBlockRunner> }> {
  const disk = createMemoryDisk();
  const state = new RealmState(Realm.at(readerOf(disk), EMPTY_BASE), disk, params.historyBlocks);
  for (const { domain } of accounts) state.credit(domain, 100n * UNITS_PER_COIN);
  const { stateRoot, operations } = state.finish(0n);
  await disk.batch(operations, { sync: true });
  // As in a worker: the reader sees what the runner is about to write.
  const ahead = aheadDisk(disk);
  const reader = readerOf(ahead, cacheBytes);
  return { disk, base: { height: 0n, stateRoot }, reader, run: createBlockRunner({ reader, params, disk: ahead }) };
}

test("a runner that remembers writes what one writes that begins anew, also after blocks that nobody took, blocks taken back and blocks that are not written yet, with much room or little", async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seeded(seed);
    const { disk, base: genesis, reader, run } = await world(seed % 2 === 0 ? 3_000 : 1 << 20);
    let unwritten: BlockReply | undefined;
    const write = async (): Promise<void> => {
      if (unwritten !== undefined) await disk.batch(unpackOperations(unwritten.operations), { sync: true });
      unwritten = undefined;
    };
    const line: { readonly base: StateBase; readonly nonces: readonly bigint[] }[] = [{ base: genesis, nonces: accounts.map(() => 0n) }];
    for (let step = 0; step < 25; step++) {
      if (random(8) === 0 && line.length > 2) {
        await write();
        const back = 1 + random(line.length - 2);
        const tip = (line.at(-1) as { base: StateBase }).base.height;
        line.length -= back;
        const states = new RealmStates(disk, reader, params.historyBlocks);
        await disk.batch(states.planRevert({ tip, target: tip - BigInt(back) }), { sync: true });
        // As the node tells its workers.
        states.forget();
      }
      const { base, nonces } = line.at(-1) as (typeof line)[number];
      const used = [...nonces];
      const packages = Array.from({ length: 1 + random(6) }, () => {
        const from = random(accounts.length);
        used[from] = (used[from] as bigint) + 1n;
        return transferPackage(accounts[from] as Account, (accounts[(from + 1 + random(accounts.length - 1)) % accounts.length] as Account).domain, { chainId, nonce: used[from] as bigint });
      });
      if (random(2) === 0) await write();
      const job: BlockJob = { kind: "block", base, ahead: unwritten !== undefined, packages: packList(packages), context: contextAt(base.height + 1n) };
      const reply = ran(run(job));
      await write();
      const fresh = ran(createBlockRunner({ reader: readerOf(disk), params, disk: aheadDisk(disk) })({ ...job, ahead: false }));
      assert.equal(reply.verdicts, fresh.verdicts);
      assert.is(toHex(reply.stateRoot), toHex(fresh.stateRoot), `seed ${seed} step ${step}`);
      assert.equal(shown(reply), shown(fresh), `seed ${seed} step ${step}: what is written`);
      if (random(4) === 0) continue; // it lost to another block, or could not be written
      unwritten = reply;
      line.push({ base: { height: base.height + 1n, stateRoot: reply.stateRoot }, nonces: used });
    }
  }
});

test("what stands behind the cap on code is not run, and a block in the making leaves it out", async () => {
  const packages = [1, 2, 3, 4].map((from) => transferPackage(accounts[from] as Account, (accounts[0] as Account).domain, { chainId, nonce: 1n }));
  const code = BigInt(TRANSFER_CODE_ERG);
  const { disk, base } = await world();
  const job = { kind: "block" as const, base, ahead: false, packages: packList(packages), context: contextAt(1n) };
  const runWith = (dataBlockCodeErg: bigint): BlockReply => ran(createBlockRunner({ reader: readerOf(disk), params: { ...params, dataBlockCodeErg }, disk: aheadDisk(disk) })(job));
  assert.equal(runWith(4n * code).verdicts, ["executed", "executed", "executed", "executed"]);
  const over = runWith(3n * code - 1n);
  assert.equal(over.verdicts, ["executed", "executed", { kind: "over-cap" }]);
  assert.is(over.operations.length, 0);
  // What a package will use is known only afterwards: there is room where its limit fits.
  const limit = decodeSignedPackage(packages[0] as Uint8Array).body.ergLimit - flatErg(decodeSignedPackage(packages[0] as Uint8Array).body, (packages[0] as Uint8Array).length);
  const filled = (codeErg: bigint): BlockReply => ran(createBlockRunner({ reader: readerOf(disk), params, disk: aheadDisk(disk) })({ ...job, packages: packList(packages), fill: { erg: params.dataBlockErg, codeErg, sizeBytes: 1 << 20, packages: 9 } }));
  assert.equal(filled(code + limit).verdicts, ["executed", "executed", { kind: "left-out" }, { kind: "left-out" }]);
  assert.equal(filled(code + limit - 1n).verdicts, ["executed", { kind: "left-out" }, { kind: "left-out" }, { kind: "left-out" }]);
});

test("a package that is none, signed for by its leader, ends the block as refused", async () => {
  const { base, run } = await world();
  const good = transferPackage(accounts[0] as Account, (accounts[1] as Account).domain, { chainId, nonce: 1n });
  const reply = ran(run({ kind: "block", base, ahead: false, packages: packList([good, good.subarray(0, 50)]), context: contextAt(1n) }));
  assert.equal(reply.verdicts, ["executed", { kind: "refused", fault: { code: "PACKAGE_MALFORMED", reason: "CODEC_MALFORMED" } }]);
  assert.is(reply.operations.length, 0);
});

test("a runner that did not run the unwritten base says so", async () => {
  const { base, run } = await world();
  assert.is(run({ kind: "block", base, ahead: true, packages: packList([]), context: contextAt(1n) }), BASE_MISSING);
});

test.run();
