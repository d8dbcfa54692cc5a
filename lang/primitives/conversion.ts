import type { PrimitiveRow } from "./row.ts";
export const CONVERSION: readonly PrimitiveRow[] = [];
