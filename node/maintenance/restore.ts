import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { toHex } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { decodeRlp } from "../../lang/base/rlp.ts";
import { listField, numberField, textField } from "../../lang/base/rlp-fields.ts";
import { ed25519PublicKey } from "../crypto/ed25519.ts";
import { placesIn } from "../data-folder.ts";
import type { StoreFault } from "../fault.ts";
import { readNodeSeed } from "../keys/node-keys.ts";
import { BACKUP, BACKUP_LINE } from "./backup.ts";
import { checkFolder, type FolderReport } from "./check-folder.ts";
import { readContainer } from "./container.ts";
import { makeFolder } from "./new-folder.ts";

/**
 * Puts a backup into a new folder. It is written beside, checked like any node's folder, and only then takes its
 * name. The node there signs blocks with a new key unless told otherwise: after the backup was taken the old key may
 * have signed blocks that the copy knows nothing of, and two on one parent are fraud. The old key stays beside it,
 * for the coins it earned.
 */
export interface RestoreOptions {
  /** The old key goes on signing: only where it surely signed nothing since. */
  readonly sameKey: boolean;
}

/** What a backup may hold; a name from a file is never trusted. */
const ALLOWED = /^(?:genesis\.json|config\.json|head|keys\/[a-z0-9-]{1,80}\.seed|store\/(?:CURRENT|MANIFEST-[0-9]{6,20}|[0-9]{6,20}\.(?:ldb|log)))$/;
const KEY_MODE = 0o600;

/** Faults: STORE_BAD_COPY, STORE_NOT_EMPTY, and those of `checkFolder`. */
export async function restore(path: string, folder: string, options: RestoreOptions): Promise<FolderReport> {
  return makeFolder(folder, async (draft) => {
    unpack(path, draft);
    if (!options.sameKey) retireKey(draft);
    return checkFolder(draft);
  });
}

function unpack(path: string, draft: string): void {
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  let open: { readonly file: number; leftBytes: bigint } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    if (open.leftBytes !== 0n) refuse(path, "a file in it has another size than it says");
    fsyncSync(open.file);
    closeSync(open.file);
    open = undefined;
  };
  for (const { type, data } of readContainer(path, BACKUP_LINE)) {
    if (type === BACKUP.file) {
      close();
      open = begin(path, draft, data);
    } else if (type === BACKUP.bytes) {
      if (open === undefined || BigInt(data.length) > open.leftBytes) refuse(path, "a file in it is larger than it says");
      for (let done = 0; done < data.length; ) done += writeSync(open.file, data, done);
      open.leftBytes -= BigInt(data.length);
    } else if (type !== BACKUP.about) refuse(path, `it has a record of type ${type}`);
  }
  close();
}

function begin(path: string, draft: string, data: Uint8Array): { readonly file: number; leftBytes: bigint } {
  const { name, sizeBytes } = fileFields(path, data);
  if (!ALLOWED.test(name)) refuse(path, `it holds "${name.slice(0, 80)}", which is no file of a node`);
  const place = join(draft, name);
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  if (existsSync(place)) refuse(path, `it holds ${name} twice`);
  return { file: openSync(place, "wx", KEY_MODE), leftBytes: sizeBytes };
}

function fileFields(path: string, data: Uint8Array): { readonly name: string; readonly sizeBytes: bigint } {
  try {
    const [name, size] = listField(decodeRlp(data, 4), "file", 2);
    return { name: textField(name, "name", 200), sizeBytes: numberField(size, "size", 48) };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return refuse(path, "a record is not well-formed");
  }
}

function retireKey(draft: string): void {
  const key = join(placesIn(draft).keys, "epoch.seed");
  const seed = readNodeSeed(key);
  if (seed === undefined) return;
  const name = toHex(ed25519PublicKey(seed).subarray(0, 4));
  renameSync(key, join(placesIn(draft).keys, `epoch-before-${name}.seed`));
}

function refuse(path: string, reason: string): never {
  throw new FaultError<StoreFault>({ code: "STORE_BAD_COPY", path, reason });
}
