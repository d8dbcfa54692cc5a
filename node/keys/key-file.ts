import { link, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { ed25519PublicKey, SEED_BYTES } from "../crypto/ed25519.ts";
import type { KeyFault } from "../fault.ts";
import type { Clock, Random } from "../ports.ts";
import { domainOfKey, encodeAddress } from "../state/address.ts";
import { readKeyFacts, sealKey, unsealKey, type KeyFacts, type ScryptWork, type UnlockedKey } from "./key-envelope.ts";
import { looksLikeOpensshKey, readOpensshKey } from "./openssh-key.ts";

/** A folder of key files, `LABEL.key` each, readable by their owner alone. */
export interface KeyPorts {
  readonly random: Random;
  readonly clock: Pick<Clock, "nowMs">;
}
export interface KeyListing {
  readonly keys: readonly (KeyFacts & { readonly path: string })[];
  /** Files that look like keys and cannot be read as such, with the reason. */
  readonly refused: readonly { readonly path: string; readonly fault: KeyFault }[];
}

const EXTENSION = ".key";
/** Plain enough to be a file name everywhere, and never an option. */
const LABEL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** A key file has some 700 bytes, an OpenSSH key some 400. */
const MAX_FILE_BYTES = 64 * 1024;

export function keyPath(folder: string, label: string): string {
  if (!LABEL.test(label)) throw new FaultError<KeyFault>({ code: "KEY_BAD_LABEL", label });
  return join(folder, `${label}${EXTENSION}`);
}

/**
 * Makes a key file, from new randomness unless a seed is given. Whole or not at all, and never over another.
 * Faults: KEY_EXISTS, KEY_BAD_LABEL, KEY_PASSPHRASE_EMPTY.
 */
export async function createKey(
  folder: string, wanted: { readonly label: string; readonly passphrase: string; readonly seed?: Uint8Array; readonly work?: ScryptWork }, ports: KeyPorts,
): Promise<KeyFacts & { readonly path: string }> {
  const path = keyPath(folder, wanted.label);
  const seed = wanted.seed ?? ports.random.bytes(SEED_BYTES);
  const createdMs = ports.clock.nowMs();
  const text = await sealKey({ seed, label: wanted.label, createdMs }, wanted.passphrase, ports.random, wanted.work);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeNew(path, `${path}.${toHex(ports.random.bytes(6))}.new`, text);
  return { ...readKeyFacts(text, path), path };
}

/**
 * Opens a key file of ours, or an OpenSSH Ed25519 key without a passphrase. `askPassphrase` is only called when
 * one is needed. Faults: KEY_NOT_FOUND, KEY_PERMISSIONS, KEY_DAMAGED, KEY_NEWER, KEY_WRONG_PASSPHRASE,
 * KEY_LOCKED_SSH, SIGN_KEY_UNSUITED.
 */
export async function openKey(path: string, askPassphrase: () => Promise<string>): Promise<UnlockedKey> {
  const text = await readPrivate(path);
  if (!looksLikeOpensshKey(text)) {
    readKeyFacts(text, path); // a damaged file is refused before anybody types a passphrase
    return await unsealKey(text, await askPassphrase(), path);
  }
  const { seed, comment } = readOpensshKey(text, path);
  const publicKey = ed25519PublicKey(seed);
  return { seed, publicKey, label: comment, address: encodeAddress(domainOfKey(publicKey)), createdMs: 0 };
}

/** What one key file says without its passphrase. Faults as `openKey`. */
export async function showKey(path: string): Promise<KeyFacts & { readonly path: string }> {
  return { ...readKeyFacts(await readPrivate(path), path), path };
}

/** Every key file of a folder by label; a folder that is not there has none. Needs no passphrase. */
export async function listKeys(folder: string): Promise<KeyListing> {
  const names = (await readNames(folder)).filter((name) => name.endsWith(EXTENSION)).sort();
  const keys: (KeyFacts & { path: string })[] = [];
  const refused: { path: string; fault: KeyFault }[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      keys.push(await showKey(path));
    } catch (error) {
      if (!isFaultError(error)) throw error;
      refused.push({ path, fault: error.fault as KeyFault });
    }
  }
  return { keys, refused };
}

async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

/** Through a temporary file and a link: a crash leaves no half key, and an existing file is never replaced. */
async function writeNew(path: string, temporary: string, text: string): Promise<void> {
  try {
    await writeSynced(temporary, text);
    await link(temporary, path);
  } catch (error) {
    if (isErrno(error, "EEXIST")) throw new FaultError<KeyFault>({ code: "KEY_EXISTS", path });
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A file that nobody but its owner can read, as ssh wants of its keys. */
async function readPrivate(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > MAX_FILE_BYTES) throw new FaultError<KeyFault>({ code: "KEY_DAMAGED", path, reason: "not a key file" });
    if ((found.mode & 0o077) !== 0) throw new FaultError<KeyFault>({ code: "KEY_PERMISSIONS", path, mode: (found.mode & 0o777).toString(8) });
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR")) throw new FaultError<KeyFault>({ code: "KEY_NOT_FOUND", path });
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
