import { TAG, type Value } from "../value.ts";
import { decimal, fitsCell } from "../values/construct.ts";
import { VALUE_LIMITS } from "../values/limits.ts";
import { badProgram } from "./bad-program.ts";
import { ByteReader, ByteWriter } from "./byte-stream.ts";

const INTEGER_BITS = VALUE_LIMITS.integerBits + 1;

/** An entry of the stack as bytes: tag, then the value in its one form. */
export function encodeValue(value: Value): Uint8Array {
  const out = new ByteWriter();
  writeValue(out, value);
  return out.finish();
}

/** Reads what `encodeValue` wrote and refuses every other form. Faults: LANG_BAD_PROGRAM. */
export function decodeValue(bytes: Uint8Array): Value {
  const reader = new ByteReader(bytes);
  const value = readValue(reader);
  if (!reader.atEnd) badProgram("bytes after the value");
  return value;
}

/** Appends an entry. */
export function writeValue(out: ByteWriter, value: Value): void {
  out.byte(TAG[value.kind]);
  switch (value.kind) {
    case "cell":
    case "integer":
      return out.signed(value.value);
    case "decimal":
      out.unsigned(value.scale);
      return out.signed(value.coefficient);
    case "text":
      return out.text(value.value);
    case "bytes":
      return out.bytes(value.value);
  }
}

/** A cell without its tag. */
export function readCell(reader: ByteReader): bigint {
  const value = reader.signed(64);
  if (!fitsCell(value)) badProgram("a cell of more than 64 bits");
  return value;
}

/** An entry that is no cell. */
export function readBoxed(reader: ByteReader): Value {
  const value = readValue(reader);
  if (value.kind === "cell") badProgram("a cell has a shorter form");
  return value;
}

/** Any entry. */
export function readValue(reader: ByteReader): Value {
  switch (reader.byte()) {
    case TAG.cell:
      return { kind: "cell", value: readCell(reader) };
    case TAG.integer: {
      const value = reader.signed(INTEGER_BITS);
      if (fitsCell(value)) badProgram("an integer that a cell holds");
      return { kind: "integer", value };
    }
    case TAG.decimal: {
      const scale = reader.small(VALUE_LIMITS.decimalScale, "decimal scale");
      const coefficient = reader.signed(INTEGER_BITS);
      const value = decimal(coefficient, scale);
      if (value.scale !== scale || value.coefficient !== coefficient) badProgram("a decimal with needless zeros");
      return value;
    }
    case TAG.text:
      return { kind: "text", value: reader.text(VALUE_LIMITS.textBytes, "text") };
    case TAG.bytes:
      return { kind: "bytes", value: reader.bytes(VALUE_LIMITS.bytesLength, "bytes") };
    default:
      return badProgram("a value of unknown kind");
  }
}
