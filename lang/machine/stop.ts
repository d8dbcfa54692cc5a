import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { OutsideCall, Waiting } from "./run-result.ts";

/** How control came out of the run loop other than by going on. */
export type Stop =
  | { readonly kind: "waiting"; readonly waiting: Waiting }
  | { readonly kind: "outside"; readonly call: OutsideCall }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "quit" };

/** Stops a program from outside; no CATCH sees it. */
export class Interrupted extends FaultError<LangFault> {
  constructor() {
    super({ code: "LANG_ABORT", message: "interrupted" });
  }
}
