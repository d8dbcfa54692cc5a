import { toHex } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import type { Host } from "../../../lang/host.ts";
import { DATA_SPACE, SOURCE_LINES, USER } from "../../../lang/machine/layout.ts";
import { giveMemory } from "../../../lang/machine/spare-memory.ts";
import { Machine } from "../../../lang/machine/machine.ts";
import type { TierOptions } from "../../../lang/machine/wasm/tier.ts";

/** Everything of a machine that a program or its user can see, memory left out. */
export interface Outcome {
  readonly result: unknown;
  readonly stack: readonly string[];
  readonly output: string;
  readonly registers: readonly number[];
}

/** Runs programs one after another on one machine, line by line as a session would. What they define adds up. */
export class ProgramRunner {
  readonly #machine: Machine;
  #output: Uint8Array[] = [];

  constructor(tier: TierOptions | undefined) {
    const host: Host = {
      call: () => [],
      write: (bytes) => void this.#output.push(bytes.slice()),
      mark: () => 0 as ReturnType<Host["mark"]>,
      rollback: () => undefined,
      release: () => undefined,
    };
    this.#machine = Machine.create({ host, tier: tier ?? "none" });
  }

  /** As `run`, with the memory as a hash. */
  run(source: string, ergLimit: number): Outcome & { readonly memory: string } {
    return { ...this.runLines(source, ergLimit), memory: toHex(sha256(...this.memory())) };
  }

  /** What a program can reach by address. */
  memory(): readonly Uint8Array[] {
    const { vm } = this.#machine;
    return [vm.bytes.subarray(USER, SOURCE_LINES), vm.bytes.subarray(DATA_SPACE, vm.dataEnd)];
  }

  /** Lets the next machine have this one's memory; nothing is to be run here any more. */
  end(): void {
    giveMemory(this.#machine.vm);
  }

  runLines(source: string, ergLimit: number): Outcome {
    const machine = this.#machine;
    const { vm } = machine;
    this.#output = [];
    const result: unknown[] = [];
    for (const line of source.split("\n")) result.push(machine.run(line, { mode: "forth", sourceName: "program", ergLimit }));
    const stack = machine.stackShown();
    machine.run("abort", { mode: "forth", sourceName: "program" });
    return {
      result,
      stack,
      output: Buffer.concat(this.#output).toString(),
      registers: [vm.sp, vm.rp, vm.lp, vm.depth, vm.handler, vm.here, ...[...vm.slotCells.subarray(0, vm.slotEnd)].map(Number), ...vm.slotTags.subarray(0, vm.slotEnd)],
    };
  }
}

/** Eager, and eager with little patience and tiny slices. */
export const TIERS: readonly TierOptions[] = [{ patience: 0 }, { patience: 2, sliceErg: 200 }];

/** Some programs run out of ERG; some have enough for the greatest depth of calls. */
export function ergLimitFor(seed: number): number {
  if (seed % 8 === 0) return 60_000;
  return seed % 5 === 0 ? 2_000 + (seed % 977) * 7 : 20_000;
}
