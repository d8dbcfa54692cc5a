import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { smallFile } from "../../../node/ledger/head-marker.ts";
import { openChain } from "../../../node/ledger/open-chain.ts";
import { RealmStates, type RealmState } from "../../../node/ledger/realm-states.ts";
import type { Chain } from "../../../node/ledger/chain.ts";
import type { Disk } from "../../../node/ports.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { openDisk } from "../../../node/store/level-disk.ts";
import { SimClock } from "../../sim/clock.ts";
import { verifyTest } from "../../sim/keys.ts";
import { ALICE, BOB, SIM_GENESIS, SIM_PARAMS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";
import { TransferExecutor } from "../../sim/transfers.ts";

/**
 * Flips single bytes in a real LevelDB folder. LevelDB opens most of them without a word; the node must
 * either refuse by name, at start or at the read that meets it, or show exactly what was acknowledged.
 * Places are drawn for each file by itself, because LevelDB may or may not have deleted old files yet.
 * Known limit: about one flip of 5,000, in a table's own structure, makes LevelDB abort the process.
 */
const FLIPS_PER_FILE = Number(process.env["FLIPS"] ?? 20);

interface Opened {
  readonly disk: Disk;
  readonly chain: Chain<RealmState>;
}

async function open(folder: string): Promise<Opened> {
  const disk = await openDisk(join(folder, "store"));
  try {
    const states = new RealmStates(disk, createStateReader(disk, { cacheBytes: 1 << 20, folder }), SIM_PARAMS.historyBlocks);
    const ports = { clock: new SimClock(1_700_009_000_000), disk, marker: smallFile(join(folder, "head")) };
    const rule = { verify: verifyTest, isUsableKey: () => true };
    return { disk, chain: await openChain({ genesis: SIM_GENESIS, ports, states, executor: new TransferExecutor(), rule, folder, params: SIM_PARAMS }) };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** Everything acknowledged, read back from the store: headers, bodies, results, receipts, balances. */
function shown({ chain }: Opened): string {
  const { store, states } = chain.machine;
  const lines: string[] = [];
  for (let height = 0n; height <= chain.head().height; height++) {
    const id = store.idAt(height) ?? new Uint8Array(0);
    const entry = store.entry(id);
    if (entry === undefined) throw new Error("a checked chain has every height");
    const block = store.block(entry);
    const results = store.executed(id)?.results ?? [];
    lines.push(toHex(id), ...(block !== undefined && "packages" in block ? block.packages.map(toHex) : []));
    lines.push(...results.map((result) => `${toHex(result.packageId)} ${result.outcome.kind} ${result.feeUnits} ${store.place(result.packageId)?.index}`));
  }
  const state = states.begin(chain.head());
  lines.push(...[ALICE, BOB].map((domain) => `${state.balanceUnits(domain)} ${state.nonceOf(domain)}`));
  return lines.join("\n");
}

async function grow(folder: string): Promise<void> {
  const clock = new SimClock();
  const source = await SimNode.start({ clock, name: "a" });
  for (let nonce = 1; nonce <= 40; nonce++) {
    source.feed.pool.add(transfer(nonce));
    await clock.advance(4_000);
  }
  await source.stop();
  for (const part of [source.blocks.slice(0, 20), source.blocks.slice(20)]) {
    const { disk, chain } = await open(folder);
    for (const block of part) assert.is((await chain.submit(block)).kind, "appended");
    await disk.close();
  }
}

test("a flipped byte anywhere in the store is refused by name or harms nothing acknowledged", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-damage-"));
  try {
    await grow(folder);
    const sound = await open(folder);
    const want = shown(sound);
    await sound.disk.close();
    const outcomes = { refusedAtStart: 0, refusedAtRead: 0, harmless: 0 };
    for (const place of places(join(folder, "store"))) outcomes[await flipOne(folder, want, place)]++;
    assert.ok(outcomes.refusedAtStart > 0, JSON.stringify(outcomes));
    if (process.env["VERBOSE"] !== undefined) console.log(outcomes);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function flipOne(folder: string, want: string, place: Place): Promise<"refusedAtStart" | "refusedAtRead" | "harmless"> {
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  try {
    const where = flipByte(join(copy, "store"), place);
    let opened: Opened;
    try {
      opened = await open(copy);
    } catch (error) {
      assertNamed(error, where);
      return "refusedAtStart";
    }
    try {
      assert.is(shown(opened), want, `silently wrong: ${where}`);
      return "harmless";
    } catch (error) {
      assertNamed(error, where);
      return "refusedAtRead";
    } finally {
      await opened.disk.close();
    }
  } finally {
    rmSync(copy, { recursive: true });
  }
}

interface Place {
  readonly name: string;
  readonly at: number;
  readonly bit: number;
}

/** Random places in each of the store's files, the same for a file of the same name and size. */
function places(store: string): Place[] {
  const names = readdirSync(store).filter((name) => /\.(log|ldb)$|^MANIFEST|^CURRENT$/.test(name)).sort();
  return names.flatMap((name) => {
    const { size } = statSync(join(store, name));
    const random = new SeededRandom(size + Number(/\d+/.exec(name)?.[0] ?? 0));
    return size === 0 ? [] : Array.from({ length: FLIPS_PER_FILE }, () => ({ name, at: random.below(size), bit: random.below(8) }));
  });
}

function flipByte(store: string, { name, at, bit }: Place): string {
  const bytes = readFileSync(join(store, name));
  bytes[at] = (bytes[at] as number) ^ (1 << bit);
  writeFileSync(join(store, name), bytes);
  return `${name} byte ${at} bit ${bit}`;
}

function assertNamed(error: unknown, where: string): void {
  if (!isFaultError(error)) throw error;
  assert.match(error.fault.code, /^STORE_(DAMAGED|UNREADABLE|NEWER)$/, where);
}

test.run();
