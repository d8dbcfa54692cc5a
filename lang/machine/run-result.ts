import type { FaultReport, LangFault } from "../fault.ts";
import type { ShellForm, ShellOption, ShellParam } from "../primitives/spec.ts";

/**
 * A word that the session runs itself, on its own time (R8): it stands last on its line and never in a
 * definition. The machine knows its name and signature only.
 */
export interface OutsideWordSpec {
  readonly word: string;
  readonly params: readonly ShellParam[];
  readonly options?: readonly ShellOption[];
  readonly redirect?: boolean;
  readonly help: string;
  /** Source that runs in a new session of a funded user, lines parted by \n. Tested. */
  readonly example: string;
}

export interface OutsideCall {
  readonly word: string;
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | true>>;
  /** The lines after this one, not yet run. */
  readonly rest: string;
}

/** The signature as the command-line parser takes it; an outside word has no stack form. */
export function outsideForm(spec: OutsideWordSpec): ShellForm {
  return { word: spec.word, params: spec.params, options: spec.options ?? [], redirect: spec.redirect ?? false, rewrite: () => [] };
}

/** What a machine waits for. */
export type Waiting =
  /**
   * `event`: EKEY waits. All bytes that one key sends may come together, and should. `debugger`: the key tells
   * the debugger how to go on, with code or with source.
   */
  | { readonly for: "key"; readonly event?: true; readonly debugger?: "code" | "text" }
  | { readonly for: "line"; readonly limitBytes: number }
  | { readonly for: "time"; readonly ms: number };

/** What came of a run. All but `waiting` end it; ERG used is what this run used so far. */
export type RunResult =
  | { readonly kind: "done"; readonly ergUsed: number }
  | { readonly kind: "fault"; readonly report: FaultReport<LangFault | { readonly code: string }>; readonly ergUsed: number }
  | ({ readonly kind: "outside"; readonly ergUsed: number } & OutsideCall)
  | { readonly kind: "waiting"; readonly waiting: Waiting; readonly ergUsed: number }
  | { readonly kind: "exit"; readonly code: number; readonly ergUsed: number };
