/**
 * Places where compiled code can hand over to the interpreter. A record in the scratch region holds the
 * locals of one function; the site says what the interpreter's stacks are, made of them.
 */
export interface Site {
  /** Where the interpreter goes on: at the instruction itself, or behind a call. */
  readonly ip: number;
  /** ERG that was charged and is to be given back. */
  readonly refund: number;
  /** Loops of which later rounds were paid for: what one round costs is to be given back for each between the two indices, the present one not counted. */
  readonly prepaid: readonly { readonly erg: number; readonly index: RecordSource; readonly end: RecordSource }[];
  /** ERG or room ran out; the interpreter must do this; or the function was waiting for one it had called. */
  readonly reason: "erg" | "operand" | "call";
  /** Data stack of this function, bottom first. */
  readonly data: readonly RecordSource[];
  readonly returns: readonly ReturnSource[];
  /** Cells of the record, the site's number not counted. */
  readonly cells: number;
}

/** A cell of the record, a flag of the record (0 or 1), or a known number. */
export type RecordSource = { readonly kind: "const"; readonly value: bigint } | { readonly kind: "cell" | "flag"; readonly index: number };

/**
 * An entry of the return stack: a value, a call, a frame of so many locals, or the handler of a CATCH whose word took so many
 * entries; `kind` is its tag (layout.ts, FRAME), 0 for a cell.
 */
export type ReturnSource = { readonly kind: number; readonly source: RecordSource } | { readonly kind: number; readonly returnTo: number } | { readonly kind: number; readonly count: number }
  | { readonly kind: number; readonly handler: { readonly returnTo: number; readonly takes: number; readonly in: RecordSource } };
