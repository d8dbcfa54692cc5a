import { test } from "uvu";
import * as assert from "uvu/assert";
import { Allowance } from "../../node/allowance.ts";
import { SimClock } from "../sim/clock.ts";

test("so much at once, so much a second after that, and never more than at once", async () => {
  const clock = new SimClock();
  const allowance = new Allowance(clock, { most: 3, perSecond: 2 });
  assert.equal([1, 2, 3, 4].map(() => allowance.take()), [true, true, true, false]);
  assert.is(allowance.waitMs(), 500);
  await clock.advance(499);
  assert.not.ok(allowance.take());
  await clock.advance(1);
  assert.ok(allowance.take());
  await clock.advance(3_600_000);
  assert.ok(allowance.take(3));
  assert.not.ok(allowance.take());
  assert.is(allowance.waitMs(2), 1_000);
});

test("a clock that was set back gives nothing and takes nothing", () => {
  let nowMs = 1_000_000;
  const allowance = new Allowance({ nowMs: () => nowMs, after: () => () => undefined }, { most: 2, perSecond: 1 });
  assert.ok(allowance.take());
  nowMs -= 500_000;
  assert.equal([allowance.take(), allowance.take()], [true, false]);
  nowMs += 1_000;
  assert.ok(allowance.take());
});

test.run();
