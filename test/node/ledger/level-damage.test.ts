import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { openDataFolder, type DataFolder } from "../../../node/data-folder.ts";
import type { Chain } from "../../../node/ledger/chain.ts";
import { writeGenesis } from "../../../node/ledger/genesis.ts";
import { smallFile } from "../../../node/ledger/head-marker.ts";
import { openChain } from "../../../node/ledger/open-chain.ts";
import { RealmStates, type RealmState } from "../../../node/ledger/realm-states.ts";
import { SignJournal } from "../../../node/ledger/sign-journal.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { listStoreFiles } from "../../../node/store/files/store-files.ts";
import { SimClock } from "../../sim/clock.ts";
import { verifyTest } from "../../sim/keys.ts";
import { ALICE, BOB, SIM_GENESIS, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";
import { TransferExecutor } from "../../sim/transfers.ts";

/**
 * Flips single bytes in a real data folder: LevelDB's logs, tables, MANIFEST and CURRENT, the journal of signed
 * blocks in them, head marker, genesis and keys. Each must be refused by name at start, and before LevelDB had
 * a chance to change anything.
 */
const SEED = Number(process.env["SEED"] ?? 1);
const FLIPS = Number(process.env["FLIPS"] ?? 200);
const JOURNAL_KEY = new Uint8Array(32).fill(9);

interface Opened {
  readonly data: DataFolder;
  readonly chain: Chain<RealmState>;
}

async function open(folder: string): Promise<Opened> {
  const clock = new SimClock(1_700_009_000_000);
  const data = await openDataFolder(folder, { clock, random: new SeededRandom(4) });
  const { disk } = data;
  try {
    const states = new RealmStates(disk, createStateReader(disk, { cacheBytes: 1 << 20, folder }), SIM_PARAMS.historyBlocks);
    const ports = { clock, disk, marker: smallFile(data.headMarkerPath) };
    const rule = { verify: verifyTest, isUsableKey: () => true };
    return { data, chain: await openChain({ genesis: data.genesis, ports, states, executor: new TransferExecutor(), rule, folder, params: SIM_PARAMS }) };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** A folder with tables and a log: three runs, each of which ends with a journal entry. */
async function grow(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "genesis.json"), writeGenesis(SIM_GENESIS));
  const source = await SimNode.start({ clock: new SimClock(), name: "a" });
  await fillChain(source);
  for (const part of [source.blocks.slice(0, 20), source.blocks.slice(20, 30), source.blocks.slice(30)]) {
    const { data, chain } = await open(folder);
    for (const block of part) assert.is((await chain.submit(block)).kind, "appended");
    const last = source.blocks.findLast((block) => "packages" in block);
    if (last !== undefined && "packages" in last) await new SignJournal(data.disk, SIM_PARAMS, folder).record(JOURNAL_KEY, last);
    await data.disk.close();
  }
}

async function fillChain(source: SimNode): Promise<void> {
  const clock = source.clock;
  for (let nonce = 1; nonce <= 40; nonce++) {
    source.feed.pool.add(transfer(nonce));
    await clock.advance(4_000);
  }
  await source.stop();
}

/** Every file that holds data, by its path in the folder. LOG and LOCK are LevelDB's diary and an empty file. */
function filesOf(folder: string): string[] {
  const store = join(folder, "store");
  const files = listStoreFiles(store);
  assert.ok(files !== undefined);
  const inStore = ["CURRENT", files.manifest.name, ...files.logs, ...files.tables.map(({ name }) => name)].map((name) => `store/${name}`);
  return ["genesis.json", "head", ...readdirSync(join(folder, "keys")).map((name) => `keys/${name}`), ...inStore].sort();
}

async function faultAtStart(folder: string): Promise<string> {
  try {
    const { data } = await open(folder);
    await data.disk.close();
    return "none";
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
}

test("a byte flipped at any of 200 places of the data folder is found at start, named, and the store is left as it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-damage-"));
  const copy = `${folder}-copy`;
  try {
    await grow(folder);
    const random = new SeededRandom(SEED);
    const files = filesOf(folder);
    assert.ok(files.some((name) => name.endsWith(".ldb")) && files.some((name) => name.endsWith(".log")), files.join());
    const found = new Map<string, number>();
    for (let flip = 0; flip < FLIPS; flip++) {
      cpSync(folder, copy, { recursive: true });
      const name = files[flip % files.length] as string;
      const bytes = readFileSync(join(copy, name));
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      writeFileSync(join(copy, name), bytes);
      const code = await faultAtStart(copy);
      assert.match(code, /^(STORE_DAMAGED|LEDGER_GENESIS|LEDGER_OTHER_GENESIS|KEY_DAMAGED)$/, `seed ${SEED}, flip ${flip}: ${name} byte ${at}`);
      if (name.startsWith("store/")) assert.equal(readFileSync(join(copy, name)), bytes, "nothing was cut off");
      found.set(code, (found.get(code) ?? 0) + 1);
      rmSync(copy, { recursive: true });
    }
    assert.is([...found.values()].reduce((sum, count) => sum + count, 0), FLIPS);
    assert.is(await faultAtStart(folder), "none");
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(copy, { recursive: true, force: true });
  }
});

