import { builtinNames } from "../primitives/table.ts";
import { foldName } from "../words.ts";

/** Names of the words the machine knows by itself, in order. */
export function allBuiltinNames(): string[] {
  return inOrder(builtinNames());
}

/** Names as a reader looks for them: the case of letters does not count. */
export function inOrder(names: readonly string[]): string[] {
  return names.map((name) => ({ name, folded: foldName(name) })).sort((a, b) => (a.folded < b.folded ? -1 : 1)).map(({ name }) => name);
}
