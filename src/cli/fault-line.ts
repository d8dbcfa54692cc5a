import type { Fault } from "../../lang/base/fault.ts";

/** A declared fault in one line and a hint, as the shell shows it. */
export function faultLine(fault: Fault): string {
  return `grid: ${fault.code}\n`;
}
