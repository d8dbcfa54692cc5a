import type { Command } from "./command.ts";
import { ct } from "./ct.ts";
import { block } from "./explorer/block.ts";
import { blocks } from "./explorer/blocks.ts";
import { domain } from "./explorer/domain.ts";
import { chain, difficulty, peers, supply } from "./explorer/figures.ts";
import { history } from "./explorer/history.ts";
import { packages } from "./explorer/packages.ts";
import { replay } from "./explorer/replay.ts";
import { search } from "./explorer/search.ts";
import { why } from "./explorer/why.ts";
import { faucet } from "./faucet.ts";
import { importWord } from "./import.ts";
import { install } from "./install.ts";
import { logmein } from "./logmein.ts";
import { pending } from "./pending.ts";
import { prove } from "./prove.ts";
import { receipt } from "./receipt.ts";
import { stackLine } from "./stack-line.ts";
import { session } from "./session.ts";
import { st } from "./st.ts";
import { sync } from "./sync.ts";
import { free, join, pause, resume } from "./thread-control.ts";
import { threads } from "./threads.ts";
import { undo } from "./undo.ts";

/** All outside words. The language gets their signatures as plain data: `OUTSIDE_WORDS`. */
export const COMMANDS: readonly Command[] = [
  ct, faucet, free, importWord, install, join, logmein, pause, pending, prove, receipt, resume, session, st, stackLine, sync, threads, undo,
  block, blocks, chain, difficulty, domain, history, packages, peers, replay, search, supply, why,
];

/** What the language must know of the commands to parse them and to list them under `words` and `help`. */
export const OUTSIDE_WORDS = COMMANDS.map(({ word, params, options = [], help, example }) => ({ word, params, options, help, example }));

/** Undefined if no word of the session has this name. */
export function commandNamed(word: string): Command | undefined {
  return COMMANDS.find((command) => command.word === word.toLowerCase());
}
