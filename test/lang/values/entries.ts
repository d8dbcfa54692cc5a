import { utf8 } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { readNumber } from "../../../lang/numbers/read-number.ts";
import type { Value } from "../../../lang/value.ts";

/** An entry written briefly: a number token, `"text"`, or `x:` and text for its bytes. */
export function entry(source: string): Value {
  if (source.startsWith('"')) return { kind: "text", value: source.slice(1, -1) };
  if (source.startsWith("x:")) return { kind: "bytes", value: utf8(source.slice(2)) };
  const number = readNumber(source, 10);
  if (number?.kind !== "single") throw new Error(`${source} is no entry`);
  return number.value;
}

/** One entry of each kind, all of them readable as a number where a kind can be. */
export const SAMPLES = {
  cell: entry("7"),
  integer: entry("123456789012345678901234567890"),
  decimal: entry("2.5"),
  text: entry('"12"'),
  bytes: entry("x:7"),
} as const;

/** The code of the fault that `run` ends with; "none" when it ends well. Other errors pass. */
export function faultCode(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
}
