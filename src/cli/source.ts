import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fromUtf8 } from "../../lang/base/bytes.ts";
import type { SourceMode } from "../../node/api.ts";
import { CommandError } from "./command.ts";
import { describeSystemError, isSystemError } from "./system-error.ts";
import { readAll } from "./io.ts";
import type { Io } from "./io.ts";

/** As much as fits a machine's memory. */
const MAX_SOURCE_BYTES = 16 * 1024 * 1024;
/** A file of the shell's own language says so in its first line (R14). */
const SHELL_MARK = "#!grid";

export interface ScriptSource {
  readonly text: string;
  /** Shown in faults. */
  readonly name: string;
  readonly mode: SourceMode;
}

/**
 * Reads a script from a file, or from standard input for "-", which is always in shell mode. `unmarked` is the
 * mode of a file without the mark. Fault: LANG_BAD_INPUT.
 */
export async function readScript(io: Io, place: string, unmarked: SourceMode): Promise<ScriptSource> {
  const text = fromUtf8(place === "-" ? await inputBytes(io) : await fileBytes(resolve(io.directory, place)));
  const marked = text.startsWith(SHELL_MARK);
  // The mark is for us; its line stays, empty, so that faults name the right line.
  const source = marked ? text.replace(/^[^\n]*/, "") : text;
  if (place === "-") return { text: source, name: "input", mode: "shell" };
  return { text: source, name: place, mode: marked ? "shell" : unmarked };
}

async function inputBytes(io: Io): Promise<Uint8Array> {
  const bytes = await readAll(io.stdin, MAX_SOURCE_BYTES);
  if (bytes === undefined) throw tooLong("Standard input");
  return bytes;
}

async function fileBytes(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const { text, remedy } = describeSystemError(error, path);
    throw new CommandError(`The script cannot be read: ${text}`, remedy);
  }
  if (bytes.length > MAX_SOURCE_BYTES) throw tooLong(path);
  return bytes;
}

function tooLong(what: string): CommandError {
  return new CommandError(`${what} is longer than ${MAX_SOURCE_BYTES} bytes.`, "Split the script.");
}
