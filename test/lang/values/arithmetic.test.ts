import { Decimal } from "decimal.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { binary, unary, type BinaryOperator } from "../../../lang/values/arithmetic.ts";
import { PROMOTION } from "../../../lang/values/conversion-table.ts";
import { decimal } from "../../../lang/values/construct.ts";
import { VALUE_LIMITS } from "../../../lang/values/limits.ts";
import { decimalDigits } from "../../../lang/values/plain-number.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { showValue } from "../../../lang/values/show.ts";
import { makeRandom } from "../random.ts";
import { SAMPLES, entry, faultCode } from "./entries.ts";

const OPERATORS: BinaryOperator[] = ["+", "-", "*", "/", "mod"];
const run = (a: string, operator: BinaryOperator, b: string): string => showValue(binary(operator, entry(a), entry(b), FREE_METER), 10, 200);

test("sums that binary floats get wrong are exact", () => {
  assert.is(run("0.1", "+", "0.2"), "0.3");
  assert.is(run("0.3", "-", "0.1"), "0.2");
  assert.is(run("1.1", "*", "1.1"), "1.21");
  assert.is(run("0.5", "+", "0.5"), "1.0");
});

test("text counts as the number it reads as", () => {
  assert.is(run("5", "+", '"7"'), "12");
  assert.is(run('"0.5"', "*", '"4"'), "2.0");
  assert.is(run('"123456789012345678901234567890"', "-", "1"), "123456789012345678901234567889");
});

test("the kind of every result is the promotion table's, for every pair of kinds and operator", () => {
  for (const [leftKind, left] of Object.entries(SAMPLES)) {
    for (const [rightKind, right] of Object.entries(SAMPLES)) {
      for (const operator of OPERATORS) {
        const what = `${leftKind} ${rightKind} ${operator}`;
        if (leftKind === "bytes" || rightKind === "bytes") {
          assert.is(faultCode(() => binary(operator, left, right, FREE_METER)), "LANG_WRONG_KIND", what);
          continue;
        }
        const numeric = (kind: string) => (kind === "text" ? "cell" : kind) as keyof typeof PROMOTION;
        const result = binary(operator, left, right, FREE_METER);
        const promised = PROMOTION[numeric(leftKind)][numeric(rightKind)];
        // An integer result that fits a cell is a cell.
        assert.ok(result.kind === promised || (promised === "integer" && result.kind === "cell"), what);
      }
    }
  }
});

test("an integer comes back as a cell as soon as it fits one, and two cells wrap", () => {
  assert.equal(binary("-", entry("9223372036854775808"), entry("1"), FREE_METER), { kind: "cell", value: 9223372036854775807n });
  assert.equal(binary("+", entry("9223372036854775807"), entry("1"), FREE_METER), { kind: "cell", value: -9223372036854775808n });
  assert.equal(unary("negate", entry("9223372036854775808"), FREE_METER), { kind: "cell", value: -9223372036854775808n });
  assert.equal(unary("abs", entry("-2.50"), FREE_METER), { kind: "decimal", coefficient: 25n, scale: 1 });
});

test("2^4096 is exact", () => {
  let power = entry("2");
  for (let step = 0; step < 12; step += 1) power = binary("*", power.kind === "cell" ? { kind: "integer", value: power.value } : power, power, FREE_METER);
  assert.is(power.kind === "integer" && power.value, 1n << 4096n);
});

test("whole division is floored; a remainder has the sign of the divisor", () => {
  for (const [a, b, quotient, rest] of [
    ["7.0", "2", "3.5", "1.0"],
    ["-7.5", "2", "-3.75", "0.5"],
    ["7.5", "-2", "-3.75", "-0.5"],
    ["-100000000000000000000", "3", "-33333333333333333334", "2"],
    ["100000000000000000000", "-3", "-33333333333333333334", "-2"],
  ] as const) {
    assert.is(run(a, "/", b), quotient);
    assert.is(run(a, "mod", b), rest);
  }
});

