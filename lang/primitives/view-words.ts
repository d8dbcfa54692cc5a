import type { HostWordSpec, ShellCall, StackFormItem } from "./spec.ts";
import { bits, each, eachWith, optionText } from "./stack-form.ts";

/** Words that show files and directories. They give nothing, so a recording leaves them out. */
export const VIEW_WORDS = [
  {
    code: 528, word: "catEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "cat", params: [{ name: "path", type: "path", repeat: true }], redirect: true, rewrite: rewriteCat },
    help: "Prints files, or writes them to a file (>) or its end (>>). With @HEIGHT or @PERSPECTIVE last, as they were then.",
    example: { line: "echo hi > a\ncat a a > b\ncat b", prints: "hi\nhi\n" },
  },
  {
    code: 529, word: "lsEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: {
      word: "ls",
      params: [{ name: "path", type: "path", optional: true, repeat: true }],
      options: [{ flag: "-a", name: "all", help: "names that begin with a dot as well" }, { flag: "-l", name: "long", help: "rights, owner and size" }],
      rewrite: rewriteLs,
    },
    help: "Lists a directory by name; directories end in /, names that begin with a dot are left out. With @HEIGHT or @PERSPECTIVE last, as it was then.",
    example: { line: "mkdir docs\ntouch a .b\nls", prints: "a\ndocs/\n" },
  },
  {
    code: 533, word: "lsWithEx", effect: "( path flags -- )", erg: 1_000, takes: ["path", "cell"], gives: [], access: "show",
    help: "Lists a directory, all names with flag 1, with rights, owner and size with flag 2.",
    example: { line: "touch .b a\nls -a", prints: ".b\na\n" },
  },
  {
    code: 555, word: "lsAtEx", effect: "( path flags when -- )", erg: 1_000, takes: ["path", "cell", "text"], gives: [], access: "show",
    help: "Lists a directory as lsWithEx does, as it was after the block at a height (@120) or in a state (@ and eight or more digits of its perspective).",
    example: { line: ": try \".\" 0 '@7' lsAtEx ;\n' try catch 0= .", prints: "0 " },
  },
  {
    code: 534, word: "catAtEx", effect: "( path when -- )", erg: 1_000, takes: ["path", "text"], gives: [], access: "show",
    help: "Prints a file as it was after the block at a height (@120) or in a state (@ and eight or more digits of its perspective).",
    example: { line: ": try 'a' '@0' catAtEx ;\ntouch a\n' try catch 0= .", prints: "0 " },
  },
  {
    code: 535, word: "treeEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "tree", params: [{ name: "path", type: "path", optional: true, repeat: true }], rewrite: rewriteTree },
    help: "Draws a directory and all below it. With @HEIGHT or @PERSPECTIVE last, as it was then.",
    example: { line: "mkdir docs\ntouch docs/a\ntree", prints: ".\n└── docs/\n    └── a\n\n1 directory, 1 file\n" },
  },
  {
    code: 556, word: "treeAtEx", effect: "( path when -- )", erg: 1_000, takes: ["path", "text"], gives: [], access: "show",
    help: "Draws a directory and all below it, as it was after the block at a height (@120) or in a state (@ and eight or more digits of its perspective).",
    example: { line: ": try \".\" '@7' treeAtEx ;\n' try catch 0= .", prints: "0 " },
  },
  {
    code: 536, word: "headEx", effect: "( path lines -- )", erg: 1_000, takes: ["path", "cell"], gives: [], access: "show",
    shell: {
      word: "head",
      params: [{ name: "path", type: "path", repeat: true }],
      options: [{ flag: "-n", name: "lines", value: "cell", help: "how many lines instead of 10; a negative number leaves out the last ones" }],
      rewrite: (call) => titled(call, [{ number: optionText(call, "lines", "10") }, { word: "headEx" }]),
    },
    help: "Prints the first lines of a file: all but the last n for a negative number.",
    example: { line: "'1\\n2\\n3\\n' 'abc' writeEx\nhead -n 2 abc", prints: "1\n2\n" },
  },
  {
    code: 537, word: "tailEx", effect: "( path lines -- )", erg: 1_000, takes: ["path", "cell"], gives: [], access: "show",
    shell: {
      word: "tail",
      params: [{ name: "path", type: "path", repeat: true }],
      options: [{ flag: "-n", name: "lines", value: "cell", help: "how many lines instead of 10" }],
      rewrite: (call) => titled(call, [{ number: optionText(call, "lines", "10") }, { word: "tailEx" }]),
    },
    help: "Prints the last lines of a file.",
    example: { line: "'1\\n2\\n3\\n' 'abc' writeEx\ntail -n 2 abc", prints: "2\n3\n" },
  },
  {
    code: 538, word: "lessEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "less", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "lessEx") },
    help: "Shows a file screen by screen where the terminal can, else prints it.",
    example: { line: "echo hi > a\nless a", prints: "hi\n" },
  },
  {
    code: 539, word: "findEx", effect: "( path name kind -- )", erg: 1_000, takes: ["path", "text", "text"], gives: [], access: "show",
    shell: {
      word: "find",
      params: [{ name: "path", type: "path", optional: true, repeat: true }],
      options: [
        { flag: "-name", name: "name", value: "text", help: "a pattern for the name: * ? [a-z]; quote it" },
        { flag: "-type", name: "kind", value: "text", help: "f for files, d for directories" },
      ],
      rewrite: (call) => {
        const after: StackFormItem[] = [{ text: optionText(call, "name", "") }, { text: optionText(call, "kind", "") }, { word: "findEx" }];
        return (call.args.length === 0 ? ["."] : call.args).flatMap((text) => [{ text }, ...after]);
      },
    },
    help: "Prints the paths of all entries at and below a path whose name fits a pattern and whose kind is f or d; empty text for any.",
    example: { line: "mkdir docs\ntouch docs/a docs/b\nfind -name 'b*' -type f", prints: "./docs/b\n" },
  },
  {
    code: 540, word: "grepEx", effect: "( path pattern flags -- )", erg: 1_000, takes: ["path", "text", "cell"], gives: [], access: "show",
    shell: {
      word: "grep",
      params: [{ name: "pattern", type: "text" }, { name: "path", type: "path", repeat: true }],
      options: [
        { flag: "-i", name: "ignoreCase", help: "capital and small letters are the same" },
        { flag: "-n", name: "number", help: "with the number of each line" },
        { flag: "-v", name: "invert", help: "the lines that do not fit" },
        { flag: "-c", name: "count", help: "only how many lines" },
        { flag: "-l", name: "list", help: "only the names of files" },
        { flag: "-r", name: "recursive", help: "all files below a directory" },
        { flag: "-F", name: "literal", help: "the pattern is plain text" },
      ],
      rewrite: (call) => {
        const [pattern = "", ...paths] = call.args;
        const flags = Number(bits(call, { ignoreCase: 1, number: 2, invert: 4, count: 8, list: 16, recursive: 32, literal: 64 }));
        return paths.flatMap((text) => [{ text }, { text: pattern }, { number: `${flags + (paths.length > 1 ? 128 : 0)}` }, { word: "grepEx" }]);
      },
    },
    help: "Prints the lines of a file that fit an extended regular expression: . [a-z] ( | ) * + ? ^ $. Flags: 1 -i, 2 -n, 4 -v, 8 -c, 16 -l, 32 -r, 64 -F, 128 with the file's name.",
    example: { line: "'one\\ntwo\\nthree\\n' 'abc' writeEx\ngrep -n '^t.*e$' abc", prints: "3:three\n" },
  },
  {
    code: 541, word: "statEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "stat", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "statEx") },
    help: "Prints what is known of an entry: size, owner, rights, the block that changed it, what storing it cost.",
    example: { line: "stat ~", prints: "path    ~\nkind    directory, the root of its domain\nowner   grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7\nrights  owner rwxdsov, mask r-x----, others r-x----\n" },
  },
  {
    code: 542, word: "duEx", effect: "( path flags -- )", erg: 1_000, takes: ["path", "cell"], gives: [], access: "show",
    shell: {
      word: "du",
      params: [{ name: "path", type: "path", optional: true, repeat: true }],
      options: [{ flag: "-s", name: "total", help: "only the sum" }],
      rewrite: (call) => eachWith(call, bits(call, { total: 1 }), "duEx", "."),
    },
    help: "Prints how many bytes each directory holds; with -s (flag 1) only the sum.",
    example: { line: "mkdir docs\necho hi > docs/a\ndu", prints: "3\t./docs\n3\t.\n" },
  },
  {
    code: 543, word: "diffEx", effect: "( before after -- )", erg: 2_000, takes: ["path", "path"], gives: [], access: "show",
    shell: {
      word: "diff",
      params: [{ name: "before", type: "path", optional: true }, { name: "after", type: "path", optional: true }],
      rewrite: ({ args: [before = "", after] }) => (after === undefined ? [{ text: before }, { word: "changesEx" }] : [{ text: before }, { text: after }, { word: "diffEx" }]),
    },
    help: "Prints how two files differ, line by line; with less than two paths what this thread changed, there or anywhere.",
    example: { line: "echo one > a\necho two > b\ndiff a b", prints: "--- a\n+++ b\n@@ -1 +1 @@\n-one\n+two\n" },
  },
  {
    code: 552, word: "changesEx", effect: "( path -- )", erg: 2_000, takes: ["text"], gives: [], access: "show",
    help: "Prints what this thread changed at and below a path, for empty text anywhere, text line by line.",
    example: { line: "echo hi > a\ndiff", prints: "new ~/a\n--- nothing\n+++ ~/a\n@@ -0,0 +1 @@\n+hi\n" },
  },
] as const satisfies readonly HostWordSpec[];

