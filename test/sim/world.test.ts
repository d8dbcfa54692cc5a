// time-out: 180 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { brokenInvariants } from "./invariants.ts";
import { World } from "./world.ts";

/** SEED=42 replays one, with the log of its events when it fails; SEEDS=2000 runs more than usual. */
function seeds(): number[] {
  const only = process.env["SEED"];
  if (only !== undefined) return [Number(only)];
  return Array.from({ length: Number(process.env["SEEDS"] ?? 200) }, (_, index) => index + 1);
}

test("after every kind of trouble the invariants of the ledger hold, whatever the seed", async () => {
  for (const seed of seeds()) {
    const world = new World({ seed, nodes: 4 + (seed % 2), minutes: 5 });
    await world.run();
    const broken = await brokenInvariants(world);
    assert.equal(broken, [], `npm run sim -- --seed ${seed} --nodes ${world.nodes.length} --minutes 5\n${world.events.join("\n")}`);
  }
});

test("the same seed gives the same run, event for event", async () => {
  const [first, second] = [new World({ seed: 7, nodes: 4, minutes: 4 }), new World({ seed: 7, nodes: 4, minutes: 4 })];
  await first.run();
  await second.run();
  assert.equal(first.events, second.events);
  assert.ok(first.events.length > 100);
});

test.run();
