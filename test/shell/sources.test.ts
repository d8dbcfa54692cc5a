import { test } from "uvu";
import * as assert from "uvu/assert";
import { LIMITS } from "../../shell/ssh/limits.ts";
import { normalizeSource, Sources, type Place } from "../../shell/ssh/sources.ts";
import { ManualClock } from "./manual-clock.ts";
import { createPrng } from "./test-random.ts";

const sourcesWith = (limits: Partial<typeof LIMITS> = {}, clock = new ManualClock()): Sources => new Sources({ ...LIMITS, ...limits }, clock, createPrng(1));

test("an address is one source however it is written", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["::ffff:c000:207", "192.0.2.7"],
    ["0:0:0:0:0:ffff:c000:207", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"],
  ];
  for (const [address, source] of cases) assert.is(normalizeSource(address), source, address);
});

test("connections are counted in all and per source, and places come back", () => {
  const sources = sourcesWith({ connectionsTotal: 3, connectionsPerSource: 2 });
  const enter = (source: string): Place => {
    const place = sources.enter(source);
    assert.type(place, "object");
    return place as Place;
  };
  const first = enter("a");
  enter("a");
  assert.is(sources.enter("a"), "source");
  enter("b");
  assert.is(sources.enter("c"), "total");
  first.leave();
  first.leave(); // a second time changes nothing
  enter("a");
  assert.is(sources.enter("b"), "total");
});

test("the more logins are under way the more new connections are dropped, up to all", () => {
  const sources = sourcesWith({ startupsStart: 10, startupsPercent: 30, startupsFull: 100, connectionsPerSource: 1_000 });
  const places: Place[] = [];
  const share = (tries: number): number => {
    let dropped = 0;
    for (let i = 0; i < tries; i++) {
      const place = sources.enter("a");
      if (place === "startups") dropped++;
      else (place as Place).leave();
    }
    return dropped / tries;
  };
  const hold = (count: number): void => {
    while (places.length < count) {
      const place = sources.enter("a");
      if (typeof place === "object") places.push(place);
    }
  };
  hold(9);
  assert.is(share(100), 0);
  hold(10);
  assert.ok(Math.abs(share(2_000) - 0.3) < 0.05);
  hold(55);
  assert.ok(Math.abs(share(2_000) - 0.65) < 0.05);
  hold(100);
  assert.is(share(100), 1);
  for (const place of places.slice(0, 95)) place.settle();
  assert.is(share(100), 0, "who has logged in is no startup");
});

test("penalties add up, refuse a source for a time, and decay", () => {
  const clock = new ManualClock();
  const sources = sourcesWith({}, clock);
  for (let i = 0; i < 14; i++) sources.penalize("a", "noLogin");
  assert.type(sources.enter("a"), "object");
  sources.penalize("a", "noLogin");
  assert.is(sources.enter("a"), "penalty");
  assert.type(sources.enter("b"), "object");
  clock.advance(1_000);
  assert.type(sources.enter("a"), "object");
  for (let i = 0; i < 1_000; i++) sources.penalize("a", "abuse");
  clock.advance(LIMITS.penaltyMostMs - LIMITS.penaltyFromMs);
  assert.is(sources.enter("a"), "penalty");
  clock.advance(1);
  assert.type(sources.enter("a"), "object");
});

test("only so many offenders are remembered", () => {
  const sources = sourcesWith({ penaltySources: 2 });
  for (const source of ["a", "b", "c"]) sources.penalize(source, "abuse");
  assert.type(sources.enter("a"), "object");
  assert.is(sources.enter("b"), "penalty");
  assert.is(sources.enter("c"), "penalty");
});

test.run();
