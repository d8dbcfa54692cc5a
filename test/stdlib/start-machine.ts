import * as assert from "uvu/assert";
import type { Library } from "../../lang/host.ts";
import { Machine } from "../../lang/machine/machine.ts";
import { NULL_HOST } from "../../lang/machine/null-host.ts";
import { installedLibrary } from "../../node/library/installed.ts";

/** A machine that has a stdlib and nothing else, and has run these lines. */
export function startMachine(lines: string, library: Library = installedLibrary()): Machine {
  const machine = Machine.create({ host: { ...NULL_HOST, library } });
  for (const line of lines.split("\n")) assert.is(machine.run(line, { mode: "shell", sourceName: "test" }).kind, "done", line);
  return machine;
}
