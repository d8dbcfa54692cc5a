import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import { numberItem, textItem } from "../../lang/base/rlp-fields.ts";
import { placesIn, readOwnGenesis } from "../data-folder.ts";
import type { StoreFault } from "../fault.ts";
import { chainIdOf } from "../ledger/genesis.ts";
import { decodeHeadMark } from "../ledger/head-marker.ts";
import { checkLog } from "../store/files/log-records.ts";
import { withOpenFile, type OpenFile } from "../store/files/open-file.ts";
import { listStoreFiles, type StoreFiles } from "../store/files/store-files.ts";
import { createContainer, type ContainerWriter } from "./container.ts";

/**
 * A consistent copy of a data folder in one file, also of a running node's: tables never change, logs and MANIFEST
 * only grow, and the MANIFEST says which files belong together. What is copied is the store as it was at one moment;
 * the head marker is taken first, so the copy is never behind it. LevelDB removes files after a compaction; what we
 * were told to copy is then gone, and we begin anew.
 */
export const BACKUP_LINE = "gridshell-backup-v1";
/** Types of records: what the copy is of, the beginning of a file, and its bytes. */
export const BACKUP = { about: 1, file: 2, bytes: 3 } as const;

export interface BackupReport {
  readonly chainId: Uint8Array;
  /** Of the newest acknowledged block; 0 for a chain that only began. */
  readonly height: bigint;
  readonly files: number;
  readonly sizeBytes: number;
}

const PIECE_BYTES = 1 << 20;
/** A compaction may come once while we copy, hardly five times in a row. */
const ATTEMPTS = 5;

/** Writes the copy of `folder` to `path`. Faults: STORE_*, LEDGER_GENESIS. */
export function backUp(folder: string, path: string): BackupReport {
  for (let attempt = 1; ; attempt++) {
    const writer = createContainer(path, BACKUP_LINE);
    try {
      const about = copyFolder(folder, writer);
      return { ...about, sizeBytes: writer.finish() };
    } catch (error) {
      writer.abandon();
      // A store that changes under our eyes looks damaged for a moment; one that is damaged stays so.
      if (!isFaultError(error) || error.fault.code !== "STORE_DAMAGED" || attempt === ATTEMPTS) throw error;
    }
  }
}

function copyFolder(folder: string, writer: ContainerWriter): Omit<BackupReport, "sizeBytes"> {
  const places = placesIn(folder);
  if (!existsSync(places.genesis)) throw new FaultError<StoreFault>({ code: "STORE_NO_FOLDER", folder });
  const marker = existsSync(places.head) ? new Uint8Array(readFileSync(places.head)) : undefined;
  const mark = marker === undefined ? undefined : decodeHeadMark(marker);
  if (marker !== undefined && mark === undefined) throw damaged(folder, "the head marker");
  const about = { chainId: chainIdOf(readOwnGenesis(places.genesis)), height: mark?.height ?? 0n };
  writer.write(BACKUP.about, encodeRlp([about.chainId, numberItem(about.height)]));
  const small = ["genesis.json", "config.json", ...(existsSync(places.keys) ? readdirSync(places.keys).filter((name) => name.endsWith(".seed")).map((name) => `keys/${name}`) : [])];
  const present = small.filter((name) => existsSync(join(folder, name)));
  if (marker !== undefined) writeFile(writer, "head", marker);
  for (const name of present) writeFile(writer, name, new Uint8Array(readFileSync(join(folder, name))));
  const files = listStoreFiles(places.store);
  const copied = files === undefined ? 0 : copyStore(places.store, files, writer);
  return { ...about, files: present.length + copied + (marker === undefined ? 0 : 1) };
}

function copyStore(store: string, files: StoreFiles, writer: ContainerWriter): number {
  const { manifest, tables, logs } = files;
  writeFile(writer, "store/CURRENT", new TextEncoder().encode(`${manifest.name}\n`));
  copyFile(writer, store, manifest.name, () => manifest.sizeBytes);
  for (const { name, sizeBytes } of tables) copyFile(writer, store, name, () => sizeBytes);
  for (const name of logs) copyFile(writer, store, name, (file) => {
    const { damage, soundBytes } = checkLog(file);
    if (damage !== undefined) throw damaged(store, `${name}: ${damage}`);
    return soundBytes;
  });
  return 2 + tables.length + logs.length;
}

/** Copies as many bytes of a file as `lengthOf` says. */
function copyFile(writer: ContainerWriter, store: string, name: string, lengthOf: (file: OpenFile) => number): void {
  try {
    withOpenFile(join(store, name), (file) => {
      const sizeBytes = lengthOf(file);
      writer.write(BACKUP.file, encodeRlp([textItem(`store/${name}`), numberItem(BigInt(sizeBytes))]));
      const piece = new Uint8Array(PIECE_BYTES);
      for (let at = 0; at < sizeBytes; ) {
        const got = file.read(piece.subarray(0, Math.min(PIECE_BYTES, sizeBytes - at)), at);
        if (got === 0) throw damaged(store, `${name} has ${at} bytes where ${sizeBytes} were written`);
        writer.write(BACKUP.bytes, piece.subarray(0, got));
        at += got;
      }
    });
  } catch (error) {
    if (!isFaultError(error) && (error as NodeJS.ErrnoException).code === "ENOENT") throw damaged(store, `${name} is missing`);
    throw error;
  }
}

function writeFile(writer: ContainerWriter, name: string, bytes: Uint8Array): void {
  writer.write(BACKUP.file, encodeRlp([textItem(name), numberItem(BigInt(bytes.length))]));
  if (bytes.length > 0) writer.write(BACKUP.bytes, bytes);
}

function damaged(folder: string, what: string): FaultError<StoreFault> {
  return new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder, what });
}
