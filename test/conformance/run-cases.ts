import { readFileSync } from "node:fs";
import { fromUtf8, utf8 } from "../../lang/base/bytes.ts";
import { NO_RECORDING } from "../../node/package/recording.ts";
import { ThreadRuntime } from "../../node/package/thread-runtime.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { CASE_FILES } from "./case-files.ts";

const HARNESS = readFileSync(new URL("./harness.fs", import.meta.url), "utf8");
const ERG_LIMIT = 100_000_000;

export interface CasesResult {
  readonly output: string;
  readonly fault: string | undefined;
  /** How many cases ran, and how many of them left something else than they should. */
  readonly run: number;
  readonly wrong: number;
}

/** Runs a file of cases as `grid run FILE` does, on a state of its own that holds the files of CASE_FILES. */
export function runCases(source: string, sourceName: string): CasesResult {
  const output: Uint8Array[] = [];
  const { realm, signer } = createLocalState();
  const setup = { signer, identityText: "", outsideWords: [], kind: "both", write: (bytes: Uint8Array) => void output.push(bytes.slice()) } as const;
  const thread = new ThreadRuntime(setup, realm, { directory: { domain: signer, path: "/" }, recording: NO_RECORDING });
  for (const [name, content] of Object.entries(CASE_FILES)) {
    thread.machine.putStack([{ kind: "bytes", value: utf8(content) }, { kind: "text", value: name }]);
    thread.run("writeEx", { mode: "forth", sourceName: "set-up" });
  }
  let fault: string | undefined;
  for (const text of [HARNESS, source, "decimal only forth definitions cases-run @ cases-wrong @"]) {
    const result = thread.run(text, { mode: "forth", sourceName, ergLimit: ERG_LIMIT });
    if (result.kind === "done") continue;
    fault = JSON.stringify(result);
    break;
  }
  const [run, wrong] = thread.machine.stackValues().slice(-2).map((value) => (value.kind === "cell" ? Number(value.value) : 0));
  return { output: fromUtf8(Buffer.concat(output)), fault, run: run ?? 0, wrong: wrong ?? 0 };
}
