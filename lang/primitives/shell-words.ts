import type { ShellForm } from "./spec.ts";
import { each } from "./stack-form.ts";

/** A shell word without a stack form of its own: it is rewritten to words of other families. */
export interface ShellWordSpec {
  readonly shell: ShellForm;
  readonly help: string;
  readonly example: { readonly line: string; readonly prints: string };
}

export const SHELL_WORDS: readonly ShellWordSpec[] = [
  {
    shell: {
      word: "words",
      params: [{ name: "part", type: "text", optional: true }],
      rewrite: ({ args: [part = ""] }) => [{ text: part }, { word: "wordsLike" }],
    },
    help: "Lists words: yours, those of the shell, those of the language; with a parameter those that have it in their name.",
    example: { line: "words 2rot", prints: "language:\n  2rot\n" },
  },
  {
    shell: {
      word: "echo",
      params: [{ name: "text", type: "text", optional: true, repeat: true }],
      redirect: true,
      rewrite: ({ args, redirect }) => {
        const line = { text: `${args.join(" ")}\n` };
        if (redirect === undefined) return [line, { word: "type" }];
        return [line, { text: redirect.path }, { word: redirect.append ? "appendEx" : "writeEx" }];
      },
    },
    help: "Prints its parameters and a newline, or writes them to a file (>) or its end (>>).",
    example: { line: "echo hi there", prints: "hi there\n" },
  },
  {
    shell: { word: "more", params: [{ name: "path", type: "path", repeat: true }], rewrite: (call) => each(call, "lessEx") },
    help: "The same as less.",
    example: { line: "echo hi > a\nmore a", prints: "hi\n" },
  },
];