test("a table, the newest log, the MANIFEST or CURRENT that is gone is named, never begun anew", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-gone-"));
  const copy = `${folder}-copy`;
  try {
    await grow(folder);
    for (const name of filesOf(folder).filter((each) => each.startsWith("store/"))) {
      cpSync(folder, copy, { recursive: true });
      rmSync(join(copy, name));
      assert.is(await faultAtStart(copy), "STORE_DAMAGED", name);
      rmSync(copy, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(copy, { recursive: true, force: true });
  }
});

test("a log that a dying writer cut short anywhere is no damage; what was acknowledged before the cut is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-cut-"));
  const copy = `${folder}-copy`;
  try {
    await grow(folder);
    const sound = await open(folder);
    const want = shown(sound);
    await sound.data.disk.close();
    const log = `store/${listStoreFiles(join(folder, "store"))?.logs.at(-1)}`;
    const cleanBytes = statSync(join(folder, log)).size;
    const { data } = await open(folder);
    await data.disk.batch([{ type: "put", key: Buffer.from("l/p-not-acknowledged"), value: new Uint8Array(50_000).fill(7) }], { sync: false });
    await data.disk.close();
    const random = new SeededRandom(SEED);
    const newest = `store/${listStoreFiles(join(folder, "store"))?.logs.at(-1)}`;
    const bytes = readFileSync(join(folder, newest));
    assert.ok(bytes.length > 50_000 && cleanBytes < bytes.length);
    for (let cut = 0; cut < 20; cut++) {
      cpSync(folder, copy, { recursive: true });
      writeFileSync(join(copy, newest), bytes.subarray(0, random.below(bytes.length)));
      const again = await open(copy);
      assert.is(shown(again), want);
      await again.data.disk.close();
      rmSync(copy, { recursive: true });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(copy, { recursive: true, force: true });
  }
});

/** Everything acknowledged, read back from the store: headers, bodies, results, receipts, balances, the journal. */
function shown({ chain, data }: Opened): string {
  const { store, states } = chain.machine;
  const lines: string[] = [];
  for (let height = 0n; height <= chain.head().height; height++) {
    const id = store.idAt(height) ?? new Uint8Array(0);
    const entry = store.entry(id);
    assert.ok(entry !== undefined);
    const block = store.block(entry);
    const results = store.executed(id)?.results ?? [];
    lines.push(toHex(id), ...(block !== undefined && "packages" in block ? block.packages.map(toHex) : []));
    lines.push(...results.map((result) => `${toHex(result.packageId)} ${result.outcome.kind} ${result.feeUnits} ${store.place(result.packageId)?.index}`));
  }
  const state = states.begin(chain.head());
  lines.push(...[ALICE, BOB].map((domain) => `${state.balanceUnits(domain)} ${state.nonceOf(domain)}`));
  const last = chain.head();
  lines.push(String(new SignJournal(data.disk, SIM_PARAMS, "").find(JOURNAL_KEY, last.parentId)?.packages.length));
  return lines.join("\n");
}

test.run();
