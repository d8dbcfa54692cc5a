import { utf8 } from "../../../lang/base/bytes.ts";
import { locate } from "../access.ts";
import { diffFiles, diffThread } from "../file-differences.ts";
import { statLines } from "../file-facts.ts";
import { findPaths, grepPath, usageLines, walkPath } from "../file-search.ts";
import { listPath, readFile } from "../files.ts";
import { cellArg, textArg } from "../host-args.ts";
import { headOf, showListing, showTree, tailOf, utf8Lines } from "../listing.ts";
import { atOlderState } from "../older-state.ts";
import { done, type WordAction, type WordCall } from "./word-call.ts";

/** Words that only print: cut from what is recorded. */
export const VIEW_WORDS = {
  catEx: (call) => done(call.host.write(readFile(call, textArg(call.args, 0)))),
  catAtEx: (call) => done(call.host.write(readFile(atOlderState(call, textArg(call.args, 1)), textArg(call.args, 0)))),
  lsEx: (call) => done(call.host.write(utf8(showListing(listPath(call, textArg(call.args, 0)), { all: false, long: false })))),
  lsWithEx: (call) => done(call.host.write(utf8(showListing(listPath(call, textArg(call.args, 0)), { all: (cellArg(call.args, 1) & 1n) !== 0n, long: (cellArg(call.args, 1) & 2n) !== 0n })))),
  lsAtEx: (call) => done(call.host.write(utf8(showListing(listPath(atOlderState(call, textArg(call.args, 2)), textArg(call.args, 0)), { all: (cellArg(call.args, 1) & 1n) !== 0n, long: (cellArg(call.args, 1) & 2n) !== 0n })))),
  treeEx: (call) => done(call.host.write(utf8(showTree(walkPath(call, textArg(call.args, 0)))))),
  treeAtEx: (call) => done(call.host.write(utf8(showTree(walkPath(atOlderState(call, textArg(call.args, 1)), textArg(call.args, 0)))))),
  headEx: (call) => done(call.host.write(headOf(readFile(call, textArg(call.args, 0)), lineCount(call)))),
  tailEx: (call) => done(call.host.write(tailOf(readFile(call, textArg(call.args, 0)), lineCount(call)))),
  lessEx: (call) => done(call.host.page(readFile(call, textArg(call.args, 0)), textArg(call.args, 0))),
  findEx: (call) => done(call.host.write(utf8Lines(findPaths(call, textArg(call.args, 0), { name: textArg(call.args, 1), kind: textArg(call.args, 2) })))),
  grepEx: (call) => done(call.host.write(grepPath(call, textArg(call.args, 0), textArg(call.args, 1), Number(cellArg(call.args, 2) & 255n)))),
  statEx: (call) => done(call.host.write(utf8Lines(statLines(call, locate(call, textArg(call.args, 0)))))),
  duEx: (call) => done(call.host.write(utf8Lines(usageLines(call, textArg(call.args, 0), { total: (cellArg(call.args, 1) & 1n) !== 0n })))),
  diffEx: (call) => done(call.host.write(diffFiles(call, textArg(call.args, 0), textArg(call.args, 1)))),
  changesEx: (call) => done(call.host.write(diffThread(call, textArg(call.args, 0)))),
} as const satisfies Record<string, WordAction>;

const MOST_LINES = 2n ** 31n;

function lineCount(call: WordCall): number {
  const count = cellArg(call.args, 1);
  return Number(count > MOST_LINES ? MOST_LINES : count < -MOST_LINES ? -MOST_LINES : count);
}
