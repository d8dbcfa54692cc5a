import type { CodecFault } from "../../lang/base/rlp.ts";
import type { LangFault } from "../../lang/fault.ts";
import { throwNumber as numberOf } from "../../lang/throw-codes.ts";
import type { NodeFault } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { EXPLORER_FAULTS } from "./explorer-faults.ts";
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

/** One row for each code of a union of faults; the row gets the fault with its fields, and what tells the text of a fault within it. */
export type FaultTable<F extends { readonly code: string }> = {
  readonly [C in F["code"]]: (fault: Extract<F, { readonly code: C }>, causeText: (cause: { readonly code: string }) => FaultText) => FaultText;
};

const FAULTS: FaultTable<AnyFault> = { ...LANG_FAULTS, ...EXPLORER_FAULTS, ...NODE_FAULTS, ...SHELL_FAULTS };

/** Text and hint of any declared fault. */
export function faultText(fault: AnyFault): FaultText {
  const row = FAULTS[fault.code] as (fault: AnyFault, causeText: (cause: { readonly code: string }) => FaultText) => FaultText;
  return row(fault, causeText);
}

function causeText(cause: { readonly code: string }): FaultText {
  return isKnownFault(cause) ? faultText(cause) : { text: "a fault without a text", hint: "report this code; it is a mistake of ours" };
}

/** Whether there is a text for its code; another node may be newer. */
export function isKnownFault(fault: { readonly code: string }): fault is AnyFault {
  return Object.hasOwn(FAULTS, fault.code);
}

/** The THROW number under which a program catches a fault of the language. The node's faults share one, which says nothing. */
export function throwNumber(fault: AnyFault): number | undefined {
  if (fault.code === "PROGRAM_FAILED" && fault.cause.code.startsWith("LANG_")) return Number(fault.thrown);
  return fault.code.startsWith("LANG_") ? Number(numberOf(fault)) : undefined;
}
