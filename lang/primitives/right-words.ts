import type { HostWordSpec, ShellCall, StackFormItem } from "./spec.ts";
import { bits, eachWith, optionText } from "./stack-form.ts";

/** Words about who owns an entry and who may do what with it. */
export const RIGHT_WORDS = [
  {
    code: 560, word: "chownEx", effect: "( path who flags -- )", erg: 2_000, takes: ["path", "recipient", "cell"], gives: [], access: "write",
    shell: {
      word: "chown",
      params: [{ name: "who", type: "recipient" }, { name: "path", type: "path", repeat: true }],
      options: [{ flag: "-R", name: "recursive", help: "directories with all they hold" }],
      rewrite: (call) => afterFirst(call, bits(call, { recursive: 1 }), "chownEx"),
    },
    help: "Gives an entry to somebody, with -R (flag 1) all below it as well. Takes the right `own`.",
    example: { line: "touch art\nchown ~ art\nls", prints: "art\n" },
  },
  {
    code: 561, word: "chmodEx", effect: "( path spec flags -- )", erg: 2_000, takes: ["path", "text", "cell"], gives: [], access: "write",
    shell: {
      word: "chmod",
      params: [{ name: "rights", type: "text" }, { name: "path", type: "path", repeat: true }],
      options: [{ flag: "-R", name: "recursive", help: "directories with all they hold" }],
      rewrite: (call) => afterFirst(call, bits(call, { recursive: 1 }), "chmodEx"),
    },
    help: "Sets rights: u (owner), m (mask), o (others), a (all), then + - = and letters: r w x, d remove, s spend, o own, v vote. Or three digits such as 644.",
    example: { line: "touch note\nchmod o-r,u=rwo note\ngetfacl note", prints: "# file: note\n# owner: grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7\nuser::rw---o-\nmask::r------\nother::-------\n\n" },
  },
  {
    code: 562, word: "getfaclEx", effect: "( path flags -- )", erg: 1_000, takes: ["path", "cell"], gives: [], access: "show",
    shell: {
      word: "getfacl",
      params: [{ name: "path", type: "path", repeat: true }],
      options: [{ flag: "-R", name: "recursive", help: "directories with all they hold" }],
      redirect: true,
      rewrite: rewriteGetfacl,
    },
    help: "Prints owner and rights of an entry, in the form that setfacl --restore reads, or writes them to a file (>) or its end (>>).",
    example: { line: "touch note\ngetfacl note > saved\nchmod 000 note\nsetfacl --restore saved\ngetfacl note", prints: "# file: note\n# owner: grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7\nuser::rw-dsov\nmask::r------\nother::r------\n\n" },
  },
  {
    code: 563, word: "setfaclEx", effect: "( path spec flags -- )", erg: 2_000, takes: ["path", "text", "cell"], gives: [], access: "write",
    shell: {
      word: "setfacl",
      params: [{ name: "path", type: "path", optional: true, repeat: true }],
      options: [
        { flag: "-m", name: "modify", value: "text", help: "entries to set: user:bob:rw,group:friends:r,mask::r,default:other::-" },
        { flag: "-x", name: "remove", value: "text", help: "entries to remove: user:bob" },
        { flag: "-b", name: "clear", help: "remove all named entries and defaults" },
        { flag: "-k", name: "clearDefaults", help: "remove the defaults" },
        { flag: "-R", name: "recursive", help: "directories with all they hold" },
        { flag: "--restore", name: "restore", value: "path", help: "a file with what getfacl printed" },
      ],
      rewrite: rewriteSetfacl,
    },
    help: "Sets rights of identities and groups: user:WHO:rights, group:[DOMAIN/]NAME:rights, with default: in front for new entries of a directory. Flags: 1 -R, 2 remove, 4 clear, 8 clear defaults.",
    example: { line: "touch note\nsetfacl -m user:~:rw note\ngetfacl note", prints: "# file: note\n# owner: grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7\nuser::rw-dsov\nuser:grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7:rw-----\nmask::rw-----\nother::r------\n\n" },
  },
  {
    code: 564, word: "restoreaclEx", effect: "( content -- )", erg: 2_000, takes: ["content"], gives: [], access: "write",
    help: "Makes owner and rights as getfacl printed them.",
    example: { line: "touch note\n'# file: note\\n# owner: ~\\nuser::rwd\\nmask::r\\nother::-\\n' restoreaclEx\ngetfacl note", prints: "# file: note\n# owner: grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7\nuser::rw-d---\nmask::r------\nother::-------\n\n" },
  },
  {
    code: 565, word: "freezeEx", effect: "( path height flags -- )", erg: 2_000, takes: ["path", "cell", "cell"], gives: [], access: "write",
    shell: {
      word: "freeze",
      params: [{ name: "path", type: "path" }, { name: "height", type: "cell", optional: true }],
      options: [{ flag: "-R", name: "recursive", help: "directories with all they hold" }],
      rewrite: (call) => [{ text: call.args[0] ?? "" }, { number: call.args[1] ?? "-1" }, { number: bits(call, { recursive: 1 }) }, { word: "freezeEx" }],
    },
    help: "Freezes an entry until a height, for ever without one (in the stack form: with -1): nobody can write, move or remove it, and nobody can undo that. It can still change its owner.",
    example: { line: "echo hi > art\nfreeze art\n: try 'no' 'art' writeEx ;  ' try catch 0= .", prints: "0 " },
  },
  {
    code: 566, word: "mayEx", effect: "( path right -- flag )", erg: 500, takes: ["path", "text"], gives: ["cell"], access: "read",
    help: "Whether the signer has a right on what is at path: read, write, execute, remove, spend, own or vote.",
    example: { line: "touch note\n'note' 'write' mayEx . 'note' 'execute' mayEx .", prints: "-1 0 " },
  },
  {
    code: 567, word: "mayOfEx", effect: "( path right who -- flag )", erg: 500, takes: ["path", "text", "recipient"], gives: ["cell"], access: "read",
    help: "Whether a domain has a right on what is at path: for programs that ask about their caller.",
    example: { line: "touch note\n'note' 'write' my-address mayOfEx .", prints: "-1 " },
  },
  {
    code: 568, word: "aclEx", effect: "( path flags -- text )", erg: 1_000, takes: ["path", "cell"], gives: ["text"], access: "read",
    help: "Owner and rights of an entry as getfacl prints them; flag 1 with all below it.",
    example: { line: "touch note\n'note' 0 aclEx restoreaclEx", prints: "" },
  },
] as const satisfies readonly HostWordSpec[];

