import { CELL_OPERATIONS } from "./cell-operations.ts";
import { DATA_SPACE_OPERATIONS } from "./data-space-operations.ts";
import { DOUBLE_OPERATIONS } from "./double-operations.ts";
import { MEMORY_OPERATIONS } from "./memory-operations.ts";
import type { Operation } from "./operation.ts";
import { RETURN_OPERATIONS, STACK_OPERATIONS } from "./stack-operations.ts";
import { codeOf } from "./word-codes.ts";

/** By word, so that a test can hold them against the table. */
export const OPERATIONS: Readonly<Record<string, Operation>> = { ...STACK_OPERATIONS, ...CELL_OPERATIONS, ...RETURN_OPERATIONS, ...MEMORY_OPERATIONS, ...DATA_SPACE_OPERATIONS, ...DOUBLE_OPERATIONS };

const byCode = new Map(Object.entries(OPERATIONS).map(([word, operation]) => [codeOf(word), operation]));

/** Undefined for a word that only the interpreter runs. */
export function operationOf(code: number): Operation | undefined {
  return byCode.get(code);
}

export function isCompiled(code: number): boolean {
  return byCode.has(code);
}
