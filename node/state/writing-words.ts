import { HOST_WORDS } from "../../lang/primitives/host-words.ts";
import type { HostWordSpec } from "../../lang/primitives/spec.ts";
import { fault } from "./access.ts";
import { LIMITS } from "./limits.ts";

/** Words that a session key can be allowed, by the names users know: a shell word stands for its stack form. */
const WRITING = (HOST_WORDS as readonly HostWordSpec[]).filter(({ access }) => access === "write" || access === "files");

/** Code numbers of names parted by commas or blanks, ascending. Fault: STATE_BAD_SESSION. */
export function wordCodes(text: string): readonly number[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  const codes = [...new Set(names.map(codeOf))].sort((a, b) => a - b);
  if (codes.length > LIMITS.sessionWords) throw fault({ code: "STATE_BAD_SESSION", reason: `a session key has at most ${LIMITS.sessionWords} words` });
  return codes;
}

/** The name under which users know a word. */
export function wordName(code: number): string {
  const spec = WRITING.find((one) => one.code === code);
  return spec?.shell?.word ?? spec?.word ?? `word ${code}`;
}

function codeOf(name: string): number {
  const folded = name.toLowerCase();
  const spec = WRITING.find(({ word, shell }) => word.toLowerCase() === folded || shell?.word.toLowerCase() === folded);
  if (spec === undefined) throw fault({ code: "STATE_BAD_SESSION", reason: `${name.slice(0, 40)} is no word that changes state` });
  return spec.code;
}
