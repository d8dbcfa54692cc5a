import type { PrimitiveRow } from "./row.ts";
export const STRUCTURES: readonly PrimitiveRow[] = [];
