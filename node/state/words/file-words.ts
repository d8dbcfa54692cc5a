import { copyPath, movePath, removePath } from "../file-trees.ts";
import { appendFile, makeDirectories, makeDirectory, pathExists, readFile, requireDirectory, touchFile, writeFile } from "../files.ts";
import { cellArg, contentArg, textArg } from "../host-args.ts";
import { done, flag, type WordAction, type WordCall } from "./word-call.ts";

/** Words that change files, and those that read them for a program. */
export const FILE_WORDS = {
  mkdirEx: (call) => done(makeDirectory(call, textArg(call.args, 0))),
  mkdirsEx: (call) => done(makeDirectories(call, textArg(call.args, 0))),
  writeEx: (call) => done(writeFile(call, contentArg(call.args, 0), textArg(call.args, 1))),
  appendEx: (call) => done(appendFile(call, contentArg(call.args, 0), textArg(call.args, 1))),
  rmEx: (call) => done(removePath(call, textArg(call.args, 0), { recursive: hasFlag(call, 1, 1n), mayBeAbsent: hasFlag(call, 1, 2n) })),
  cpEx: (call) => done(copyPath(call, textArg(call.args, 0), textArg(call.args, 1), { recursive: hasFlag(call, 2, 1n) })),
  mvEx: (call) => done(movePath(call, textArg(call.args, 0), textArg(call.args, 1))),
  touchEx: (call) => done(touchFile(call, textArg(call.args, 0))),
  cdEx: (call) => {
    call.host.directory = requireDirectory(call, textArg(call.args, 0));
    return [];
  },
  readEx: (call) => [{ kind: "bytes", value: readFile(call, textArg(call.args, 0)) }],
  existsEx: (call) => flag(pathExists(call, textArg(call.args, 0))),
} as const satisfies Record<string, WordAction>;

function hasFlag(call: WordCall, index: number, bit: bigint): boolean {
  return (cellArg(call.args, index) & bit) !== 0n;
}
