import type { Meter } from "../host.ts";
import type { DecimalValue, Value } from "../value.ts";
import { decimal, powerOfTen } from "../values/construct.ts";
import { numberOf, wrongKind } from "../values/convert.ts";
import { asDecimal, decimalDigits, readPlainNumber, type NumberValue } from "../values/plain-number.ts";

/** One coin is 10^18 base units, the smallest amount the ledger can move. */
const COIN_DECIMALS = 18;

/** No amount is larger: 2^128 base units, far above the supply, so that sums of amounts stay small numbers. */
const MOST_UNITS = 1n << 128n;
const MOST_CHARACTERS = 64;
const EXPECTED = `coins: a number from 0 with at most ${String(COIN_DECIMALS)} digits after the point`;

/**
 * Base units of coins written as decimal digits (`1.5`). Undefined for anything that is not an exact,
 * non-negative amount: more than 18 digits after the point, signs, other notations.
 */
export function parseAmount(text: string): bigint | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const number = readPlainNumber(text);
  return number && unitsOf(asDecimal(number));
}

/** Coins as decimal digits, without needless zeros: 1500000000000000000 units are `1.5`. */
export function formatAmount(units: bigint): string {
  return decimalDigits(fromUnits(units));
}

/** Base units as a decimal entry of coins, which is what programs compute with. */
export function fromUnits(units: bigint): DecimalValue {
  return decimal(units, COIN_DECIMALS);
}

/**
 * Base units of an entry that a word takes as an amount of coins: any number, or text that reads as
 * one. Exact, or refused. Faults: LANG_WRONG_KIND.
 */
export function toUnits(value: Value, word: string, meter: Meter): bigint {
  const units = exactUnits(numberOf(value, word, meter));
  if (units === undefined) throw wrongKind(word, EXPECTED, value);
  return units;
}

/** Base units of a number of coins; undefined where it is no amount. */
export function exactUnits(number: NumberValue): bigint | undefined {
  return unitsOf(asDecimal(number));
}

function unitsOf({ coefficient, scale }: { coefficient: bigint; scale: number }): bigint | undefined {
  if (coefficient < 0n || scale > COIN_DECIMALS || coefficient >= MOST_UNITS) return undefined;
  const units = coefficient * powerOfTen(COIN_DECIMALS - scale);
  return units < MOST_UNITS ? units : undefined;
}
