import { FaultError } from "../../../lang/base/fault.ts";
import type { ProgramFault } from "../../fault.ts";

/** A refusal that has to do with programs, ready to be thrown. */
export function programFault(of: ProgramFault): FaultError<ProgramFault> {
  return new FaultError<ProgramFault>(of);
}
