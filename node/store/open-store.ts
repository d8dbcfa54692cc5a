import { existsSync, linkSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ClassicLevel } from "classic-level";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";
import type { Disk } from "../ports.ts";
import { checkStoreFiles, listStoreFiles, type FileChecked, type StoreFiles } from "./files/store-files.ts";
import { openDisk } from "./level-disk.ts";

/** A second's work, so that a node is up in three: tables beyond it are left to the background and to `grid check`. */
export const START_CHECK_BYTES = 512 << 20;

export interface OpenedStore {
  readonly disk: Disk;
  /** Bytes of tables that nobody looked at yet; 0 for all but large stores. */
  readonly uncheckedBytes: number;
}
export interface StoreOptions {
  /** How much of the tables is checked first, newest before older; all by default. Logs and MANIFEST always are. */
  readonly tableBytes?: number;
  readonly create?: boolean;
  readonly onFile?: (file: FileChecked) => void;
}

/**
 * Checks the files of the store in `folder` and opens it, or makes it. Nothing is opened that is damaged: LevelDB
 * would drop what it cannot read and delete the log. Faults: STORE_*.
 */
export async function openStore(folder: string, options: StoreOptions = {}): Promise<OpenedStore> {
  const uncheckedBytes = await checkUnlessHeld(folder, options);
  return { disk: await openDisk(folder, { create: options.create ?? true }), uncheckedBytes };
}

/** While another process writes, files change under the eyes of the check; then the lock is what is wrong. */
async function checkUnlessHeld(folder: string, options: StoreOptions): Promise<number> {
  try {
    const files = listStoreFiles(folder);
    return files === undefined ? 0 : checkFiles(folder, files, options);
  } catch (error) {
    if (!isFaultError(error) && !isMissingFile(error)) throw unreadable(folder, error);
    if (await isHeldElsewhere(folder)) throw new FaultError<StoreFault>({ code: "STORE_LOCKED", folder });
    throw isFaultError(error) ? error : unreadable(folder, error);
  }
}

function checkFiles(folder: string, files: StoreFiles, { tableBytes = Infinity, onFile }: StoreOptions): number {
  let doneBytes = 0;
  let leftBytes = 0;
  for (const file of checkStoreFiles(folder, files)) {
    onFile?.(file);
    leftBytes = file.leftBytes;
    doneBytes += file.sizeBytes;
    if (doneBytes >= tableBytes) break;
  }
  return leftBytes;
}

/**
 * Whether another process has the store open. The lock is on the file itself, so LevelDB is asked to take it under
 * another name, in an empty folder: it never sees the store, and changes nothing there.
 */
async function isHeldElsewhere(folder: string): Promise<boolean> {
  const lock = join(folder, "LOCK");
  if (!existsSync(lock)) return false;
  const probe = mkdtempSync(`${resolve(folder)}-lock-`);
  try {
    linkSync(lock, join(probe, "LOCK"));
    const level = new ClassicLevel(probe);
    await level.open();
    await level.close();
    return false;
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error && "code" in error.cause && error.cause.code === "LEVEL_LOCKED";
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function unreadable(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error)) return error;
  return new FaultError<StoreFault>({ code: "STORE_UNREADABLE", folder, reason: error.message });
}
