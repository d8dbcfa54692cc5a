import type { PrimitiveRow } from "./row.ts";
export const STRINGS: readonly PrimitiveRow[] = [];
