import type { FunctionWriter } from "./function-writer.ts";
import type { Item } from "./items.ts";
import type { ModuleContext } from "./module-context.ts";

/**
 * What compiled code does for a word of the table, given cells. The answer must be that of the word's row;
 * where only cells of some values are easy, a guard leaves the others to the interpreter.
 */
export interface Operation {
  readonly takes: number;
  readonly gives: number;
  write(writer: FunctionWriter, ip: number, module: ModuleContext): void;
}

/** A known number; wraps to a cell. */
export function known(value: bigint): Item {
  return { kind: "const", value: BigInt.asIntN(64, value) };
}
