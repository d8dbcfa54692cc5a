// time-out: 480 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { brokenInvariants } from "./invariants.ts";
import { WorldNode } from "./world-node.ts";
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

test("nodes of another genesis on the same network hear nothing of each other (S18)", async () => {
  const world = new World({ seed: 11, nodes: 3, minutes: 1 });
  const [node] = world.nodes as [WorldNode];
  const stranger = new WorldNode({ ...node.options, name: "stranger", genesis: { ...world.genesis, salt: new Uint8Array(32).fill(8) } });
  const foreign: string[] = [];
  for (const one of [node, stranger]) {
    await one.start();
    const chain = one.running?.chain;
    const submit = chain?.submit.bind(chain);
    if (chain === undefined || submit === undefined) throw new Error("it was started");
    chain.submit = async (block, hints) => {
      const answer = await submit(block, hints);
      if (answer.kind === "orphan") foreign.push(one.name);
      return answer;
    };
  }
  await world.clock.advance(300_000);
  const chains = [node, stranger].map(({ running }) => running?.chain);
  for (const [index, chain] of chains.entries()) {
    const other = chains[1 - index]?.head();
    assert.ok(chain !== undefined && other !== undefined && other.keyHeight > 1n);
    assert.is(chain.machine.store.entry(other.id), undefined);
  }
  assert.equal([foreign, node.blamed, stranger.blamed], [[], [], []]);
});

test.run();
