import type { Block } from "./block.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { BlockState } from "./executor.ts";
import { judgeEvidence } from "./judge-evidence.ts";
import { runBlock, type LedgerMachine, type RunOutcome } from "./run-block.ts";

/** Everything that a block on `parent`, the newest, must pass once its header is accepted: evidence, then execution. `unwritten` as in runBlock. */
export async function judgeAndRun<S extends BlockState>(block: Block, parent: ChainEntry, machine: LedgerMachine<S>, unwritten?: Promise<void>): Promise<RunOutcome> {
  if ("packages" in block) return runBlock(block, parent, machine, unwritten);
  const evidence = await judgeEvidence(block, parent, machine);
  return evidence.kind === "accept" ? runBlock(block, parent, machine) : evidence;
}
