import { badProgram } from "./bad-program.ts";

/** Length of the text literal in double quotes that `rest` begins with, quotes included. */
export function textLiteralLength(rest: string): number {
  for (let at = 1; at < rest.length; at += rest[at] === "\\" ? 2 : 1) if (rest[at] === '"') return at + 1;
  return badProgram("text without its closing quote");
}
