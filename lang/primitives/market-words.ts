import type { HostWordSpec } from "./spec.ts";
import { each } from "./stack-form.ts";

/** Words about what a file says of itself, and about selling it. */
export const MARKET_WORDS = [
  {
    code: 570, word: "setmetaEx", effect: "( path key value -- )", erg: 2_000, takes: ["path", "text", "text"], gives: [], access: "write",
    shell: {
      word: "setmeta",
      params: [{ name: "path", type: "path" }, { name: "key", type: "text" }, { name: "value", type: "text" }],
      rewrite: ({ args }) => [...args.map((text) => ({ text })), { word: "setmetaEx" }],
    },
    help: "Sets metadata of an entry: name, description, uri, preview, icon, legal (reproduce,sell,commercial,distribute,display,perform,derive,license) or a name of your own; an empty value takes it away.",
    example: { line: "touch art\nsetmeta art name Dawn\ngetmeta art", prints: "name         Dawn\n" },
  },
  {
    code: 571, word: "getmetaEx", effect: "( path -- )", erg: 1_000, takes: ["path"], gives: [], access: "show",
    shell: { word: "getmeta", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "getmetaEx") },
    help: "Prints the metadata of an entry, and its price if it is for sale.",
    example: { line: "touch art\noffer art 2.5\ngetmeta art", prints: "offer        2.5 coins, to anybody\n" },
  },
  {
    code: 572, word: "metaEx", effect: "( path key -- text )", erg: 1_000, takes: ["path", "text"], gives: ["text"], access: "read",
    help: "Puts one piece of metadata on the stack; empty text when it is not set.",
    example: { line: "touch art\nsetmeta art artist Ann\n'art' 'artist' metaEx type", prints: "Ann" },
  },
  {
    code: 573, word: "offerEx", effect: "( path amount -- )", erg: 2_000, takes: ["path", "amount"], gives: [], access: "write",
    shell: {
      word: "offer",
      params: [{ name: "path", type: "path" }, { name: "amount", type: "amount" }, { name: "who", type: "recipient", optional: true }],
      rewrite: ({ args: [path = "", amount = "", who] }) =>
        who === undefined ? [{ text: path }, { number: amount }, { word: "offerEx" }] : [{ text: path }, { number: amount }, { text: who }, { word: "offerToEx" }],
    },
    help: "Offers a file at a price: whoever buys it pays and owns it, in one package. A change of its content ends the offer.",
    example: { line: "touch art\noffer art 0\nbuy art 0\ngetmeta art", prints: "" },
  },
  {
    code: 574, word: "offerToEx", effect: "( path amount who -- )", erg: 2_000, takes: ["path", "amount", "recipient"], gives: [], access: "write",
    help: "Offers a file at a price to one domain alone.",
    example: { line: "touch art\noffer art 1 ~\ngetmeta art", prints: "offer        1 coin, to grid1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqt7t0u7\n" },
  },
  {
    code: 575, word: "withdrawEx", effect: "( path -- )", erg: 2_000, takes: ["path"], gives: [], access: "write",
    shell: { word: "withdraw", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "withdrawEx") },
    help: "Ends the offer of a file.",
    example: { line: "touch art\noffer art 1\nwithdraw art\ngetmeta art", prints: "" },
  },
  {
    code: 576, word: "buyEx", effect: "( path amount -- )", erg: 4_000, takes: ["path", "amount"], gives: [], access: "write",
    shell: {
      word: "buy",
      params: [{ name: "path", type: "path" }, { name: "amount", type: "amount" }],
      rewrite: ({ args: [path = "", amount = ""] }) => [{ text: path }, { number: amount }, { word: "buyEx" }],
    },
    help: "Pays the price of an offered file and takes it: both happen or neither. The amount must be the price. Then mv takes it home.",
    example: { line: "touch art\noffer art 0\nbuy art 0\nls", prints: "art\n" },
  },
] as const satisfies readonly HostWordSpec[];
