import type { PrimitiveRow } from "./row.ts";
export const SEARCH_ORDER: readonly PrimitiveRow[] = [];
