import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { KeyFault } from "../fault.ts";
import type { Random } from "../ports.ts";

/**
 * Seeds that a node uses unattended: host key, epoch key, faucet key, each in a file of its own (R13).
 * 64 hex digits, a space, 8 digits of a checksum and a newline, readable by the owner alone: one digit that flips
 * must not make another key. Not a user's key: those are encrypted.
 * Faults: KEY_DAMAGED, KEY_PERMISSIONS.
 */
export function nodeSeed(path: string, random: Random): Uint8Array {
  return readNodeSeed(path) ?? createSeed(path, random);
}

/** The same, where there must not be a new one. Undefined when there is no such file. */
export function readNodeSeed(path: string): Uint8Array | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) throw new FaultError<KeyFault>({ code: "KEY_PERMISSIONS", path, mode: mode.toString(8) });
  const seed = fromHex(text.slice(0, 64));
  if (seed?.length !== 32) throw new FaultError<KeyFault>({ code: "KEY_DAMAGED", path, reason: "64 hex digits are expected" });
  if (text !== seedText(seed)) throw new FaultError<KeyFault>({ code: "KEY_DAMAGED", path, reason: "its checksum does not fit" });
  return seed;
}

function seedText(seed: Uint8Array): string {
  return `${toHex(seed)} ${toHex(sha256(seed).subarray(0, 4))}\n`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new FaultError<KeyFault>({ code: "KEY_DAMAGED", path, reason: (error as Error).message });
  }
}

function createSeed(path: string, random: Random): Uint8Array {
  const seed = random.bytes(32);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  writeFileSync(draft, seedText(seed), { mode: 0o600, flush: true });
  renameSync(draft, path);
  return seed;
}
