import type { PrimitiveRow } from "./row.ts";
export const TOOLS: readonly PrimitiveRow[] = [];
