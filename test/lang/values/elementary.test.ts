import { Decimal } from "decimal.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import type { Meter } from "../../../lang/host.ts";
import { elementary, type FunctionName } from "../../../lang/values/functions/elementary.ts";
import { decimalDigits, readPlainNumber, type NumberValue } from "../../../lang/values/plain-number.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { makeRandom } from "../random.ts";

function number(text: string): NumberValue {
  const value = readPlainNumber(text);
  if (value === undefined) throw new Error(`${text} is no number`);
  return value;
}
const compute = (name: FunctionName, text: string, digits?: number) => decimalDigits(elementary(name, number(text), FREE_METER, digits));

/** decimal.js rounds the last digit of these reliably when it works with 30 digits more than are compared. */
function oracle(name: FunctionName, text: string, digits: number): string {
  const Wide = Decimal.clone({ precision: digits + 30, toExpNeg: -9e15, toExpPos: 9e15, rounding: Decimal.ROUND_HALF_EVEN });
  return new Wide(text)[name]().toSignificantDigits(digits, Decimal.ROUND_HALF_EVEN).toFixed();
}

test("published constants come out digit for digit", () => {
  assert.is(compute("exp", "1", 50), "2.7182818284590452353602874713526624977572470937");
  assert.is(compute("ln", "2", 50), "0.69314718055994530941723212145817656807550013436026");
  assert.is(compute("ln", "10", 40), "2.302585092994045684017991454684364207601");
  assert.is(compute("sqrt", "2", 50), "1.4142135623730950488016887242096980785696718753769");
  assert.is(compute("sin", "1", 40), "0.8414709848078965066525023216302989996226");
  assert.is(compute("cos", "1", 40), "0.5403023058681397174009366074429766037323");
  assert.is(decimalDigits(elementary("atan", number("1"), FREE_METER, 40)), "0.7853981633974483096156608458198757210493");
});

test("results agree with decimal.js at every precision tried", () => {
  const random = makeRandom(11);
  const names: FunctionName[] = ["sqrt", "exp", "ln", "sin", "cos", "atan"];
  for (let round = 0; round < 400; round += 1) {
    const name = names[round % names.length] ?? "sqrt";
    const digits = 1 + random(60);
    const scale = random(25);
    let text = `${random(2) === 0 && name !== "sqrt" && name !== "ln" ? "-" : ""}${random(1_000)}.${"0".repeat(scale)}${1 + random(1_000_000)}`;
    if (round % 7 === 0) text = text.slice(0, text.indexOf("."));
    if (Number(text) === 0) continue;
    assert.is(compute(name, text, digits), oracle(name, text, digits), `${name} ${text} to ${digits} digits`);
  }
});

test("arguments far out keep their last digit", () => {
  assert.is(compute("sin", `1${"0".repeat(100)}`, 34), oracle("sin", `1${"0".repeat(100)}`, 34));
  assert.is(compute("sin", "3.14159265358979323846264338327950288419716939937510", 20), `0.${"0".repeat(50)}58209749445923078164`);
  assert.is(compute("cos", `0.${"0".repeat(900)}1`), "1");
  assert.is(compute("exp", "4000", 5), oracle("exp", "4000", 5));
  assert.is(compute("exp", "-4000", 5), oracle("exp", "-4000", 5));
  assert.is(compute("ln", `1.${"0".repeat(60)}1`, 10), `0.${"0".repeat(60)}1`);
  assert.is(compute("atan", `1${"0".repeat(50)}`, 34), "1.570796326794896619231321691639751");
});

test("a result that lies next to a tie is rounded to the right side", () => {
  // e^x for x = ln(1.05) cut after 60 digits lies just below 1.05: at two digits only many bits can tell.
  const below = compute("ln", "1.05", 80).slice(0, 62);
  assert.is(compute("exp", below, 2), "1");
  assert.is(compute("exp", `${below}9999`, 2), "1.1");
});

test("square roots are exact where they can be, and a tie goes to the even digit", () => {
  assert.is(compute("sqrt", "0.0625"), "0.25");
  assert.is(compute("sqrt", "152399025", 34), "12345");
  assert.is(compute("sqrt", "6.25", 1), "2");
  assert.is(compute("sqrt", "12.25", 1), "4");
  assert.is(compute("sqrt", "0"), "0");
  assert.is(compute("sqrt", "0.0000000000000001", 34), "0.00000001");
});

test("what has no result is a declared fault", () => {
  const code = (name: FunctionName, text: string, digits?: number): string => {
    try {
      compute(name, text, digits);
      return "none";
    } catch (error) {
      if (isFaultError(error)) return error.fault.code;
      throw error;
    }
  };
  assert.is(code("sqrt", "-1"), "LANG_RESULT_RANGE");
  assert.is(code("ln", "0"), "LANG_RESULT_RANGE");
  assert.is(code("ln", "-2"), "LANG_RESULT_RANGE");
  assert.is(code("exp", "5000"), "LANG_RESULT_RANGE");
  assert.is(code("sin", `1${"0".repeat(2_001)}`), "LANG_RESULT_RANGE");
  assert.is(code("sin", "1", 1_001), "LANG_TOO_LARGE");
  assert.is(code("sin", "1", 0), "LANG_TOO_LARGE");
});

test("the price grows with the digits and is the same every time", () => {
  const price = (digits: number): number => {
    let spent = 0;
    const meter: Meter = { charge: (erg) => void (spent += erg), ergLeft: 1e12 };
    elementary("exp", number("1.25"), meter, digits);
    return spent;
  };
  assert.ok(price(34) < price(100) && price(100) < price(1_000));
  assert.is(price(34), price(34));
});

test.run();
