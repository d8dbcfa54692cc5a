import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import { GraceBudget, graceKey, graceText, type GraceLimits } from "../../../node/package/grace.ts";
import { ManualClock } from "../../shell/manual-clock.ts";

const limits: GraceLimits = { capacityErg: 1_000, refillErgPerSecond: 10, mostErgPerLine: 400, leastErg: 100, mostBudgets: 2 };

test("a budget runs down, refuses with the time until it is back, and refills no further than full", () => {
  const clock = new ManualClock();
  const grace = new GraceBudget(clock, limits);
  assert.is(grace.grant("a"), 400);
  grace.spend("a", 950);
  assert.equal(grace.view("a"), { leftErg: 50, capacityErg: 1_000, refillErgPerSecond: 10 });
  try {
    grace.grant("a");
    assert.unreachable();
  } catch (error) {
    assert.equal(isFaultError(error) && error.fault, { code: "THREAD_GRACE_SPENT", refillMs: 5_000 });
  }
  clock.advance(5_000);
  assert.is(grace.grant("a"), 100);
  clock.advance(1_000_000);
  assert.is(grace.left("a"), 1_000);
  assert.is(grace.left("b"), 1_000, "others are not touched");
});

test("a proved key has one budget wherever it comes from; who proved nothing shares that of the address", () => {
  const key = { algorithm: "ssh-ed25519", fingerprint: "SHA256:a" };
  const proved = (sourceAddress: string) => graceKey({ level: "proved", sshUser: "x", sourceAddress, key });
  const claimed = (sshUser: string, sourceAddress: string) => graceKey({ level: "claimed", sshUser, sourceAddress });
  assert.is(proved("1.2.3.4"), proved("5.6.7.8"));
  assert.is(claimed("a", "1.2.3.4"), claimed("b", "1.2.3.4"));
  assert.is.not(claimed("a", "1.2.3.4"), claimed("a", "5.6.7.8"));
  assert.is.not(claimed("a", "1.2.3.4"), proved("1.2.3.4"));
});

test("ergleft says what is left after this line's work, and when all is back", () => {
  const view = { leftErg: 950, capacityErg: 1_000, refillErgPerSecond: 10 };
  assert.is(graceText(view, 0), "950 of 1000 ERG of free computing left; 10 come back each second, all is back in 5 s");
  assert.is(graceText(view, 925), "25 of 1000 ERG of free computing left; 10 come back each second, all is back in 98 s");
  assert.is(graceText({ ...view, leftErg: 1_000 }, 0), "1000 of 1000 ERG of free computing left; 10 come back each second, none is missing");
});

test.run();
