import type { HostWordSpec } from "./spec.ts";
import { bits, each, eachIntoLast, eachWith } from "./stack-form.ts";

/** Words that change files and directories of a domain, and those that read them for a program. */
export const FILE_WORDS = [
  {
    code: 512, word: "mkdirEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "write",
    shell: {
      word: "mkdir",
      params: [{ name: "path", type: "path", repeat: true }],
      options: [{ flag: "-p", name: "parents", help: "missing directories on the way as well; no fault for one that is there" }],
      rewrite: (call) => each(call, call.options["parents"] === true ? "mkdirsEx" : "mkdirEx"),
    },
    help: "Makes a directory.",
    example: { line: "mkdir docs\nls", prints: "docs/\n" },
  },
  {
    code: 513, word: "writeEx", effect: "( content path -- )", erg: 2_000, takes: ["content", "path"], gives: [], access: "write",
    help: "Makes or replaces the file at path. A file that is there keeps its owner and rights.",
    example: { line: "'hi' 'note' writeEx  cat note", prints: "hi" },
  },
  {
    code: 514, word: "appendEx", effect: "( content path -- )", erg: 2_000, takes: ["content", "path"], gives: [], access: "write",
    help: "Adds content to the end of the file at path, making it if need be.",
    example: { line: "'ab' 'note' appendEx  'cd' 'note' appendEx  cat note", prints: "abcd" },
  },
  {
    code: 515, word: "rmEx", effect: "( path flags -- )", erg: 2_000, takes: ["path", "cell"], gives: [], access: "write",
    shell: {
      word: "rm",
      params: [{ name: "path", type: "path", repeat: true }],
      options: [{ flag: "-r", name: "recursive", help: "directories with all they hold" }, { flag: "-f", name: "force", help: "no fault for what is not there" }],
      rewrite: (call) => eachWith(call, bits(call, { recursive: 1, force: 2 }), "rmEx"),
    },
    help: "Removes a file or an empty directory; with -r (flag 1) a directory and all it holds; with -f (flag 2) nothing need be there.",
    example: { line: "touch a\nrm a\nls", prints: "" },
  },
  {
    code: 516, word: "cpEx", effect: "( from to flags -- )", erg: 4_000, takes: ["path", "path", "cell"], gives: [], access: "write",
    shell: {
      word: "cp",
      params: [{ name: "from", type: "path" }, { name: "to", type: "path" }, { name: "into", type: "path", optional: true, repeat: true }],
      options: [{ flag: "-r", name: "recursive", help: "directories with all they hold" }],
      rewrite: (call) => eachIntoLast(call, [{ number: bits(call, { recursive: 1 }) }, { word: "cpEx" }]),
    },
    help: "Copies a file, with -r (flag 1) a directory and all it holds; into the last path when that is a directory.",
    example: { line: "echo hi > a\ncp a b\ncat b", prints: "hi\n" },
  },
  {
    code: 517, word: "mvEx", effect: "( from to -- )", erg: 4_000, takes: ["path", "path"], gives: [], access: "write",
    shell: {
      word: "mv",
      params: [{ name: "from", type: "path" }, { name: "to", type: "path" }, { name: "into", type: "path", optional: true, repeat: true }],
      rewrite: (call) => eachIntoLast(call, [{ word: "mvEx" }]),
    },
    help: "Renames or moves files and directories; into the last path when that is a directory.",
    example: { line: "touch a\nmv a b\nls", prints: "b\n" },
  },
  {
    code: 518, word: "touchEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "write",
    shell: { word: "touch", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "touchEx") },
    help: "Makes an empty file unless there is one. State knows the block of a change, not its time, so nothing else happens.",
    example: { line: "touch a\nls", prints: "a\n" },
  },
  {
    code: 519, word: "cdEx", effect: "( path -- )", erg: 300, takes: ["path"], gives: [], access: "read",
    shell: { word: "cd", params: [{ name: "path", type: "path", optional: true }], rewrite: (call) => each(call, "cdEx", "~") },
    help: "Changes the directory that paths start from; without a path, to `~`, the signer's domain.",
    example: { line: "mkdir docs\ncd docs\npwd", prints: "~/docs\n" },
  },
  {
    code: 520, word: "readEx", effect: "( path -- bytes )", erg: 1_000, takes: ["path"], gives: ["bytes"], access: "read",
    help: "Puts the content of the file at path on the stack.",
    example: { line: "echo hi > note\n'note' readEx type", prints: "hi\n" },
  },
  {
    code: 521, word: "existsEx", effect: "( path -- flag )", erg: 500, takes: ["path"], gives: ["cell"], access: "read",
    help: "True if there is a file or directory at path.",
    example: { line: "'nothing' existsEx .", prints: "0 " },
  },
  {
    code: 522, word: "mkdirsEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "write",
    help: "Makes a directory and those it stands in, as far as they are missing.",
    example: { line: "mkdir -p a/b/c\ntree", prints: ".\n└── a/\n    └── b/\n        └── c/\n\n3 directories, 0 files\n" },
  },
] as const satisfies readonly HostWordSpec[];
