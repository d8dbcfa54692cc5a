import { builtinNames } from "../primitives/table.ts";

/** Names of the words the machine knows by itself, in order. */
export function allBuiltinNames(): string[] {
  return [...builtinNames()].sort();
}
