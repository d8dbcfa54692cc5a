import type { PrimitiveRow } from "./row.ts";
export const TERMINAL: readonly PrimitiveRow[] = [];
