import type { Block } from "./block.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { BlockState } from "./executor.ts";
import { judgeEvidence } from "./judge-evidence.ts";
import { runBlock, type LedgerMachine, type RunOutcome } from "./run-block.ts";

/** Everything that a block on `parent`, the head, must pass once its header is accepted: evidence, then execution. */
export async function judgeAndRun<S extends BlockState>(block: Block, parent: ChainEntry, machine: LedgerMachine<S>): Promise<RunOutcome> {
  if ("packages" in block) return runBlock(block, parent, machine);
  const evidence = await judgeEvidence(block, parent, machine);
  return evidence.kind === "accept" ? runBlock(block, parent, machine) : evidence;
}
