/**
 * The typed entries of the data stack. A cell is the common case and never boxed; the other four are
 * immutable and live behind a handle. The tag is what linear memory holds beside the 64-bit slot.
 */
export const TAG = { cell: 0, integer: 1, decimal: 2, text: 3, bytes: 4 } as const;
export type Tag = (typeof TAG)[keyof typeof TAG];

/** A signed 64-bit two's complement number; `value` is always within BigInt.asIntN(64). */
export interface CellValue {
  readonly kind: "cell";
  readonly value: bigint;
}
/** An integer of any size, bounded by `LIMITS.integerBits`. Never holds a value a cell could hold by itself. */
export interface IntegerValue {
  readonly kind: "integer";
  readonly value: bigint;
}
/** Exactly `coefficient` / 10^`scale`, scale >= 0. Canonical: no trailing zero in the coefficient while scale > 0. */
export interface DecimalValue {
  readonly kind: "decimal";
  readonly coefficient: bigint;
  readonly scale: number;
}
/** Well-formed Unicode (no lone surrogates). Lengths that users see are in bytes of its UTF-8 form. */
export interface TextValue {
  readonly kind: "text";
  readonly value: string;
}
export interface BytesValue {
  readonly kind: "bytes";
  readonly value: Uint8Array;
}

/** Kinds that take more than a cell. */
export type BoxedValue = IntegerValue | DecimalValue | TextValue | BytesValue;
/** Any entry of a stack. */
export type Value = CellValue | BoxedValue;
/** The name of a kind, as faults and stack effects give it. */
export type ValueKind = Value["kind"];
