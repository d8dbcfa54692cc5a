import { assert } from "../../lang/base/assert.ts";
import { utf8 } from "../../lang/base/bytes.ts";
import type { Value } from "../../lang/value.ts";

/** Readers for the arguments of host words. The machine has converted them to the kinds of the word's row; these only take them apart. */

/** A text entry. */
export function textArg(args: readonly Value[], index: number): string {
  const value = args[index];
  assert(value?.kind === "text", "the row asks for text");
  return value.value;
}

/** A cell, signed. */
export function cellArg(args: readonly Value[], index: number): bigint {
  const value = args[index];
  assert(value?.kind === "cell", "the row asks for a cell");
  return value.value;
}

/** Bytes of text or bytes. */
export function contentArg(args: readonly Value[], index: number): Uint8Array {
  const value = args[index];
  assert(value?.kind === "text" || value?.kind === "bytes", "the row asks for content");
  return value.kind === "text" ? utf8(value.value) : value.value;
}

/** Base units: a cell when they fit one, else a big integer. */
export function amountArg(args: readonly Value[], index: number): bigint {
  const value = args[index];
  assert(value?.kind === "cell" || value?.kind === "integer", "the row asks for an amount");
  return value.value;
}
