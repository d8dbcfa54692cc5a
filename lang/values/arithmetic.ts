import { unreachable } from "../base/assert.ts";
import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { Meter } from "../host.ts";
import type { Value } from "../value.ts";
import { bitSize, cell, decimal, whole } from "./construct.ts";
import { PROMOTION } from "./conversion-table.ts";
import { numberOf } from "./convert.ts";
import { roundedQuotient } from "./decimal-rounding.ts";
import { VALUE_LIMITS } from "./limits.ts";
import { align, asDecimal, type NumberValue } from "./plain-number.ts";
import { chargeDigits, chargeLinear, chargeProduct } from "./prices.ts";

/** The operators that work on any two numbers. `word` in faults is the operator itself. */
export type BinaryOperator = "+" | "-" | "*" | "/" | "mod";
export type UnaryOperator = "negate" | "abs";

/**
 * Arithmetic on two entries of which at least one is not a cell (two cells wrap in the machine itself
 * and give the same here). The kind of the result is the promotion table's. `+ - *` are exact.
 * `/` of whole numbers is floored, as on cells; with a decimal it is rounded half to even to `digits`
 * significant digits. `mod` has the sign of the divisor and `a = b * floor(a / b) + a mod b` exactly.
 * Faults: LANG_WRONG_KIND, LANG_DIVIDE_BY_ZERO, LANG_TOO_LARGE.
 */
export function binary(operator: BinaryOperator, a: Value, b: Value, meter: Meter, digits: number = VALUE_LIMITS.defaultDigits): NumberValue {
  const left = numberOf(a, operator, meter);
  const right = numberOf(b, operator, meter);
  const kind = PROMOTION[left.kind][right.kind];
  if (kind === "decimal") return decimalBinary(operator, left, right, meter, digits);
  const result = wholeBinary(operator, asDecimal(left).coefficient, asDecimal(right).coefficient, meter);
  return kind === "cell" ? cell(result) : whole(result);
}

/** `negate` or `abs` of any number, in its own kind; a cell wraps. Faults: LANG_WRONG_KIND. */
export function unary(operator: UnaryOperator, a: Value, meter: Meter): NumberValue {
  const number = numberOf(a, operator, meter);
  const { coefficient, scale } = asDecimal(number);
  const bits = bitSize(coefficient);
  chargeLinear(meter, bits, 0);
  const result = operator === "negate" || coefficient < 0n ? -coefficient : coefficient;
  if (number.kind === "decimal") return decimal(result, scale);
  return number.kind === "cell" ? cell(result) : whole(result);
}

function wholeBinary(operator: BinaryOperator, left: bigint, right: bigint, meter: Meter): bigint {
  const leftBits = bitSize(left);
  const rightBits = bitSize(right);
  switch (operator) {
    case "+":
      chargeLinear(meter, leftBits, rightBits);
      return left + right;
    case "-":
      chargeLinear(meter, leftBits, rightBits);
      return left - right;
    case "*":
      chargeProduct(meter, leftBits, rightBits);
      return left * right;
    case "/":
    case "mod":
      if (right === 0n) throw new FaultError<LangFault>({ code: "LANG_DIVIDE_BY_ZERO", word: operator });
      chargeProduct(meter, Math.max(leftBits - rightBits, 64), rightBits);
      return operator === "/" ? floorDivide(left, right) : floorModulo(left, right);
    default:
      return unreachable(operator);
  }
}

function decimalBinary(operator: BinaryOperator, left: NumberValue, right: NumberValue, meter: Meter, digits: number): NumberValue {
  const a = asDecimal(left);
  const b = asDecimal(right);
  if (operator === "*") return decimal(wholeBinary("*", a.coefficient, b.coefficient, meter), a.scale + b.scale);
  if (operator === "/") {
    if (b.coefficient === 0n) throw new FaultError<LangFault>({ code: "LANG_DIVIDE_BY_ZERO", word: operator });
    const width = bitSize(a.coefficient) + bitSize(b.coefficient) + digits * 4;
    chargeProduct(meter, width, width);
    chargeDigits(meter, digits);
    // A quotient much larger than one is written out in full: 1 / 1e-65536 has 65,536 zeros.
    if (b.scale > a.scale) chargeProduct(meter, (b.scale - a.scale) * 4, (b.scale - a.scale) * 4);
    return roundedQuotient(a, b, digits);
  }
  chargeAlign(meter, left, right);
  const aligned = align(left, right);
  return decimal(wholeBinary(operator, aligned.left, aligned.right, meter), aligned.scale);
}

/** The price of bringing two numbers to one scale: the multiplication by a power of ten. */
export function chargeAlign(meter: Meter, left: NumberValue, right: NumberValue): void {
  const a = asDecimal(left);
  const b = asDecimal(right);
  if (a.scale === b.scale) return;
  const scaled = a.scale < b.scale ? a : b;
  const power = Math.abs(a.scale - b.scale) * 4;
  chargeProduct(meter, Math.max(bitSize(scaled.coefficient), power), power);
}

/** Rounded towards minus infinity, as this Forth's `/` on cells. The divisor is not zero. */
export function floorDivide(left: bigint, right: bigint): bigint {
  const quotient = left / right;
  return left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient;
}

/** Has the sign of the divisor, which is not zero. */
function floorModulo(left: bigint, right: bigint): bigint {
  const rest = left % right;
  return rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest;
}