test("quotients have 34 significant digits, a tie going to the even one", () => {
  assert.is(run("1", "/", "3.0"), "0.3333333333333333333333333333333333");
  assert.is(run("2.0", "/", "-3"), "-0.6666666666666666666666666666666667");
  const short = (a: string, b: string, digits: number) => showValue(binary("/", entry(a), entry(b), FREE_METER, digits));
  assert.is(short("12.5", "1.0", 2), "12.0");
  assert.is(short("13.5", "1.0", 2), "14.0");
  assert.is(short("99.95", "1.0", 3), "100.0");
});

test("division by zero and entries that are no number are declared faults", () => {
  for (const zero of ["0", "0.0", '"0"']) {
    for (const operator of ["/", "mod"] as const) assert.is(faultCode(() => run("1.5", operator, zero)), "LANG_DIVIDE_BY_ZERO");
  }
  assert.is(faultCode(() => run("5", "+", '"seven"')), "LANG_WRONG_KIND");
  assert.is(faultCode(() => run("5", "+", '" 7"')), "LANG_WRONG_KIND");
  assert.is(faultCode(() => run("5", "+", "x:7")), "LANG_WRONG_KIND");
});

test("results agree with decimal.js", () => {
  const Wide = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -9e15, toExpPos: 9e15, modulo: Decimal.ROUND_FLOOR });
  const Exact = Wide.clone({ precision: 400 });
  const random = makeRandom(21);
  const digits = () => `${random(2) === 0 ? "-" : ""}${random(2_000_000)}${random(2_000_000)}.${random(1_000_000)}1`;
  for (let round = 0; round < 500; round += 1) {
    const [a, b] = [digits(), digits()];
    const ours = (operator: BinaryOperator) => run(a, operator, b).replace(/\.0$/, "");
    assert.is(ours("+"), new Exact(a).plus(b).toFixed());
    assert.is(ours("-"), new Exact(a).minus(b).toFixed());
    assert.is(ours("*"), new Exact(a).times(b).toFixed());
    assert.is(ours("/"), new Wide(a).dividedBy(b).toFixed(), `${a} / ${b}`);
    const floored = new Exact(a).minus(new Exact(a).dividedBy(b).floor().times(b));
    assert.is(ours("mod"), floored.toFixed(), `${a} mod ${b}`);
  }
});

test("decimals are canonical and stay within their limits", () => {
  assert.equal(decimal(1500n, 3), { kind: "decimal", coefficient: 15n, scale: 1 });
  assert.equal(decimal(0n, 9), { kind: "decimal", coefficient: 0n, scale: 0 });
  assert.equal(decimal(5n, -2), { kind: "decimal", coefficient: 500n, scale: 0 });
  assert.is(faultCode(() => decimal(1n, VALUE_LIMITS.decimalScale + 1)), "LANG_TOO_LARGE");
  const tiny = decimal(1n, VALUE_LIMITS.decimalScale);
  assert.is(faultCode(() => binary("*", tiny, tiny, FREE_METER)), "LANG_TOO_LARGE");
  const huge = { kind: "integer", value: (1n << BigInt(VALUE_LIMITS.integerBits)) - 1n } as const;
  for (const operator of ["+", "*"] as const) assert.is(faultCode(() => binary(operator, huge, huge, FREE_METER)), "LANG_TOO_LARGE");
  assert.is(decimalDigits(decimal(-5n, 3)), "-0.005");
});

test("ERG is charged before the work and grows with the digits", () => {
  const price = (operator: BinaryOperator, a: string, b: string): number => {
    let spent = 0;
    binary(operator, entry(a), entry(b), { charge: (erg) => void (spent += erg), ergLeft: 1e9 });
    return spent;
  };
  const long = "9".repeat(4_000);
  assert.ok(price("*", long, long) > 20 * price("*", "99999999999999999999", "99999999999999999999"));
  const empty = { charge: () => { throw new Error("out of ERG"); }, ergLeft: 0 };
  for (const operator of OPERATORS) assert.throws(() => binary(operator, entry("1.5"), entry("2.5"), empty), /out of ERG/);
});

test.run();
