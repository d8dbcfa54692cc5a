import { PROGRAM_WORDS } from "../primitives/program-words.ts";
import type { HostWordSpec } from "../primitives/spec.ts";

/** A program as a file holds it; the page shows it and a test calls it. */
export const SAMPLE_PROGRAM = `#!grid
\\ whoever puts coins in may see how many are his
: mine ( -- coins )  caller kv@ ;
: put  ( -- )        received mine + caller kv! ;
export mine put
`;

/** What `help programs` prints: what a program is, one of them, and the words there are. */
export function programsPage(): string {
  return [
    "A program is a file that others may execute. It runs with the rights of the",
    "file's owner, on a machine of its own: it finds the entries it is given and what",
    "it keeps by key, and nothing else of its caller.",
    "",
    ...SAMPLE_PROGRAM.trimEnd().split("\n").map((line) => `  ${line}`),
    "",
    "  play --with 5 purse put    what a call would do; nothing is kept",
    "  chmod +x purse             from now on others may call it",
    "  call-with 5 purse put      calls it, and pays its owner 5 coins",
    "  call purse mine            leaves what it leaves on your stack",
    "  kept purse                 what it keeps",
    "",
    "A call that fails changes nothing and pays nothing; catch sees it as any fault.",
    "Only the words that a program exports can be called, and none while the program",
    "is being called already, unless it says re-entrant.",
    "",
    ...wrapped("words:", names(), 80),
    "",
  ].join("\n");
}

function wrapped(title: string, names: readonly string[], columns: number): readonly string[] {
  return names.reduce<readonly string[]>((lines, name) => {
    const last = lines.at(-1) ?? "";
    return last.length + 1 + name.length <= columns ? [...lines.slice(0, -1), `${last} ${name}`] : [...lines, `  ${name}`];
  }, [title]);
}

/** As people write them: a stack form only where there is no other. */
function names(): readonly string[] {
  return (PROGRAM_WORDS as readonly HostWordSpec[]).map(({ word, shell }) => shell?.word ?? word);
}
