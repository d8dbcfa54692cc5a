import { FaultError } from "../../lang/base/fault.ts";
import type { ShellFault } from "../fault.ts";
import { armoured } from "../render/armour.ts";
import type { Command } from "./command.ts";

/**
 * Writes one file that proves what stands at a path, or that nothing does, or what a program keeps: raw into a pipe, as lines of text at a
 * terminal. `grid verify` reads both.
 */
export const prove: Command = {
  word: "prove",
  params: [{ name: "path", type: "path" }, { name: "key", type: "text", optional: true }],
  options: [{ flag: "--height", name: "height", value: "cell", help: "how it stood after the block at that height, instead of the newest" }],
  help: "Writes a file that proves what stands at a path, or that nothing does, what the program there keeps under a key, or whose a @nick is: ssh … 'prove docs/a' > a.proof, then grid verify a.proof.",
  example: "prove ~/docs",
  run: async ({ args: [path = "", key], options: { height } }, { node, thread, console, terminal }) => {
    const proof = await node.prove(thread, { path, ...(key === undefined ? {} : { key }) }, height === undefined ? undefined : heightOf(String(height)));
    if (terminal === undefined) console.program(proof);
    else console.say(armoured(proof));
  },
};

function heightOf(text: string): bigint {
  if (/^[0-9]{1,19}$/.test(text)) return BigInt(text);
  throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word: "prove", expected: "the height of a block", found: text.slice(0, 20) });
}
