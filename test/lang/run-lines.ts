import type { Host, HostMark } from "../../lang/host.ts";
import { installedLibrary } from "../../node/library/installed.ts";
import { Machine } from "../../lang/machine/machine.ts";

/** Enough for any example, little enough that an endless one ends at once. */
const ERG_LIMIT = 50_000_000;

export interface LinesResult {
  readonly output: string;
  /** Code of the fault that ended it, with what it says. */
  readonly fault: string | undefined;
  /** The stack afterwards as a prompt shows it. */
  readonly stack: readonly string[];
}

/** Runs sources one after another on one empty machine, in shell mode, with a host that has nothing to offer. */
export function runLines(...sources: readonly string[]): LinesResult {
  let output = "";
  const host: Host = {
    call: (word) => {
      throw new Error(`${word} needs a host`);
    },
    library: installedLibrary(),
    write: (bytes) => void (output += Buffer.from(bytes).toString("utf8")),
    mark: () => 0 as HostMark,
    rollback: () => undefined,
    release: () => undefined,
  };
  const machine = Machine.create({ host });
  for (const source of sources) {
    const result = machine.run(source, { mode: "shell", sourceName: "prompt", ergLimit: ERG_LIMIT });
    if (result.kind === "fault") return { output, fault: JSON.stringify(result.report), stack: machine.stackShown() };
  }
  return { output, fault: undefined, stack: machine.stackShown() };
}
