import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";

/** Refuses a program that is not in its one form, or not a program at all. */
export function badProgram(reason: string): never {
  throw new FaultError<LangFault>({ code: "LANG_BAD_PROGRAM", reason });
}
