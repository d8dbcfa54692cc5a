import { dirname, resolve } from "node:path";
import type { LangFault } from "../../lang/fault.ts";
import type { Waiting } from "../../lang/machine/run-result.ts";
import { installedLibrary } from "../../node/library/installed.ts";
import { NO_RECORDING } from "../../node/package/recording.ts";
import { ThreadRuntime } from "../../node/package/thread-runtime.ts";
import { workingDirectory } from "../../node/state/working-directory.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { OUTSIDE_WORDS } from "../../shell/commands/table.ts";
import { systemClock } from "../system-ports.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { faultLine, reportText } from "./fault-line.ts";
import { InputBytes } from "./input-bytes.ts";
import type { Io } from "./io.ts";
import { readScript } from "./source.ts";
import type { ScriptSource } from "./source.ts";

/** Some ten seconds of work for the interpreter: an endless loop ends, a long computation says `--erg`. */
const DEFAULT_ERG = 1_000_000_000;
/** A script is somebody's own and runs on their own machine: half a minute of compiled code at the least. */
const DEFAULT_SCRIPT_ERG = 100_000_000_000;
const NEWLINE = 10;
/** Reading behind the end costs next to no ERG, so an endless loop of it is counted instead. */
const MOST_ENDS_TOLD = 100;
const IDENTITY = "you (claimed: no key was proved)";

interface Script extends ScriptSource {
  /** Where `accept` and `key` read; undefined when the script itself came from there. */
  readonly input: Io["stdin"] | undefined;
  readonly defaultErg: number;
  /** Where Forth file words read and write; absent: in the empty state. */
  readonly files?: ReturnType<typeof workingDirectory>;
  /** People read the output: it ends with a new line even if the script did not print one. */
  readonly forPeople: boolean;
}

/** `grid eval TEXT` */
export async function runText(call: CommandCall): Promise<number> {
  return runScript(call, { text: call.params[0] ?? "", name: "command", mode: "shell", input: call.io.stdin, forPeople: true, defaultErg: DEFAULT_ERG });
}

/** `grid run FILE`, `grid run -` */
export async function runFile(call: CommandCall): Promise<number> {
  const [place = "-"] = call.params;
  const script = await readScript(call.io, place, "forth");
  const { directory, stdin, outIsTerminal } = call.io;
  const files = workingDirectory(directory, place === "-" ? directory : dirname(resolve(directory, place)));
  return runScript(call, { ...script, input: place === "-" ? undefined : stdin, forPeople: outIsTerminal, files, defaultErg: DEFAULT_SCRIPT_ERG });
}

/** Runs in this process, on a state that is empty and nobody else's. Stops at the first line that fails. */
async function runScript({ flags, io }: CommandCall, script: Script): Promise<number> {
  const { realm, signer } = createLocalState();
  let lastByte: number | undefined;
  const write = (bytes: Uint8Array): void => {
    lastByte = bytes.at(-1) ?? lastByte;
    io.out(bytes.slice()); // the machine goes on writing in this memory
  };
  const setup = { signer, identityText: IDENTITY, outsideWords: OUTSIDE_WORDS, kind: "both" as const, write, library: installedLibrary(), timeSeconds: () => Math.floor(systemClock.nowMs() / 1_000), ...(script.files !== undefined && { files: script.files }) };
  const thread = new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING });
  const input = new InputBytes(script.input);
  let result = thread.run(script.text, { mode: script.mode, sourceName: script.name, ergLimit: ergLimit(flags["erg"], script.defaultErg) });
  while (result.kind === "waiting" && input.endsTold < MOST_ENDS_TOLD) result = thread.resume(await answer(result.waiting, input));
  input.close();
  if (script.forPeople && lastByte !== undefined && lastByte !== NEWLINE) io.out("\n");
  if (result.kind === "exit") return result.code;
  if (result.kind === "done") return EXIT.ok;
  if (result.kind === "waiting") throw new CommandError("The program reads on and on behind the end of its input.", "`key` gives -1 at the end; a program should stop there.");
  io.err(result.kind === "fault" ? reportText(result.report) : faultLine(needsNode(result.word)));
  if (result.kind === "fault" && result.report.fault.code === "LANG_OUT_OF_ERG") io.err("  --erg N allows it more\n");
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

function ergLimit(text: string | undefined, usual: number): number {
  const limit = text === undefined ? usual : Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new CommandError(`--erg is "${text}".`, "It must be a whole number, such as 5000000000.");
}
