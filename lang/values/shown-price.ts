import type { Meter } from "../host.ts";
import type { Value } from "../value.ts";
import { bitSize } from "./construct.ts";
import { chargeBytes, chargeDigits } from "./prices.ts";
import { showsDigits } from "./show.ts";

/** Bits that a decimal digit stands for, rounded down: the price of a number follows from its size alone, in whatever base. */
const BITS_PER_DIGIT = 3;

/** Before `showValue`, which writes no more than the beginning of what is long. */
export function chargeGlance(meter: Meter, value: Value): void {
  if ((value.kind === "integer" || value.kind === "decimal") && showsDigits(value)) chargeShown(meter, value);
}

/** Before writing a value out in whole. */
export function chargeShown(meter: Meter, value: Value): void {
  switch (value.kind) {
    case "cell":
      return;
    case "integer":
      return chargeDigits(meter, Math.ceil(bitSize(value.value) / BITS_PER_DIGIT));
    case "decimal":
      return chargeDigits(meter, Math.ceil(bitSize(value.coefficient) / BITS_PER_DIGIT) + value.scale);
    default:
      return chargeBytes(meter, value.value.length);
  }
}
