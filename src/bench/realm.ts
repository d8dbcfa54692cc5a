import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { utf8 } from "../../lang/base/bytes.ts";
import { encodeProgram } from "../../lang/program/program.ts";
import { compileProgram } from "../../lang/program/compile.ts";
import { ed25519PublicKey } from "../../node/crypto/ed25519.ts";
import { paramsOf } from "../../node/ledger/params.ts";
import { draftPackage } from "../../node/package/draft-package.ts";
import type { Disk } from "../../node/ports.ts";
import { domainOfKey } from "../../node/state/address.ts";
import { EMPTY_BASE, type RealmBase } from "../../node/state/base-state.ts";
import type { FileContext } from "../../node/state/access.ts";
import { makeDirectory, writeFile } from "../../node/state/files.ts";
import { applyToState } from "../../node/state/realm-root.ts";
import { rebase } from "../../node/state/realm-changes.ts";
import { Realm } from "../../node/state/realm.ts";
import { createStateReader, type StateReader } from "../../node/state/versioned.ts";
import { openDisk } from "../../node/store/level-disk.ts";

/** What one size of state costs. Times are medians. */
export interface RealmRow {
  readonly files: number;
  readonly forkMicros: number;
  /** Heap that one fork keeps, while it has written nothing. */
  readonly forkBytes: number;
  /** Savepoint, one written file, rollback: what a line that fails costs the realm. */
  readonly lineMicros: number;
  /** Moving a realm with ten written files to a newer block. */
  readonly syncMicros: number;
  /** The package of one written file: three runs, effect, root and proofs. */
  readonly dryRunMicros: number;
  readonly heapMiB: number;
}

const SEED = new Uint8Array(32).fill(1);
const KEY = ed25519PublicKey(SEED);
const SIGNER = domainOfKey(KEY);
const FILES_IN_DIRECTORY = 1_000;
const FILES_IN_BLOCK = 20_000;
const CACHE_BYTES = 32 << 20;

/** Builds states of these sizes in a folder that is removed afterwards, and measures on each. */
export async function benchRealm(sizes: readonly number[], onRow: (row: RealmRow) => void = () => undefined): Promise<readonly RealmRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "grid-bench-"));
  const disk = await openDisk(join(folder, "store"), { create: true });
  try {
    const state = new GrowingState(disk);
    const rows: RealmRow[] = [];
    for (const files of [...sizes].sort((a, b) => a - b)) {
      await state.growTo(files);
      rows.push(await measure(state));
      onRow(rows.at(-1) as RealmRow);
    }
    return rows;
  } finally {
    await disk.close();
    rmSync(folder, { recursive: true });
  }
}

class GrowingState {
  readonly reader: StateReader;
  base: RealmBase = EMPTY_BASE;
  files = 0;
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
    this.reader = createStateReader(disk, { cacheBytes: CACHE_BYTES, folder: "bench" });
  }

  realm(): Realm {
    return Realm.at(this.reader, this.base);
  }

  async growTo(files: number): Promise<void> {
    while (this.files < files) {
      const realm = this.realm();
      if (this.files === 0) realm.adjustBalance(SIGNER, 10n ** 24n);
      const end = Math.min(files, this.files + FILES_IN_BLOCK);
      for (; this.files < end; this.files += 1) addFile(contextOf(realm), this.files);
      await this.commit(realm);
    }
  }

  async commit(realm: Realm): Promise<void> {
    const height = this.base.height + 1n;
    const { root, operations } = applyToState(realm, height);
    await this.#disk.batch(operations, { sync: false });
    this.base = { height, stateRoot: root };
  }
}

function contextOf(realm: Realm): FileContext {
  return { realm, paths: { home: SIGNER, directory: { domain: SIGNER, path: "/" } }, askHeight: () => 0n, meter: { charge: () => undefined, ergLeft: Number.MAX_SAFE_INTEGER } };
}

function addFile(context: FileContext, index: number): void {
  const directory = `d${Math.floor(index / FILES_IN_DIRECTORY)}`;
  if (index % FILES_IN_DIRECTORY === 0) makeDirectory(context, directory);
  writeFile(context, utf8(`file ${index}`), `${directory}/f${index}`);
}

async function measure(state: GrowingState): Promise<RealmRow> {
  const realm = state.realm();
  const forkMicros = median(1_001, () => void realm.fork());
  const lineMicros = median(1_001, () => {
    const before = realm.savepoint();
    writeFile(contextOf(realm), utf8("x"), "d0/f1");
    realm.rollback(before);
  });
  const program = encodeProgram(compileProgram('"hello" "d0/f1" writeEx\n'));
  const params = paramsOf("devnet");
  const job = {
    kind: "draft", programs: [program], seen: state.base, base: state.base, mode: "strict", publicKey: KEY, domain: SIGNER,
    ergPriceUnits: params.minErgPriceUnits, expiryHeight: state.base.height + 10n, timeMs: 0n,
  } as const;
  const dryRunMicros = median(21, () => void draftPackage(job, { reader: state.reader, params, chainId: new Uint8Array(32) }));
  return { files: state.files, forkMicros, forkBytes: forkBytes(realm), lineMicros, dryRunMicros, syncMicros: await measureSync(state), heapMiB: usedHeap() / 2 ** 20 };
}

async function measureSync(state: GrowingState): Promise<number> {
  const pending = state.realm();
  for (let index = 0; index < 10; index += 1) writeFile(contextOf(pending), utf8("mine"), `d0/f${index}`);
  const waiting = Array.from({ length: 22 }, () => pending.fork());
  const foreign = state.realm();
  writeFile(contextOf(foreign), utf8("theirs"), "d0/f500");
  await state.commit(foreign);
  return median(21, () => void rebase(waiting.pop() as Realm, state.base));
}

/** Heap per fork, from many that are kept, with the collector run before and after. */
function forkBytes(realm: Realm): number {
  const count = 20_000;
  const before = usedHeap();
  const kept = Array.from({ length: count }, () => realm.fork());
  return Math.max(0, (usedHeap() - before) / kept.length);
}

function usedHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

/** The collector, which the process need not have been started with. */
const collect: () => void = ((): (() => void) => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

function median(rounds: number, work: () => void): number {
  work();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return (times.sort((a, b) => a - b)[Math.floor(rounds / 2)] as number) * 1_000;
}

/** The rows under one another, and last how much each column grew from the smallest state to the largest. */
export function realmTable(rows: readonly RealmRow[]): string {
  const head = ["files", "fork µs", "fork bytes", "line µs", "sync µs", "dry run µs", "heap MiB"];
  const numbers = rows.map(({ files, forkMicros, forkBytes, lineMicros, syncMicros, dryRunMicros, heapMiB }) => [files, forkMicros, forkBytes, lineMicros, syncMicros, dryRunMicros, heapMiB]);
  const [first, last] = [numbers[0], numbers.at(-1)];
  const growth = first === undefined || last === undefined || rows.length < 2 ? [] : [["growth", ...last.slice(1).map((value, at) => `${(value / Math.max(first[at + 1] as number, 0.01)).toFixed(1)}x`)]];
  const cells = [head, ...numbers.map((row) => row.map((value, at) => (at === 0 ? String(value) : value.toFixed(1)))), ...growth];
  const widths = head.map((_, at) => Math.max(...cells.map((row) => (row[at] as string).length)));
  return cells.map((row) => `${row.map((cell, at) => cell.padStart(widths[at] as number)).join("  ")}\n`).join("");
}
