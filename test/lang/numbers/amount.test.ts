import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatAmount, fromUnits, parseAmount, toUnits } from "../../../lang/numbers/amount.ts";
import { FREE_METER } from "../../../lang/values/prices.ts";
import { entry, faultCode } from "../values/entries.ts";

test("coins and base units convert exactly both ways", () => {
  for (const [coins, units] of [["0", 0n], ["1", 10n ** 18n], ["1.5", 15n * 10n ** 17n], ["0.000000000000000001", 1n], ["12345678901234567890.5", 123456789012345678905n * 10n ** 17n]] as const) {
    assert.is(parseAmount(coins), units);
    assert.is(formatAmount(units), coins);
    assert.is(toUnits(fromUnits(units), "send", FREE_METER), units);
  }
  assert.is(parseAmount("007.50"), 75n * 10n ** 17n);
});

test("nothing but an exact non-negative amount is taken", () => {
  for (const bad of ["", "-1", "-0.5", "1.", ".5", "1e18", "1,5", " 1", "1 ", "0.0000000000000000001", "$10", "9".repeat(40), "9".repeat(100)]) {
    assert.is(parseAmount(bad), undefined, bad);
  }
  for (const bad of ["-1", "0.0000000000000000001", '"much"', "x:1"]) assert.is(faultCode(() => toUnits(entry(bad), "send", FREE_METER)), "LANG_WRONG_KIND");
});

test.run();
