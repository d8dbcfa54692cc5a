import type { CodecFault } from "../../lang/base/rlp.ts";
import type { LangFault } from "../../lang/fault.ts";
import type { NodeFault } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { LANG_FAULTS } from "./lang-faults.ts";
import { NODE_FAULTS } from "./node-faults.ts";
import { SHELL_FAULTS } from "./shell-faults.ts";

/** Every declared fault. A code that has no row in one of the tables does not compile. */
export type AnyFault = LangFault | CodecFault | NodeFault | ShellFault;

/** What happened, in one sentence without a full stop, and what to do about it. */
export interface FaultText {
  readonly text: string;
  readonly hint: string;
}

/** One row for each code of a union of faults; the row gets the fault with its fields. */
export type FaultTable<F extends { readonly code: string }> = {
  readonly [C in F["code"]]: (fault: Extract<F, { readonly code: C }>) => FaultText;
};

const FAULTS: FaultTable<AnyFault> = { ...LANG_FAULTS, ...NODE_FAULTS, ...SHELL_FAULTS };

/** Text and hint of any declared fault. */
export function faultText(fault: AnyFault): FaultText {
  const row = FAULTS[fault.code] as (fault: AnyFault) => FaultText;
  return row(fault);
}

export function isKnownFault(fault: { readonly code: string }): fault is AnyFault {
  return Object.hasOwn(FAULTS, fault.code);
}

/** The Forth-2012 THROW number (table 9.1) that a program catches for this fault, if it has one. */
export function throwNumber(fault: AnyFault): number | undefined {
  return fault.code === "LANG_THROW" ? fault.number : THROW_NUMBERS[fault.code];
}

const THROW_NUMBERS: Readonly<Partial<Record<AnyFault["code"], number>>> = {
  LANG_ABORT: -2,
  LANG_OVERFLOW: -3,
  LANG_UNDERFLOW: -4,
  LANG_RETURN_UNDERFLOW: -6,
  LANG_MEMORY_FULL: -8,
  LANG_BAD_ADDRESS: -9,
  LANG_DIVIDE_BY_ZERO: -10,
  LANG_RESULT_RANGE: -11,
  LANG_WRONG_KIND: -12,
  LANG_UNKNOWN_WORD: -13,
  LANG_COMPILE_ONLY: -14,
  LANG_MISSING_NAME: -16,
  LANG_UNBALANCED: -22,
};