/** `chown WHO PATH…`: the paths each with what comes first. */
function afterFirst({ args }: ShellCall, flags: string, word: string): readonly StackFormItem[] {
  const [first = "", ...paths] = args;
  return paths.flatMap((text) => [{ text }, { text: first }, { number: flags }, { word }]);
}

/** With a redirection the rights go to a file instead. */
function rewriteGetfacl(call: ShellCall): readonly StackFormItem[] {
  const { args, redirect } = call;
  const flags = bits(call, { recursive: 1 });
  if (redirect === undefined) return eachWith(call, flags, "getfaclEx");
  const put = (first: boolean): string => (first && !redirect.append ? "writeEx" : "appendEx");
  return args.flatMap((text, i) => [{ text }, { number: flags }, { word: "aclEx" }, { text: redirect.path }, { word: put(i === 0) }]);
}

/** `-x` removes before `-m` sets; with neither the list is only cleared. */
function rewriteSetfacl(call: ShellCall): readonly StackFormItem[] {
  const restore = optionText(call, "restore", "");
  const items: StackFormItem[] = restore === "" ? [] : [{ text: restore }, { word: "readEx" }, { word: "restoreaclEx" }];
  const recursive = Number(bits(call, { recursive: 1 }));
  const clearing = Number(bits(call, { clear: 4, clearDefaults: 8 }));
  const add = (text: string, spec: string, flags: number): void => void items.push({ text }, { text: spec }, { number: `${recursive + flags}` }, { word: "setfaclEx" });
  for (const text of call.args) {
    if (clearing > 0) add(text, "", clearing);
    const [remove, modify] = [optionText(call, "remove", ""), optionText(call, "modify", "")];
    if (remove !== "") add(text, remove, 2);
    if (modify !== "") add(text, modify, 0);
  }
  return items;
}
