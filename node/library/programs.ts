import { readFileSync } from "node:fs";

/** Programs that ship beside the stdlib, for people to put into a domain of theirs. */
const INSTALLED = new URL("../../stdlib/programs/", import.meta.url);

/** Alphabetical; what each does in a line. */
export const SHIPPED_PROGRAMS = [
  { name: "poll", about: "a question that holders of the vote right answer once each; enough yes can grant a right" },
] as const;

/** Source of a shipped program; undefined if there is none of that name, or its file is gone. */
export function shippedProgram(name: string): string | undefined {
  if (!SHIPPED_PROGRAMS.some((program) => program.name === name)) return undefined;
  try {
    return readFileSync(new URL(`${name}.gs`, INSTALLED), "utf8");
  } catch {
    return undefined;
  }
}
