import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fromUtf8 } from "../../lang/base/bytes.ts";
import type { LangFault } from "../../lang/fault.ts";
import type { Waiting } from "../../lang/machine/run-result.ts";
import { NO_RECORDING } from "../../node/package/recording.ts";
import { ThreadRuntime } from "../../node/package/thread-runtime.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { OUTSIDE_WORDS } from "../../shell/commands/table.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { faultLine, reportText } from "./fault-line.ts";
import { InputBytes } from "./input-bytes.ts";
import { readAll } from "./io.ts";
import type { Io } from "./io.ts";

/** A script's source, as much as fits a machine's memory. */
const MAX_SOURCE_BYTES = 16 * 1024 * 1024;
/** Some ten seconds of work for the interpreter: an endless loop ends, a long computation says `--erg`. */
export const DEFAULT_ERG = 1_000_000_000;
const IDENTITY = "you (claimed: no key was proved)";

interface Script {
  readonly text: string;
  readonly name: string;
  readonly mode: "shell" | "forth";
  /** Where `accept` and `key` read; undefined when the script itself came from there. */
  readonly input: Io["stdin"] | undefined;
}

/** `grid eval TEXT` */
export async function runText(call: CommandCall): Promise<number> {
  return runScript(call, { text: call.params[0] ?? "", name: "command", mode: "shell", input: call.io.stdin });
}

/** `grid run FILE`, `grid run -` */
export async function runFile(call: CommandCall): Promise<number> {
  const { io, params } = call;
  const [place = "-"] = params;
  if (place === "-") return runScript(call, { text: fromUtf8(await source(io)), name: "input", mode: "shell", input: undefined });
  const text = fromUtf8(await fileBytes(resolve(io.directory, place)));
  return runScript(call, { text: withoutMark(text), name: place, mode: isShellSource(text) ? "shell" : "forth", input: io.stdin });
}

/** A file of the shell's own language says so in its first line (R14). */
function isShellSource(text: string): boolean {
  return text.startsWith("#!grid");
}

/** The mark is for us; the line stays, empty, so that faults name the right line. */
export function withoutMark(text: string): string {
  return isShellSource(text) ? text.replace(/^[^\n]*/, "") : text;
}

async function source(io: Io): Promise<Uint8Array> {
  const bytes = await readAll(io.stdin, MAX_SOURCE_BYTES);
  if (bytes === undefined) throw tooLong("Standard input");
  return bytes;
}

async function fileBytes(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new CommandError(`The script cannot be read: ${(error as Error).message}.`, "Check its name and rights.");
  }
  if (bytes.length > MAX_SOURCE_BYTES) throw tooLong(path);
  return bytes;
}

function tooLong(what: string): CommandError {
  return new CommandError(`${what} is longer than ${MAX_SOURCE_BYTES} bytes.`, "Split the script, or load data with words that read files.");
}

/** Runs in this process, on a state that is empty and nobody else's. Stops at the first line that fails. */
async function runScript({ flags, io }: CommandCall, script: Script): Promise<number> {
  const { realm, signer } = createLocalState();
  const setup = { signer, identityText: IDENTITY, outsideWords: OUTSIDE_WORDS, write: (bytes: Uint8Array) => io.out(bytes.slice()) };
  const thread = new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING });
  const input = new InputBytes(script.input);
  let result = thread.run(script.text, { mode: script.mode, sourceName: script.name, ergLimit: ergLimit(flags["erg"]) });
  while (result.kind === "waiting") result = thread.resume(await answer(result.waiting, input));
  input.close();
  if (result.kind === "exit") return result.code;
  if (result.kind === "done") return EXIT.ok;
  io.err(result.kind === "fault" ? reportText(result.report) : faultLine(needsNode(result.word)));
  return EXIT.failed;
}

function needsNode(word: string): LangFault {
  return { code: "LANG_UNSUPPORTED", word, instead: "a node: grid up, then ssh or grid exec" };
}

async function answer(waiting: Waiting, input: InputBytes): Promise<Uint8Array | undefined> {
  if (waiting.for === "key") return input.take(1);
  if (waiting.for === "line") return input.takeLine(waiting.limitBytes);
  await new Promise((done) => setTimeout(done, waiting.ms));
  return new Uint8Array();
}

function ergLimit(text: string | undefined): number {
  const limit = text === undefined ? DEFAULT_ERG : Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new CommandError(`--erg is "${text}".`, "It must be a whole number, such as 5000000000.");
}
