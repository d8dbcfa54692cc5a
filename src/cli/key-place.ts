import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { keyPath } from "../../node/keys/key-file.ts";
import type { CommandCall } from "./command.ts";

/** Where a key file lies or will lie. */
export interface KeyPlace {
  readonly folder: string;
  /** Without ".key". */
  readonly label: string;
  readonly path: string;
}

/** The folder of keys: `--keys`, GRID_KEYS, or ~/.gridshell/keys. */
export function keysFolder({ flags, io }: CommandCall): string {
  const named = flags["keys"] ?? io.env["GRID_KEYS"];
  return named === undefined ? join(homedir(), ".gridshell", "keys") : resolve(io.directory, named);
}

/** A name means a file in the folder of keys; anything with a slash or ".key" is a path. Fault: KEY_BAD_LABEL. */
export function keyPlace(call: CommandCall, nameOrPath: string): KeyPlace {
  if (!nameOrPath.includes("/") && !nameOrPath.endsWith(".key")) {
    const folder = keysFolder(call);
    return { folder, label: nameOrPath, path: keyPath(folder, nameOrPath) };
  }
  const path = resolve(call.io.directory, nameOrPath);
  return { folder: dirname(path), label: basename(path, ".key"), path };
}
