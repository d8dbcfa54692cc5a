import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Host, HostMark } from "../../../lang/host.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import { HOST_WORDS } from "../../../lang/primitives/host-words.ts";
import { arity } from "../../../lang/primitives/row.ts";
import type { HostWordSpec } from "../../../lang/primitives/spec.ts";
import { allRows } from "../../../lang/primitives/table.ts";
import type { Value, ValueKind } from "../../../lang/value.ts";

/** One entry of each kind, small enough that a word may use it as a count, a precision or an address. */
const KINDS: Readonly<Record<ValueKind, Value>> = {
  cell: { kind: "cell", value: 3n },
  integer: { kind: "integer", value: 2n ** 70n },
  decimal: { kind: "decimal", coefficient: 25n, scale: 1 },
  text: { kind: "text", value: "12" },
  bytes: { kind: "bytes", value: Uint8Array.of(0, 255, 65) },
};
const SAMPLES = Object.values(KINDS);
/** More entries than these vary together: those below are cells. */
const VARIED = 3;
const ERG_LIMIT = 300_000;

/** Gives what each host word's row promises. */
class PromisingHost implements Host {
  call(word: string): readonly Value[] {
    return ((HOST_WORDS as readonly HostWordSpec[]).find((spec) => spec.word === word)?.gives ?? []).map((kind) => (kind === "any" ? KINDS.cell : KINDS[kind]));
  }
  write(): void {
    // Output is not what this is about.
  }
  mark(): HostMark {
    return 0 as HostMark;
  }
  rollback(): void {
    // Nothing was done.
  }
  release(): void {
    // Nothing was done.
  }
}

function* combinations(takes: number): Generator<readonly Value[]> {
  const varied = Math.min(takes, VARIED);
  for (let choice = 0; choice < SAMPLES.length ** varied; choice += 1) {
    const top = Array.from({ length: varied }, (_, index) => SAMPLES[Math.floor(choice / SAMPLES.length ** index) % SAMPLES.length] as Value);
    yield [...Array.from({ length: takes - varied }, () => KINDS.cell), ...top];
  }
}

/** Runs one line on a machine that holds `entries`; names what should not have happened. */
function trouble(machine: Machine, line: string, entries: readonly Value[]): string | undefined {
  machine.takeStack();
  machine.putStack(entries);
  const result = machine.run(line, { mode: "forth", sourceName: "test", ergLimit: ERG_LIMIT });
  if (result.kind !== "fault") return undefined;
  return /^(LANG|STATE)_/.test(result.report.fault.code) ? undefined : JSON.stringify(result.report.fault);
}

test("every word takes every kind of entry in every place, in a line and in a definition, or refuses it by a declared fault", () => {
  const host = new PromisingHost();
  const wrong: string[] = [];
  let runs = 0;
  let machine = Machine.create({ host });
  for (const row of allRows()) {
    if (row.kind === "structure" || (row.kind === "primitive" && row.spec.internal === true)) continue;
    const { word, effect } = row.spec;
    for (const entries of combinations(arity(effect).takes)) {
      for (const line of [`${word} dup`, `: probe ${word} ; probe`]) {
        runs += 1;
        try {
          const found = trouble(machine, line, entries);
          if (found !== undefined) wrong.push(`${line} with ${entries.map(({ kind }) => kind).join(" ")}: ${found}`);
        } catch (error) {
          wrong.push(`${line} with ${entries.map(({ kind }) => kind).join(" ")}: ${String(error)}`);
        }
        if (machine.waiting || machine.unfinished || runs % 50 === 0) machine = Machine.create({ host });
      }
    }
  }
  assert.equal(wrong.slice(0, 20), []);
  assert.ok(runs > 10_000, `only ${String(runs)} runs`);
});

test.run();
