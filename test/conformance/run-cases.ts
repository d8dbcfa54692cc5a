import { readFileSync } from "node:fs";
import { fromUtf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { Host, HostMark } from "../../lang/host.ts";
import { CASE_FILES } from "./case-files.ts";
import { Machine } from "../../lang/machine/machine.ts";

const HARNESS = readFileSync(new URL("./harness.fs", import.meta.url), "utf8");
const ERG_LIMIT = 100_000_000;

export interface CasesResult {
  readonly output: string;
  readonly fault: string | undefined;
  /** How many cases ran, and how many of them left something else than they should. */
  readonly run: number;
  readonly wrong: number;
}

/** Runs a file of cases, as `grid run FILE` would, on an empty machine. */
export function runCases(source: string, sourceName: string): CasesResult {
  const output: Uint8Array[] = [];
  const host: Host = {
    call: (word) => {
      throw new Error(`${word} needs a host`);
    },
    readSource: (path) => {
      const content = CASE_FILES[path];
      if (content === undefined) throw new FaultError({ code: "LANG_THROW", number: -38, message: "non-existent file" });
      return new TextEncoder().encode(content);
    },
    write: (bytes) => void output.push(bytes.slice()),
    mark: () => 0 as HostMark,
    rollback: () => undefined,
    release: () => undefined,
  };
  const machine = Machine.create({ host });
  const options = { mode: "forth", sourceName, ergLimit: ERG_LIMIT } as const;
  let fault: string | undefined;
  for (const text of [HARNESS, source, "decimal only forth definitions cases-run @ cases-wrong @"]) {
    const result = machine.run(text, options);
    if (result.kind === "done") continue;
    fault = JSON.stringify(result);
    break;
  }
  const [run, wrong] = machine.stackValues().slice(-2).map((value) => (value.kind === "cell" ? Number(value.value) : 0));
  return { output: fromUtf8(Buffer.concat(output)), fault, run: run ?? 0, wrong: wrong ?? 0 };
}
