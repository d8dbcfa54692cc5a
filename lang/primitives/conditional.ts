import type { PrimitiveRow } from "./row.ts";
export const CONDITIONAL: readonly PrimitiveRow[] = [];
