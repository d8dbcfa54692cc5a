import type { PrimitiveRow } from "./row.ts";
export const CHARACTERS: readonly PrimitiveRow[] = [];
