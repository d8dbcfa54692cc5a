/**
 * An open control structure. `orig`: a branch forward whose target is to come (`at` is its operand);
 * `dest`: a place to branch back to; `do`: a counted loop's body, with the branches that leave it;
 * `case`: the bottom of a CASE.
 */
export interface ControlItem {
  readonly kind: "orig" | "dest" | "do" | "case";
  readonly at: number;
  readonly leaves: number[];
  /** The word that opened it, for messages. */
  readonly word: string;
}

/** Kinds that CS-PICK and CS-ROLL may not move nor pass. */
export const FIXED_KINDS: ReadonlySet<ControlItem["kind"]> = new Set(["do", "case"]);
