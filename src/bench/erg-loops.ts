import { arity } from "../../lang/primitives/row.ts";
import type { TableRow } from "../../lang/primitives/table.ts";

/** Times that a loop's body runs the word, so that the loop itself counts little. */
const USES = 4;

/** How large the operands are that a word is measured with. */
export interface OperandSizes {
  readonly bytes: number;
  readonly digits: number;
}

/** What loops find defined: memory to work on, entries of every kind, a word that does nothing. */
export function loopSetUp({ bytes, digits }: OperandSizes): string {
  const long = "7".repeat(digits);
  return `create area 65536 allot  area 65536 char a fill  ${String(bytes)} constant length
: noop ;  '${"a".repeat(bytes)}' constant a-text  ${long} constant whole  ${long}.5 constant exact`;
}

/** Names in stack effects that stand for one entry each, and what a loop gives for them. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/addr/, "area"],
  [/^(u?d\d?)$/, "123456789123 1"],
  [/^(xt\d?)$/, "['] noop"],
  [/^nt$/, "['] dup"],
  [/^wid$/, "forth-wordlist"],
  [/^(text|content|path|string|part|before|after|name)$/, "a-text"],
  [/^(digits|places)$/, "10"],
];

/** The operands that a stack effect asks for, as source; a length after an address, `x` as `any` says. */
function operands(effect: string, any: string): string[] | undefined {
  const [before = ""] = effect.replace(/^\(\s*/, "").split("--");
  const names = before.trim().split(/\s+/).filter((name) => name !== "");
  if (names.some((name) => /["*…<>]/.test(name))) return undefined;
  return names.map((name, index) => {
    if (/^u\d?$/.test(name) && /addr/.test(names[index - 1] ?? "")) return "length";
    const known = BY_NAME.find(([pattern]) => pattern.test(name));
    if (known !== undefined) return known[1];
    return /^[xab]\d?$|^low$|^high$/.test(name) ? any : /^(n|char|flag)\d?$/.test(name) ? "7" : "12345";
  });
}

/** File access: what it costs is the host's work, which examples measure. */
function asksHost(code: number): boolean {
  return code >= 768 && code < 896;
}

/**
 * Source of a word `work` that runs the measured word so many times as it is told to, its results dropped. Undefined
 * if the stack effect does not say what it takes and leaves, or it has no place in a definition.
 */
export function loopSource(row: TableRow, any: string): string | undefined {
  if (row.kind !== "primitive" || row.spec.immediate === true || asksHost(row.spec.code)) return undefined;
  const given = operands(row.spec.effect, any);
  if (given === undefined) return undefined;
  const once = `${given.join(" ")} ${row.spec.word} ${"drop ".repeat(arity(row.spec.effect).gives)}`;
  return `: work ( n -- ) 0 do ${once.repeat(USES)} loop ;`;
}
