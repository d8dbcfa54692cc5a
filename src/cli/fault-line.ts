import type { FaultReport } from "../../lang/fault.ts";
import { renderFault } from "../../shell/render/report.ts";

/** A declared fault as the shell shows it: what happened and what to do. */
export function faultLine(fault: FaultReport["fault"]): string {
  return renderFault({ fault, trace: [] });
}

/** The same with the line and a caret, for a fault in a script. */
export function reportText(report: FaultReport): string {
  return renderFault(report);
}
