// time-out: 480 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isLongRun } from "../support/clients.ts";
import { brokenInvariants } from "./invariants.ts";
import { WorldNode } from "./world-node.ts";
import { World, type WorldOptions } from "./world.ts";

/** SEED=42 replays one, with the log of its events when it fails; SEEDS=2000 runs more than usual. */
function seeds(): number[] {
  const only = process.env["SEED"];
  if (only !== undefined) return [Number(only)];
  return Array.from({ length: Number(process.env["SEEDS"] ?? 200) }, (_, index) => index + 1);
}

async function endsWell(options: WorldOptions): Promise<void> {
  const world = new World(options);
  await world.run();
  const { seed, nodes, minutes, isNasty } = options;
  const broken = await brokenInvariants(world);
  assert.equal(broken, [], `npm run sim -- --seed ${seed} --nodes ${nodes} --minutes ${minutes}${isNasty === true ? " --nasty" : ""}\n${world.events.join("\n")}`);
}

test("after every kind of trouble the invariants of the ledger hold, whatever the seed", async () => {
  for (const seed of seeds()) await endsWell({ seed, nodes: 4 + (seed % 2), minutes: 5 });
});

test("they hold as well where links lose a third of all messages and half of the nodes are bad", async () => {
  for (const seed of [1, 2, 3]) await endsWell({ seed, nodes: 5, minutes: 5, isNasty: true });
});

test("a run that once ended badly ends well: who led in the end had been away when a proof of fraud was told", async () => {
  await endsWell({ seed: 114, nodes: 7, minutes: 10, isNasty: true });
});

if (isLongRun("worlds of seven nodes on very bad links for forty minutes")) {
  test("seven nodes on such links do not part for good, however long it goes on", async () => {
    for (const seed of [1, 2, 4]) await endsWell({ seed, nodes: 7, minutes: 40, isNasty: true });
  });
}

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
