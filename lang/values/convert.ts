import { unreachable } from "../base/assert.ts";
import { fromUtf8, utf8 } from "../base/bytes.ts";
import { FaultError, isFaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { Meter } from "../host.ts";
import type { BytesValue, CellValue, DecimalValue, TextValue, Value, ValueKind } from "../value.ts";
import { bitSize, bytes, decimal, fitsCell, text, whole, type WholeValue } from "./construct.ts";
import { CONVERSIONS, KIND_NAMES } from "./conversion-table.ts";
import { asDecimal, decimalDigits, readPlainNumber, type NumberValue } from "./plain-number.ts";
import { FREE_METER, PRICES, chargeBytes, chargeDigits } from "./prices.ts";
import { showValue } from "./show.ts";
import { chargeGlance } from "./shown-price.ts";

/** What `convert` gives for each kind asked: a whole number that fits a cell is a cell, also when an integer was asked. */
export interface Converted {
  readonly cell: CellValue;
  readonly integer: WholeValue;
  readonly decimal: DecimalValue;
  readonly text: TextValue;
  readonly bytes: BytesValue;
}

/**
 * The entry as the kind that `word` asks for, by the conversion table. Free where the entry is of that
 * kind already; else digits and bytes are charged before they are made.
 * Faults: LANG_WRONG_KIND, LANG_TOO_LARGE.
 */
export function convert<K extends ValueKind>(value: Value, kind: K, word: string, meter?: Meter): Converted[K];
export function convert(value: Value, kind: ValueKind, word: string, meter: Meter = FREE_METER): Value {
  const { rule } = CONVERSIONS[value.kind][kind];
  switch (rule) {
    case "same":
      return value;
    case "widen":
    case "narrow":
      return numberAs(numberOf(value, word, meter), kind) ?? refuse(value, kind, word, meter);
    case "read": {
      const read = value.kind === "text" ? readNumberText(value.value, meter) : undefined;
      return (read && numberAs(read, kind)) ?? refuse(value, kind, word, meter);
    }
    case "print":
      return printed(value, meter);
    case "encode":
      if (value.kind !== "text") return refuse(value, kind, word, meter);
      chargeBytes(meter, value.value.length);
      return bytes(utf8(value.value));
    case "decode":
      if (value.kind !== "bytes") return refuse(value, kind, word, meter);
      chargeBytes(meter, value.value.length);
      return decoded(value) ?? refuse(value, kind, word, meter);
    case "never":
      return refuse(value, kind, word, meter);
    default:
      return unreachable(rule);
  }
}

/**
 * The number that arithmetic sees in an entry: numbers as they are, text as it reads.
 * Faults: LANG_WRONG_KIND for bytes and for text that is no number.
 */
export function numberOf(value: Value, word: string, meter: Meter): NumberValue {
  if (value.kind === "bytes") throw wrongKind(word, KIND_NAMES.decimal, value);
  if (value.kind !== "text") return value;
  const read = readNumberText(value.value, meter);
  if (read === undefined) throw wrongKind(word, KIND_NAMES.decimal, value);
  return read;
}

/** As `numberOf` for text, but undefined when it reads as no number. */
export function readNumberText(content: string, meter: Meter): NumberValue | undefined {
  meter.charge(PRICES.box);
  if (!/^-?[0-9]/.test(content)) return undefined;
  chargeDigits(meter, content.length);
  return readPlainNumber(content);
}

/** The number as the kind asked; undefined where that would lose something. */
function numberAs(number: NumberValue, kind: ValueKind): Value | undefined {
  const { coefficient, scale } = asDecimal(number);
  if (kind === "decimal") return decimal(coefficient, scale);
  if (scale !== 0 || (kind === "cell" && !fitsCell(coefficient))) return undefined;
  return whole(coefficient);
}

function printed(value: Value, meter: Meter): TextValue {
  if (value.kind === "decimal") {
    chargeDigits(meter, Math.ceil(bitSize(value.coefficient) * 0.302) + value.scale);
    return text(decimalDigits(value));
  }
  if (value.kind !== "cell" && value.kind !== "integer") throw wrongKind("text", KIND_NAMES.decimal, value);
  chargeDigits(meter, Math.ceil(bitSize(value.value) * 0.302));
  return text(value.value.toString());
}

function decoded(value: BytesValue): TextValue | undefined {
  try {
    return text(fromUtf8(value.value));
  } catch (error) {
    if (isFaultError(error) && error.fault.code === "LANG_BAD_INPUT") return undefined;
    throw error;
  }
}

function refuse(value: Value, kind: ValueKind, word: string, meter: Meter): never {
  chargeGlance(meter, value); // the fault shows it, and may be caught
  throw wrongKind(word, KIND_NAMES[kind], value);
}

/** The fault of an entry that a word cannot use. `expected` completes "… expected". */
export function wrongKind(word: string, expected: string, found: Value): FaultError<LangFault> {
  return new FaultError<LangFault>({ code: "LANG_WRONG_KIND", word, expected, found: found.kind, shown: showValue(found, 10, 60) });
}
