import type { HostWordSpec, ShellCall, StackFormItem } from "./spec.ts";

const each = (call: ShellCall, word: string): StackFormItem[] => call.args.flatMap((text) => [{ text }, { word }]);

/**
 * The words that reach the world through `Host.call`. The machine knows their stack form (`mkdirEx`);
 * the form with inline parameters (`mkdir docs`) is rewritten to it, so both compile to the same bytes.
 */
export const HOST_WORDS = [
  {
    code: 512, word: "mkdirEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "write",
    shell: { word: "mkdir", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "mkdirEx") },
    help: "Makes a directory.",
    example: { line: "mkdir docs\nls", prints: "docs/\n" },
  },
  {
    code: 513, word: "writeEx", effect: "( content path -- )", erg: 2_000, takes: ["content", "path"], gives: [], access: "write",
    help: "Makes or replaces the file at path.",
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
      options: [{ flag: "-r", name: "recursive", help: "directories with all they hold" }],
      rewrite: (call) => call.args.flatMap((text) => [{ text }, { number: call.options["recursive"] === true ? "1" : "0" }, { word: "rmEx" }]),
    },
    help: "Removes a file or an empty directory; with -r (flag 1) a directory and all it holds.",
    example: { line: "touch a\nrm a\nls", prints: "" },
  },
  {
    code: 516, word: "cpEx", effect: "( from to -- )", erg: 4_000, takes: ["path", "path"], gives: [], access: "write",
    shell: {
      word: "cp",
      params: [{ name: "from", type: "path" }, { name: "to", type: "path" }],
      rewrite: ({ args: [from = "", to = ""] }) => [{ text: from }, { text: to }, { word: "cpEx" }],
    },
    help: "Copies a file, or a directory and all it holds. Into `to` when that is a directory.",
    example: { line: "echo hi > a\ncp a b\ncat b", prints: "hi\n" },
  },
  {
    code: 517, word: "mvEx", effect: "( from to -- )", erg: 4_000, takes: ["path", "path"], gives: [], access: "write",
    shell: {
      word: "mv",
      params: [{ name: "from", type: "path" }, { name: "to", type: "path" }],
      rewrite: ({ args: [from = "", to = ""] }) => [{ text: from }, { text: to }, { word: "mvEx" }],
    },
    help: "Renames or moves a file or directory. Into `to` when that is a directory.",
    example: { line: "touch a\nmv a b\nls", prints: "b\n" },
  },
  {
    code: 518, word: "touchEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "write",
    shell: { word: "touch", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "touchEx") },
    help: "Makes an empty file unless there is one.",
    example: { line: "touch a\nls", prints: "a\n" },
  },
  {
    code: 519, word: "cdEx", effect: "( path -- )", erg: 300, takes: ["path"], gives: [], access: "read",
    shell: {
      word: "cd",
      params: [{ name: "path", type: "path", optional: true }],
      rewrite: ({ args: [path = "~"] }) => [{ text: path }, { word: "cdEx" }],
    },
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
    code: 528, word: "catEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "cat", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "catEx") },
    help: "Prints a file.",
    example: { line: "echo hi > a\ncat a", prints: "hi\n" },
  },
  {
    code: 529, word: "lsEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: {
      word: "ls",
      params: [{ name: "path", type: "path", optional: true, repeat: true }],
      rewrite: (call) => (call.args.length === 0 ? [{ text: "." }, { word: "lsEx" }] : each(call, "lsEx")),
    },
    help: "Lists a directory by name; directories end in /.",
    example: { line: "mkdir docs\ntouch a\nls", prints: "a\ndocs/\n" },
  },
  {
    code: 530, word: "pwd", effect: "( -- )", erg: 200, takes: [], gives: [], access: "show",
    help: "Prints the directory that paths start from.",
    example: { line: "pwd", prints: "~\n" },
  },
  {
    code: 531, word: "whoami", effect: "( -- )", erg: 200, takes: [], gives: [], access: "show",
    help: "Prints who you are to this node, and whether that is claimed or proved.",
    example: { line: "whoami", prints: "you (claimed: no key was proved)\n" },
  },
  {
    code: 532, word: "perspective", effect: "( -- )", erg: 5_000, takes: [], gives: [], access: "show",
    help: "Prints the root of the state as this thread sees it: 32 bytes in hex.",
    example: { line: "perspective", prints: "PERSPECTIVE\n" },
  },
  {
    code: 544, word: "sendEx", effect: "( to amount -- )", erg: 3_000, takes: ["recipient", "amount"], gives: [], access: "write",
    shell: {
      word: "send",
      params: [{ name: "to", type: "recipient" }, { name: "amount", type: "amount" }],
      rewrite: ({ args: [to = "", amount = ""] }) => [{ text: to }, { number: amount }, { word: "sendEx" }],
    },
    help: "Pays coins from the signer's domain to another. Amounts are exact: 1.5 is one coin and a half.",
    example: { line: "send ~ 0", prints: "" },
  },
  {
    code: 545, word: "balance", effect: "( -- coins )", erg: 500, takes: [], gives: ["decimal"], access: "read",
    help: "Puts the signer's coins on the stack, as this thread sees them.",
    example: { line: "balance .", prints: "0 " },
  },
  {
    code: 546, word: "balanceOf", effect: "( who -- coins )", erg: 500, takes: ["recipient"], gives: ["decimal"], access: "read",
    help: "Puts the coins of a domain on the stack.",
    example: { line: "my-address balanceOf .", prints: "0 " },
  },
  {
    code: 547, word: "my-address", effect: "( -- address )", erg: 200, takes: [], gives: ["text"], access: "read",
    help: "Puts the address of the signer's domain on the stack.",
    example: { line: "my-address balanceOf .", prints: "0 " },
  },
  {
    code: 548, word: "height", effect: "( -- n )", erg: 200, takes: [], gives: ["cell"], access: "read",
    help: "Puts the height of the block being executed, or of this thread's base, on the stack.",
    example: { line: "height .", prints: "0 " },
  },
  {
    code: 549, word: "contactEx", effect: "( address name -- )", erg: 4_000, takes: ["text", "text"], gives: [], access: "write",
    shell: {
      word: "contact",
      params: [{ name: "name", type: "text" }, { name: "address", type: "text" }],
      rewrite: ({ args: [name = "", address = ""] }) => [{ text: address }, { text: name }, { word: "contactEx" }],
    },
    help: "Writes down an address under a name that `send` then understands, in ~/.contacts.",
    example: { line: "my-address 'me' contactEx  'me' balanceOf .", prints: "0 " },
  },
  {
    code: 896, word: "bt", effect: "( -- )", erg: 200, takes: [], gives: [], access: "thread",
    help: "Begins recording: what changes state from here on can be committed.",
    example: { line: "bt rt vt", prints: "" },
  },
  {
    code: 897, word: "rt", effect: "( -- )", erg: 200, takes: [], gives: [], access: "thread",
    help: "Marks the thread ready to commit.",
    example: { line: "bt\nmkdir docs\nrt vt", prints: "'docs' mkdirEx\n" },
  },
  {
    code: 898, word: "at", effect: "( -- )", erg: 200, takes: [], gives: [], access: "thread",
    help: "Aborts: drops what was recorded since bt and its changes.",
    example: { line: "bt\nmkdir docs\nat\nls", prints: "" },
  },
  {
    code: 899, word: "vt", effect: "( -- )", erg: 200, takes: [], gives: [], access: "thread",
    help: "Prints the recorded source of this thread.",
    example: { line: "bt\nmkdir docs\nvt", prints: "'docs' mkdirEx\n" },
  },
] as const satisfies readonly HostWordSpec[];

export type HostWordName = (typeof HOST_WORDS)[number]["word"];
