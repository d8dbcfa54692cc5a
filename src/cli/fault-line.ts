import type { Fault } from "../../lang/base/fault.ts";
import { renderFault } from "../../shell/render/report.ts";

/** A declared fault as the shell shows it: what happened and what to do. */
export function faultLine(fault: Fault): string {
  return renderFault({ fault, trace: [] });
}