/** `@120` last means the state at that height. A file of that name is `./@120`. */
function olderState(args: readonly string[]): string | undefined {
  const last = args[args.length - 1] ?? "";
  return /^@([0-9]{1,19}|[0-9a-f]{8,64})$/.test(last) ? last : undefined;
}

function rewriteLs(call: ShellCall): readonly StackFormItem[] {
  const flags = bits(call, { all: 1, long: 2 });
  const when = olderState(call.args);
  if (when === undefined) return Object.keys(call.options).length === 0 ? each(call, "lsEx", ".") : eachWith(call, flags, "lsWithEx", ".");
  const paths = call.args.slice(0, -1);
  return (paths.length === 0 ? ["."] : paths).flatMap((text) => [{ text }, { number: flags }, { text: when }, { word: "lsAtEx" }]);
}

function rewriteTree(call: ShellCall): readonly StackFormItem[] {
  const when = olderState(call.args);
  if (when === undefined) return each(call, "treeEx", ".");
  const paths = call.args.slice(0, -1);
  return (paths.length === 0 ? ["."] : paths).flatMap((text) => [{ text }, { text: when }, { word: "treeAtEx" }]);
}

/** With a redirection the content goes to a file instead. */
function rewriteCat({ args, redirect }: ShellCall): readonly StackFormItem[] {
  const when = args.length > 1 ? olderState(args) : undefined;
  if (when !== undefined) return args.slice(0, -1).flatMap((text) => [{ text }, { text: when }, { word: "catAtEx" }]);
  if (redirect === undefined) return args.flatMap((text) => [{ text }, { word: "catEx" }]);
  const add = (first: boolean): string => (first && !redirect.append ? "writeEx" : "appendEx");
  return args.flatMap((text, i) => [{ text }, { word: "readEx" }, { text: redirect.path }, { word: add(i === 0) }]);
}

/** With several files each begins with its name, as head and tail do. */
function titled({ args }: ShellCall, after: readonly StackFormItem[]): readonly StackFormItem[] {
  if (args.length === 1) return [{ text: args[0] as string }, ...after];
  return args.flatMap((text, i) => [{ text: `${i === 0 ? "" : "\n"}==> ${text} <==\n` }, { word: "type" }, { text }, ...after]);
}
