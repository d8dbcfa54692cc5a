// time-out: 900 s
import { isDeepStrictEqual } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TierOptions } from "../../../lang/machine/wasm/tier.ts";
import { ergLimitFor, ProgramRunner, TIERS, type Outcome } from "./both-tiers.ts";
import { generateProgram } from "./program-generator.ts";

/** SEED=n replays one program on a machine of its own; PROGRAMS=n runs that many, from SEED or 1. */
const FIRST = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.PROGRAMS ?? (process.env.SEED !== undefined ? 1 : 10_000));
/** Programs on one machine, so that later ones meet what earlier ones left. */
const BATCH = 20;

test(`${COUNT} generated programs from seed ${FIRST}: both tiers give the same stacks, memory, output, ERG and faults`, () => {
  for (let start = FIRST; start < FIRST + COUNT; start += BATCH) {
    const options = TIERS[Math.floor(start / BATCH) % TIERS.length] as TierOptions;
    const interpreted = new ProgramRunner(undefined);
    const compiled = new ProgramRunner(options);
    for (let seed = start; seed < Math.min(start + BATCH, FIRST + COUNT); seed += 1) {
      const source = generateProgram(seed);
      const what = `program ${seed} of a machine that began with ${start}, ${JSON.stringify(options)}, ERG ${ergLimitFor(seed)}:\n${source}`;
      const expected = interpreted.runLines(source, ergLimitFor(seed));
      const found = runOrExplain(compiled, source, seed, what);
      if (!isDeepStrictEqual(found, expected)) assert.equal(found, expected, what);
      for (const [part, bytes] of compiled.memory().entries()) assert.ok(Buffer.compare(bytes, interpreted.memory()[part] as Uint8Array) === 0, `memory differs: ${what}`);
    }
    interpreted.end();
    compiled.end();
  }
});

/** An error that is no fault is a defect of the compiler: said with the program that shows it. */
function runOrExplain(runner: ProgramRunner, source: string, seed: number, what: string): Outcome {
  try {
    return runner.runLines(source, ergLimitFor(seed));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.stack : String(error)}\n${what}`);
  }
}

test.run();
