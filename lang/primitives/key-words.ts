import type { HostWordSpec, ShellCall, StackFormItem } from "./spec.ts";
import { bits, optionText } from "./stack-form.ts";

const NOBODY = "grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7";
const OTHER = "grid1qyqszqgpqyqszqgpqyqszqgpqyqszqgp2w2wkl";

/** Words about the keys of a domain: who may sign for it, how many must, and who may recover it. */
export const KEY_WORDS = [
  {
    code: 620, word: "keysEx", effect: "( who flags -- )", erg: 1_000, takes: ["recipient", "cell"], gives: [], access: "show",
    shell: {
      word: "keys",
      params: [{ name: "who", type: "recipient", optional: true }],
      options: [{ flag: "--json", name: "json", help: "one line of JSON, for programs" }],
      rewrite: (call) => [{ text: call.args[0] ?? "~" }, { number: bits(call, { json: 1 }) }, { word: "keysEx" }],
    },
    help: "Prints who may sign for a domain, how many must, what session keys may do, and who may recover it; JSON with flag 1.",
    example: { line: "keys", prints: `owner     1 of 1 change keys\nactive    1 of 1 sign packages\nowner     ${NOBODY}\n` },
  },
  {
    code: 621, word: "addkeyEx", effect: "( key role -- )", erg: 3_000, takes: ["recipient", "text"], gives: [], access: "write",
    shell: {
      word: "addkey",
      params: [{ name: "key", type: "recipient" }, { name: "role", type: "text", optional: true }],
      rewrite: ({ args: [key = "", role = "active"] }) => [{ text: key }, { text: role }, { word: "addkeyEx" }],
    },
    help: "Gives the domain a key, or a key another role: `owner` may change keys and do all else, `active` (what addkey gives by itself) all but that. A key is named by its address, or by the line of its .pub file in quotes. Owners must sign.",
    example: { line: `addkey ${OTHER}\nkeys`, prints: `owner     1 of 1 change keys\nactive    1 of 2 sign packages\nowner     ${NOBODY}\nactive    ${OTHER}\n` },
  },
  {
    code: 622, word: "rmkeyEx", effect: "( key -- )", erg: 3_000, takes: ["recipient"], gives: [], access: "write",
    shell: { word: "rmkey", params: [{ name: "key", type: "recipient" }], rewrite: ({ args: [key = ""] }) => [{ text: key }, { word: "rmkeyEx" }] },
    help: "Takes a key of any role from the domain, unless too few would be left to sign. Owners must sign.",
    example: { line: `addkey ${OTHER} owner\nrmkey ~\nkeys`, prints: `owner     1 of 1 change keys\nactive    1 of 1 sign packages\nowner     ${OTHER}\n` },
  },
  {
    code: 623, word: "setthresholdEx", effect: "( role n -- )", erg: 3_000, takes: ["text", "cell"], gives: [], access: "write",
    shell: {
      word: "setthreshold",
      params: [{ name: "role", type: "text" }, { name: "n", type: "cell" }],
      rewrite: ({ args: [role = "", n = ""] }) => [{ text: role }, { number: n }, { word: "setthresholdEx" }],
    },
    help: "Sets how many must sign: `owner` keys to change keys, `active` ones (owners count too) for everything else. Never more than there are. Owners must sign.",
    example: { line: `addkey ${OTHER}\nsetthreshold active 2\nkeys`, prints: `owner     1 of 1 change keys\nactive    2 of 2 sign packages\nowner     ${NOBODY}\nactive    ${OTHER}\n` },
  },
  {
    code: 624, word: "rotateEx", effect: "( old new -- )", erg: 3_000, takes: ["recipient", "recipient"], gives: [], access: "write",
    shell: {
      word: "rotate",
      params: [{ name: "old", type: "recipient" }, { name: "new", type: "recipient" }],
      rewrite: ({ args: [old = "", given = ""] }) => [{ text: old }, { text: given }, { word: "rotateEx" }],
    },
    help: "Puts a new key in the place of an old one, with its role. `rotate ~ NEW` replaces the key that the domain began with. Owners must sign.",
    example: { line: `rotate ~ ${OTHER}\nkeys`, prints: `owner     1 of 1 change keys\nactive    1 of 1 sign packages\nowner     ${OTHER}\n` },
  },
  {
    code: 625, word: "addsessionEx", effect: "( key path words amount height -- )", erg: 4_000, takes: ["recipient", "text", "text", "amount", "cell"], gives: [], access: "write",
    shell: {
      word: "addsession",
      params: [{ name: "key", type: "recipient" }],
      options: [
        { flag: "--path", name: "path", value: "path", help: "files it may change, with all below; none without it" },
        { flag: "--words", name: "words", value: "text", help: "words it may write with, such as mkdir,writeEx,send" },
        { flag: "--spend", name: "spend", value: "amount", help: "coins that may be spent by it in all, fees among them" },
        { flag: "--until", name: "until", value: "cell", help: "the last block at which it counts" },
      ],
      rewrite: rewriteSession,
    },
    help: "Gives a key that signs alone, within limits that every node checks: files below a path, words that write (reading is free), coins in all, and a last block. Nothing is allowed that is not named. Owners must sign.",
    example: {
      line: `mkdir game\naddsession ${OTHER} --path game --words writeEx,mkdir --spend 0.5 --until 900\nkeys`,
      prints: `owner     1 of 1 change keys\nactive    1 of 1 sign packages\nowner     ${NOBODY}\nsession   ${OTHER}\n          until block 900, files in ~/game, 0 coins of 0.5 coins spent, words mkdir writeEx\n`,
    },
  },
  {
    code: 626, word: "setrecoveryEx", effect: "( guardians n blocks -- )", erg: 4_000, takes: ["text", "cell", "cell"], gives: [], access: "write",
    shell: {
      word: "setrecovery",
      params: [{ name: "n", type: "cell" }, { name: "blocks", type: "cell" }, { name: "guardian", type: "recipient", repeat: true, optional: true }],
      rewrite: ({ args: [n = "", blocks = "", ...guardians] }) => [{ text: guardians.join(" ") }, { number: n }, { number: blocks }, { word: "setrecoveryEx" }],
    },
    help: "Lets N of these domains together give yours a new owner key, so many BLOCKS after the last of them agreed; until then you can cancel. `setrecovery 0 0` ends it. Owners must sign.",
    example: { line: `setrecovery 1 100 ${OTHER}\nkeys`, prints: `owner     1 of 1 change keys\nactive    1 of 1 sign packages\nowner     ${NOBODY}\nrecovery  1 of 1, after 100 blocks\n          ${OTHER}\n` },
  },
  {
    code: 627, word: "recoverEx", effect: "( who key -- )", erg: 4_000, takes: ["recipient", "recipient"], gives: [], access: "write",
    shell: {
      word: "recover",
      params: [{ name: "who", type: "recipient" }, { name: "key", type: "recipient" }],
      rewrite: ({ args: [who = "", key = ""] }) => [{ text: who }, { text: key }, { word: "recoverEx" }],
    },
    help: "As a guardian of WHO, says that KEY shall own it. When enough guardians say the same key, its delay begins; `keys WHO` shows how far it is.",
    example: { line: `: try my-address '${OTHER}' recoverEx ;\n' try catch 0= .`, prints: "0 " },
  },
  {
    code: 628, word: "finishrecoveryEx", effect: "( who -- )", erg: 4_000, takes: ["recipient"], gives: [], access: "write",
    shell: { word: "finishrecovery", params: [{ name: "who", type: "recipient" }], rewrite: ({ args: [who = ""] }) => [{ text: who }, { word: "finishrecoveryEx" }] },
    help: "Makes the key that the guardians agreed on the only key of WHO, once the delay is over. Anybody may do it.",
    example: { line: ": try my-address finishrecoveryEx ;\n' try catch 0= .", prints: "0 " },
  },
  {
    code: 629, word: "cancelrecoveryEx", effect: "( -- )", erg: 3_000, takes: [], gives: [], access: "write",
    shell: { word: "cancelrecovery", params: [], rewrite: () => [{ word: "cancelrecoveryEx" }] },
    help: "Drops what guardians said so far: the domain keeps its keys. Owners must sign.",
    example: { line: ": try cancelrecoveryEx ;\n' try catch 0= .", prints: "0 " },
  },
] as const satisfies readonly HostWordSpec[];

function rewriteSession(call: ShellCall): readonly StackFormItem[] {
  const option = (name: string, otherwise: string): string => optionText(call, name, otherwise);
  return [{ text: call.args[0] ?? "" }, { text: option("path", "") }, { text: option("words", "") }, { number: option("spend", "0") }, { number: option("until", "0") }, { word: "addsessionEx" }];
}
