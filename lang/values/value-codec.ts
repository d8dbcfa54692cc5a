import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../base/rlp-fields.ts";
import { malformed, type RlpItem } from "../base/rlp.ts";
import { TAG, type Value } from "../value.ts";
import { VALUE_LIMITS } from "./limits.ts";

/** Any entry as one canonical RLP item: its tag, then what it holds. Signs stand apart, zero has none. */
export function valueItem(value: Value): RlpItem {
  const tag = numberItem(TAG[value.kind]);
  switch (value.kind) {
    case "cell":
      return [tag, numberItem(BigInt.asUintN(64, value.value))];
    case "integer":
      return [tag, ...signedItems(value.value)];
    case "decimal":
      return [tag, ...signedItems(value.coefficient), numberItem(value.scale)];
    case "text":
      return [tag, textItem(value.value)];
    case "bytes":
      return [tag, value.value];
  }
}

/** Faults: CODEC_MALFORMED, also for a value that has a shorter form (a decimal with a zero at its end, a small integer). */
export function valueFromItem(item: RlpItem | undefined): Value {
  const fields = listField(item, "value");
  const tag = smallField(fields[0], "kind", TAG.bytes);
  switch (tag) {
    case TAG.cell:
      return { kind: "cell", value: BigInt.asIntN(64, numberField(listField(fields, "cell", 2)[1], "cell", 64)) };
    case TAG.integer:
      return integerFrom(listField(fields, "integer", 3));
    case TAG.decimal:
      return decimalFrom(listField(fields, "decimal", 4));
    case TAG.text:
      return { kind: "text", value: textField(listField(fields, "text", 2)[1], "text", VALUE_LIMITS.textBytes) };
    default:
      return { kind: "bytes", value: bytesField(listField(fields, "bytes", 2)[1], "bytes", [], VALUE_LIMITS.bytesLength).slice() };
  }
}

function signedItems(value: bigint): readonly RlpItem[] {
  return [numberItem(value < 0n ? 1 : 0), numberItem(value < 0n ? -value : value)];
}

function signed(sign: RlpItem | undefined, magnitude: RlpItem | undefined): bigint {
  const value = numberField(magnitude, "magnitude", VALUE_LIMITS.integerBits);
  const negative = smallField(sign, "sign", 1) === 1;
  if (negative && value === 0n) malformed("zero has no sign");
  return negative ? -value : value;
}

function integerFrom([, sign, magnitude]: readonly RlpItem[]): Value {
  const value = signed(sign, magnitude);
  if (BigInt.asIntN(64, value) === value) malformed("an integer that a cell holds");
  return { kind: "integer", value };
}

function decimalFrom([, sign, magnitude, scale]: readonly RlpItem[]): Value {
  const coefficient = signed(sign, magnitude);
  const places = smallField(scale, "scale", VALUE_LIMITS.decimalScale);
  if (places > 0 && coefficient % 10n === 0n) malformed("a decimal with a zero at its end");
  return { kind: "decimal", coefficient, scale: places };
}
