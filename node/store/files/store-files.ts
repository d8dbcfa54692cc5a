import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../../../lang/base/fault.ts";
import type { StoreFault } from "../../fault.ts";
import { checkLog } from "./log-records.ts";
import { readManifest } from "./manifest.ts";
import { withOpenFile } from "./open-file.ts";
import { SCHEMA_VERSION } from "../schema.ts";
import { checkTable, type TableVerdict } from "./table.ts";

/**
 * The files of a LevelDB store, looked at before LevelDB opens them: a flipped byte in a log makes it drop a
 * stretch in silence (measured: 25 of 25), one in a table has aborted the process. Nothing is written here.
 */
export interface StoreFiles {
  /** Name of the MANIFEST that counts, and its length up to the last whole record. */
  readonly manifest: { readonly name: string; readonly sizeBytes: number };
  /** The tables that belong to the store, newest first. */
  readonly tables: readonly StoreFile[];
  /** Logs with what is in no table yet, oldest first. */
  readonly logs: readonly string[];
}
export interface StoreFile {
  readonly name: string;
  readonly sizeBytes: number;
}
/** One file was found sound. */
export interface FileChecked extends StoreFile {
  /** Bytes of tables that are still to come. */
  readonly leftBytes: number;
}

const CURRENT_FORM = /^(MANIFEST-[0-9]{6,})\n$/;
const MANIFEST_NAME = /^MANIFEST-[0-9]+$/;
const LOG_NAME = /^([0-9]+)\.log$/;

/** What belongs to the store in `folder`; undefined where there is none yet. Faults: STORE_DAMAGED. */
export function listStoreFiles(folder: string): StoreFiles | undefined {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (!names.includes("CURRENT")) {
    // LevelDB writes CURRENT last when it makes a store, and CURRENT alone decides which files count.
    if (names.some((name) => name.endsWith(".ldb"))) throw damaged(folder, "CURRENT is missing");
    return undefined;
  }
  const name = CURRENT_FORM.exec(readFileSync(join(folder, "CURRENT"), "latin1"))?.[1];
  if (name === undefined) throw damaged(folder, "CURRENT names no MANIFEST");
  if (!names.includes(name)) throw damaged(folder, `${names.some((each) => MANIFEST_NAME.test(each)) ? "CURRENT names" : "there is no"} ${name}`);
  const { damage, soundBytes, tables, logNumber } = withOpenFile(join(folder, name), readManifest);
  if (damage !== undefined) throw damaged(folder, `${name}: ${damage}`);
  return { manifest: { name, sizeBytes: soundBytes }, tables: liveTables(folder, names, tables), logs: liveLogs(folder, names, logNumber) };
}

function liveTables(folder: string, names: readonly string[], tables: ReadonlyMap<number, number>): StoreFile[] {
  return [...tables].sort(([a], [b]) => b - a).map(([number, sizeBytes]) => {
    const name = fileName(number, "ldb");
    if (!names.includes(name)) throw damaged(folder, `${name} is missing`);
    return { name, sizeBytes };
  });
}

function liveLogs(folder: string, names: readonly string[], logNumber: number): string[] {
  const numbers = names.map((name) => Number(LOG_NAME.exec(name)?.[1] ?? -1)).filter((number) => number >= logNumber && number > 0).sort((a, b) => a - b);
  // The log is made before the MANIFEST names it; only the very first MANIFEST names none.
  if (logNumber > 0 && numbers[0] !== logNumber) throw damaged(folder, `${fileName(logNumber, "log")} is missing`);
  return numbers.map((number) => fileName(number, "log"));
}

/**
 * Checks every byte of the logs, then of the tables, newest first; says after each file that it was sound.
 * The caller may stop early. Faults: STORE_DAMAGED, STORE_OLDER.
 */
export function* checkStoreFiles(folder: string, files: StoreFiles): Generator<FileChecked> {
  const leftBytes = files.tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const name of files.logs) {
    const { damage, soundBytes } = withOpenFile(join(folder, name), checkLog);
    if (damage !== undefined) throw damaged(folder, `${name}: ${damage}`);
    yield { name, sizeBytes: soundBytes, leftBytes };
  }
  yield* checkTables(folder, files.tables);
}

/** Checks every byte of tables. `vanishing`: a running store drops some meanwhile. Faults: STORE_DAMAGED, STORE_OLDER. */
export function* checkTables(folder: string, tables: readonly StoreFile[], { vanishing = false } = {}): Generator<FileChecked> {
  let leftBytes = tables.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const { name, sizeBytes } of tables) {
    const path = join(folder, name);
    if (!vanishing || existsSync(path)) refuseUnsound(folder, name, withOpenFile(path, (file) => checkTable(file, sizeBytes)));
    leftBytes -= sizeBytes;
    yield { name, sizeBytes, leftBytes };
  }
}

function refuseUnsound(folder: string, name: string, verdict: TableVerdict): void {
  if (verdict.kind === "damaged") throw damaged(folder, `${name}: ${verdict.what}`);
  if (verdict.kind === "compressed") throw new FaultError<StoreFault>({ code: "STORE_OLDER", folder, found: SCHEMA_VERSION - 1, known: SCHEMA_VERSION });
}

function fileName(number: number, ending: "ldb" | "log"): string {
  return `${String(number).padStart(6, "0")}.${ending}`;
}

function damaged(folder: string, what: string): FaultError<StoreFault> {
  return new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what });
}
