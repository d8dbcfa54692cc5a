import type { PrimitiveRow } from "./row.ts";
export const ALLOCATION: readonly PrimitiveRow[] = [];
