import { test } from "uvu";
import * as assert from "uvu/assert";
import type { TierOptions } from "../../../lang/machine/wasm/tier.ts";
import { ergLimitFor, runProgram, TIERS, type Outcome } from "./both-tiers.ts";
import { generateProgram } from "./program-generator.ts";

/** SEED=n replays one program; PROGRAMS=n runs that many from SEED or 1. */
const FIRST = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.PROGRAMS ?? (process.env.SEED === undefined ? 400 : 1));

test(`${COUNT} generated programs from seed ${FIRST}: both tiers give the same stacks, memory, output, ERG and faults`, () => {
  for (let seed = FIRST; seed < FIRST + COUNT; seed += 1) {
    const source = generateProgram(seed);
    const ergLimit = ergLimitFor(seed);
    const expected = runProgram(source, ergLimit, undefined);
    const options = TIERS[seed % TIERS.length] as TierOptions;
    let found: Outcome | undefined;
    try {
      found = runProgram(source, ergLimit, options);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}\n${source}`);
    }
    assert.equal(found, expected, `seed ${seed} with ${JSON.stringify(options)}, ERG ${ergLimit}:\n${source}`);
  }
});

test.run();
