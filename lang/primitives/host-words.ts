import { FILE_PORT_WORDS } from "./file-port-words.ts";
import { FILE_WORDS } from "./file-words.ts";
import { KEY_WORDS } from "./key-words.ts";
import { MARKET_WORDS } from "./market-words.ts";
import { PROGRAM_WORDS } from "./program-words.ts";
import { RIGHT_WORDS } from "./right-words.ts";
import { SACRIFICE_WORDS } from "./sacrifice-words.ts";
import type { HostWordSpec } from "./spec.ts";
import { VIEW_WORDS } from "./view-words.ts";

/**
 * The words that reach the world through `Host.call`. The machine knows their stack form (`mkdirEx`);
 * the form with inline parameters (`mkdir docs`) is rewritten to it, so both compile to the same bytes.
 */
export const HOST_WORDS = [
  ...FILE_WORDS,
  ...VIEW_WORDS,
  ...RIGHT_WORDS,
  ...MARKET_WORDS,
  ...KEY_WORDS,
  ...SACRIFICE_WORDS,
  ...FILE_PORT_WORDS,
  ...PROGRAM_WORDS,
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
    help: "Prints the root of the state as this thread sees it, pending work included: 32 bytes in hex. perspectiveAt prints that of an older state.",
    example: { line: "perspective", prints: "PERSPECTIVE\n" },
  },
  {
    code: 554, word: "perspectiveAtEx", effect: "( when -- )", erg: 1_000, takes: ["text"], gives: [], access: "show",
    shell: { word: "perspectiveAt", params: [{ name: "when", type: "text" }], rewrite: ({ args: [when = ""] }) => [{ text: when }, { word: "perspectiveAtEx" }] },
    help: "Prints the root of the state after the block at a height (@120), or the whole of a perspective of which eight or more digits are given (@9f2c…), and its height.",
    example: { line: ": try '@7' perspectiveAtEx ;\n' try catch 0= .", prints: "0 " },
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
    code: 553, word: "sendFromEx", effect: "( from to amount -- )", erg: 3_500, takes: ["recipient", "recipient", "amount"], gives: [], access: "write",
    shell: {
      word: "sendfrom",
      params: [{ name: "from", type: "recipient" }, { name: "to", type: "recipient" }, { name: "amount", type: "amount" }],
      rewrite: ({ args: [from = "", to = "", amount = ""] }) => [{ text: from }, { text: to }, { number: amount }, { word: "sendFromEx" }],
    },
    help: "Pays coins of another domain, which lets you by the right `spend` (s) on its file ~/.purse: setfacl -m user:WHO:s .purse. The file must belong to that domain itself.",
    example: { line: "sendfrom ~ ~ 0", prints: "" },
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
    code: 549, word: "contactEx", effect: "( address name -- )", erg: 4_000, takes: ["recipient", "text"], gives: [], access: "write",
    shell: {
      word: "contact",
      params: [{ name: "name", type: "text" }, { name: "address", type: "recipient" }],
      rewrite: ({ args: [name = "", address = ""] }) => [{ text: address }, { text: name }, { word: "contactEx" }],
    },
    help: "Writes down an address, or that of a @nick, under a name that `send` then understands, in ~/.contacts.",
    example: { line: "my-address 'me' contactEx  'me' balanceOf .", prints: "0 " },
  },
  {
    code: 550, word: "ergleft", effect: "( -- )", erg: 200, takes: [], gives: [], access: "show",
    help: "Prints what is left of the free computing of this identity, or where nobody counts it, of this line.",
    example: { line: ": left ergleft ;", prints: "" },
  },
  {
    code: 896, word: "bt", effect: "( -- )", erg: 1_000, takes: [], gives: [], access: "thread",
    help: "Begins recording: what changes state from here on can be committed. Entries and changes that were there before are set aside until at or ct.",
    example: { line: "bt rt vt", prints: "" },
  },
  {
    code: 897, word: "rt", effect: "( -- )", erg: 1_000, takes: [], gives: [], access: "thread",
    help: "Marks the thread ready to commit.",
    example: { line: "bt\nmkdir docs\nrt vt", prints: "'docs' mkdirEx\n" },
  },
  {
    code: 898, word: "at", effect: "( -- )", erg: 200, takes: [], gives: [], access: "thread",
    help: "Aborts: drops what was recorded since bt and its changes; outside of a recording, what was tried since the last commit.",
    example: { line: "bt\nmkdir docs\nat\nls", prints: "" },
  },
  {
    code: 899, word: "vt", effect: "( -- )", erg: 200, takes: [], gives: [], access: "thread",
    help: "Prints the recorded source of this thread.",
    example: { line: "bt\nmkdir docs\nvt", prints: "'docs' mkdirEx\n" },
  },
] as const satisfies readonly HostWordSpec[];

export type HostWordName = (typeof HOST_WORDS)[number]["word"];
