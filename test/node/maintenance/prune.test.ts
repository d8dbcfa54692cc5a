import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import { openDataFolder } from "../../../node/data-folder.ts";
import { writeGenesis } from "../../../node/ledger/genesis.ts";
import { planDropBodies } from "../../../node/ledger/chain-plans.ts";
import type { ChainEntry } from "../../../node/ledger/chain-view.ts";
import { checkStored } from "../../../node/ledger/check-stored.ts";
import { pathAfter } from "../../../node/ledger/exchange/sync.ts";
import { smallFile } from "../../../node/ledger/head-marker.ts";
import { openChain } from "../../../node/ledger/open-chain.ts";
import { RealmStates } from "../../../node/ledger/realm-states.ts";
import { SignJournal } from "../../../node/ledger/sign-journal.ts";
import { withFolder } from "../../../node/maintenance/open-folder.ts";
import { prune } from "../../../node/maintenance/prune.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import { BaseState } from "../../../node/state/base-state.ts";
import { domainStateKey } from "../../../node/state/state-keys.ts";
import { buildProof, verifyProof } from "../../../node/state/trie/proof.ts";
import { createStateReader, stateFloor } from "../../../node/state/versioned.ts";
import { SimClock } from "../../sim/clock.ts";
import { verifyTest } from "../../sim/keys.ts";
import { ALICE, SIM_GENESIS, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";
import { TransferExecutor } from "../../sim/transfers.ts";

const home = mkdtempSync(join(tmpdir(), "grid-prune-"));
const folder = join(home, "data");
const LEADER = new Uint8Array(32).fill(3);
const ALL = 1n << 62n;

/** A node that keeps `historyBlocks` takes the blocks that it does not have. */
async function take(blocks: SimNode["blocks"], historyBlocks: bigint): Promise<void> {
  const clock = new SimClock(1_700_009_000_000);
  const { disk, genesis, headMarkerPath } = await openDataFolder(folder, { clock, random: new SeededRandom(4) });
  const params = { ...SIM_PARAMS, historyBlocks };
  const states = new RealmStates(disk, createStateReader(disk, { cacheBytes: 1 << 20, folder }), historyBlocks);
  const rule = { verify: verifyTest, isUsableKey: () => true };
  const chain = await openChain({ genesis, ports: { clock, disk, marker: smallFile(headMarkerPath) }, states, executor: new TransferExecutor(), rule, folder, params });
  const journal = new SignJournal(disk, params, folder);
  for (const block of blocks.slice(Number(chain.head().height))) {
    if ("packages" in block) await journal.record(LEADER, block);
    assert.is((await chain.submit(block)).kind, "appended");
  }
  await disk.close();
}

let blocks: SimNode["blocks"] = [];

function faultIn(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return error.fault;
  }
}

test.before(async () => {
  const source = await SimNode.start({ clock: new SimClock(), name: "a" });
  for (let nonce = 1; nonce <= 400; nonce++) {
    source.feed.pool.add(transfer(nonce));
    await source.clock.advance(1_500);
  }
  await source.stop();
  blocks = [...source.blocks];
  mkdirSync(folder);
  writeFileSync(join(folder, "genesis.json"), writeGenesis(SIM_GENESIS));
});
test.after(() => rmSync(home, { recursive: true }));

test("archive mode keeps every state, and disk use falls after prune while root, proofs and blocks stay valid", async () => {
  await take(blocks.slice(0, -20), ALL);
  await withFolder(folder, async ({ disk, reader, store }) => {
    assert.is(stateFloor(disk), 0n);
    assert.ok(reader.get(domainStateKey(ALICE), 1n) !== undefined, "the state after the first block");
    assert.ok(store.headId() !== undefined);
  });
  const report = await prune(folder, { keepBlocks: 30n });
  assert.ok(report.floor > report.floorBefore && report.journalEntries > 50, JSON.stringify(report, (_, value: unknown) => String(value)));
  assert.ok(report.sizeBytes < report.sizeBytesBefore * 0.8, `${report.sizeBytesBefore} before, ${report.sizeBytes} after`);
  await withFolder(folder, async ({ reader, store, states }) => {
    const head = store.entry(store.headId() ?? new Uint8Array(0));
    assert.ok(head !== undefined);
    assert.equal(states.rootOf(head.height), head.stateRoot);
    const key = keccak256(ALICE);
    const proof = buildProof(new BaseState(reader, head).nodes(new Uint8Array(0)), head.stateRoot, key);
    assert.is(verifyProof(head.stateRoot, key, proof).kind, "present");
    for (let height = 1n; height <= head.height; height++) assert.ok(store.block(store.entry(store.idAt(height) ?? head.id) ?? head) !== undefined);
    try {
      reader.get(domainStateKey(ALICE), 1n);
      assert.unreachable();
    } catch (error) {
      assert.equal(isFaultError(error) && error.fault, { code: "STATE_BASE_PRUNED", height: 1n });
    }
  });
});

