import type { PrimitiveRow } from "./row.ts";
export const TEXT: readonly PrimitiveRow[] = [];
