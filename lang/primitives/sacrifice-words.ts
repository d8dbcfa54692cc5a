import type { HostWordSpec } from "./spec.ts";
import { bits } from "./stack-form.ts";

/** Words about coins that are given up for ever, and what their weight is good for. */
export const SACRIFICE_WORDS = [
  {
    code: 640, word: "burnEx", effect: "( amount -- )", erg: 3_000, takes: ["amount"], gives: [], access: "write",
    shell: { word: "burn", params: [{ name: "amount", type: "amount" }], rewrite: ({ args: [amount = ""] }) => [{ number: amount }, { word: "burnEx" }] },
    help: "Destroys coins of the signer's domain for ever: nobody gets them. What a domain burnt is its weight, which everybody can see; a nick is paid with it.",
    example: { line: "burn 0\nweight", prints: "burnt     0 coins\n" },
  },
  {
    code: 641, word: "weightOf", effect: "( who -- coins )", erg: 500, takes: ["recipient"], gives: ["decimal"], access: "read",
    help: "Puts on the stack how many coins a domain has burnt, used or not.",
    example: { line: "my-address weightOf .", prints: "0 " },
  },
  {
    code: 642, word: "weightEx", effect: "( who flags -- )", erg: 1_000, takes: ["recipient", "cell"], gives: [], access: "show",
    shell: {
      word: "weight",
      params: [{ name: "who", type: "recipient", optional: true }],
      options: [{ flag: "--json", name: "json", help: "one line of JSON, for programs" }],
      rewrite: (call) => [{ text: call.args[0] ?? "~" }, { number: bits(call, { json: 1 }) }, { word: "weightEx" }],
    },
    help: "Prints how many coins a domain has burnt, how many of them have paid for a nick, and its nick; JSON with flag 1. Yours, or that of an address, a contact or a @nick.",
    example: { line: "weight", prints: "burnt     0 coins\n" },
  },
  {
    code: 643, word: "nickEx", effect: "( nick -- )", erg: 5_000, takes: ["text"], gives: [], access: "write",
    shell: {
      word: "nick",
      params: [{ name: "name", type: "text", optional: true }],
      options: [{ flag: "--drop", name: "drop", help: "give the nick up: anybody may take it, and the coins burnt for it stay used" }],
      rewrite: ({ args: [name], options }) => {
        if (options["drop"] !== undefined) return [{ text: name ?? "" }, { word: "dropNickEx" }];
        return name === undefined ? [{ text: "~" }, { number: "0" }, { word: "weightEx" }] : [{ text: name }, { word: "nickEx" }];
      },
    },
    help: "Gives the signer's domain a name that no other has: nick alice, then everybody finds it as @alice. It has 3 to 20 of a-z, 0-9 and -, and costs 1 coin of what the domain burnt and has not used yet. Alone it shows your weight and nick.",
    example: { line: ": try 'alice' nickEx ;\n' try catch 0= .", prints: "0 " },
  },
  {
    code: 644, word: "dropNickEx", effect: "( nick -- )", erg: 5_000, takes: ["text"], gives: [], access: "write",
    help: "Gives up the nick of the signer's domain, which must be the one named unless that is empty: nick --drop. The coins burnt for it stay used.",
    example: { line: ": try '' dropNickEx ;\n' try catch 0= .", prints: "0 " },
  },
] as const satisfies readonly HostWordSpec[];