test("a prune never cuts what a reorganisation may go back to, and a second one has nothing to do", async () => {
  const bound = await withFolder(folder, async ({ store, params }) => {
    const head = store.entry(store.headId() ?? new Uint8Array(0));
    const keys = blocks.filter((block) => !("packages" in block)).map(({ header }) => header.height);
    return keys[Number((head?.keyHeight ?? 0n) - params.reorgKeyBlocks) - 2] ?? 0n;
  });
  const report = await prune(folder, { keepBlocks: 0n });
  assert.is(report.floor, bound);
  assert.equal((await prune(folder, { keepBlocks: 0n })).floorBefore, bound);
});

test("packages of old blocks can be dropped: headers and receipts stay, what is gone is named, and no peer is promised it", async () => {
  const { keptFrom, bodies, sizeBytes, sizeBytesBefore, floor } = await prune(folder, { keepBlocks: 0n, bodies: true });
  assert.is(keptFrom, floor);
  assert.ok(bodies > 20 && sizeBytes < sizeBytesBefore, `${bodies} bodies, ${sizeBytesBefore} before, ${sizeBytes} after`);
  await withFolder(folder, async (open) => {
    const { store } = open;
    const head = store.entry(store.headId() as Uint8Array) as ChainEntry;
    checkStored(open, open.marker.read(), { whole: true });
    for (let height = 1n; height <= head.height; height++) {
      const entry = store.entry(store.idAt(height) as Uint8Array) as ChainEntry;
      for (const { packageId } of store.executed(entry.id)?.results ?? []) assert.equal(store.place(packageId)?.blockId, entry.id);
      assert.is(store.isWhole(entry), entry.header?.kind === "key" || height >= keptFrom);
      if (store.isWhole(entry)) assert.ok(store.block(entry) !== undefined);
      else assert.equal(faultIn(() => store.block(entry)), { code: "EXPLORER_NOT_KEPT", height, fromHeight: keptFrom });
    }
    const idAt = (height: bigint): Uint8Array => store.idAt(height) as Uint8Array;
    assert.equal(pathAfter([idAt(keptFrom - 2n)], head, store), [], "a way that we cannot walk with the peer");
    assert.equal(pathAfter([idAt(keptFrom - 1n)], head, store)[0], idAt(keptFrom));
  });
  assert.is((await prune(folder, { keepBlocks: 0n, bodies: true })).bodies, 0);
});

test("a crash while bodies are dropped leaves a sound store, and the next prune goes on", async () => {
  const node = await SimNode.start({ clock: new SimClock(1_700_009_000_000), name: "c", passive: true });
  for (const block of blocks) await node.chain.submit(block);
  const { store } = node.chain.machine;
  const dataIds = [...Array(blocks.length).keys()].map((index) => store.idAt(BigInt(index + 1)) as Uint8Array).filter((id) => store.entry(id)?.header?.kind === "data");
  await node.checked.batch(planDropBodies(dataIds.slice(0, 5), 40n), { sync: true });
  const remains = node.kill();
  const after = await SimNode.start({ clock: new SimClock(1_700_009_000_000), name: "c", passive: true, remains });
  const entry = (id: Uint8Array): ChainEntry => after.chain.machine.store.entry(id) as ChainEntry;
  assert.is(after.chain.machine.store.keptFrom(), 40n);
  for (const id of dataIds) assert.is(after.chain.machine.store.isWhole(entry(id)), entry(id).height >= 40n);
});

test("a node that need not keep all any more drops it bit by bit while blocks come, and goes on from a pruned store", async () => {
  const before = await withFolder(folder, async ({ disk }) => stateFloor(disk));
  await take(blocks, 50n);
  const after = await withFolder(folder, async ({ disk, store }) => ({ floor: stateFloor(disk), height: store.entry(store.headId() ?? LEADER)?.height ?? 0n }));
  assert.is(after.height, BigInt(blocks.length));
  assert.is(after.floor, after.height - 50n > before ? after.height - 50n : before);
});

test.run();
