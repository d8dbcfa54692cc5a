import { test } from "uvu";
import * as assert from "uvu/assert";
import { BlockServer } from "../../../node/ledger/exchange/block-server.ts";
import { Download } from "../../../node/ledger/exchange/download.ts";
import { PackageGossip } from "../../../node/ledger/exchange/package-gossip.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimNode, transfer } from "../../sim/node.ts";

// What one peer may cost us, part by part.

test("blocks are brought from one peer at a time: one that stalls, one that has nothing and one that had its turn give way", async () => {
  const clock = new SimClock();
  const located: string[] = [];
  const asked: string[] = [];
  const id = (number: number): Uint8Array => new Uint8Array(32).fill(number);
  const download = new Download({ clock, locate: (peer) => void located.push(peer), get: (peer, { length }) => void asked.push(`${peer} ${length}`), isKnown: () => false, onDone: () => void asked.push("done") });
  for (const peer of ["silent", "b"]) download.follow(peer);
  assert.equal(located, ["silent"]);
  await clock.advance(10_000);
  for (const peer of ["silent", "empty"]) download.follow(peer);
  assert.equal(located, ["silent", "empty"], "after ten seconds it is the next one's turn, and the silent one is left alone");
  download.takePath("empty", []);
  for (const peer of ["empty", "slow"]) download.follow(peer);
  assert.equal(located, ["silent", "empty", "slow"]);
  download.takePath("liar", [id(1)]);
  download.takePath("slow", Array.from({ length: 18 }, (_, number) => id(number)));
  assert.equal(asked, ["slow 16"], "who was not asked is not listened to");
  for (let number = 0; number < 8; number++) {
    download.arrived("slow", id(number));
    await clock.advance(8_000);
    download.follow("quick");
  }
  assert.equal(located.at(-1), "quick", "a block now and then does not hold us for ever");
  download.takePath("quick", [id(90)]);
  download.arrived("quick", id(90));
  assert.equal(asked.slice(-2), ["quick 1", "done"]);
});

test("what one peer may ask for is bounded: blocks wait their turn, sixteen questions for the way and no more at once", async () => {
  const clock = new SimClock();
  const room: (() => void)[] = [];
  let read = 0;
  const server = new BlockServer({
    clock, onFailure: (error) => assert.unreachable(String(error)), read: () => (read++, new Uint8Array(1_000)),
    send: () => new Promise((resolve) => room.push(resolve)),
  });
  for (let i = 0; i < 100; i++) server.ask("greedy", Array.from({ length: 16 }, () => new Uint8Array(32)));
  assert.is(read, 1, "the second block is not even read before the first is on its way");
  server.ask("other", [new Uint8Array(32)]);
  assert.is(read, 2, "another peer is served meanwhile");
  for (let i = 0; i < 200; i++) {
    room.shift()?.();
    await clock.advance(0);
  }
  assert.is(read, 1 + 64 + 1);
  assert.is(Array.from({ length: 100 }, () => server.mayLocate("greedy")).filter(Boolean).length, 16);
  assert.ok(server.mayLocate("other"));
  await clock.advance(1_000);
  assert.ok(server.mayLocate("greedy"));
});

test("packages travel in batches, those handed in here are told again until a block has them, and a flood is cut off", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a", mines: false });
  const told: number[] = [];
  const gossip = new PackageGossip({ pool: node.feed.pool, clock, tell: (packages) => void told.push(packages.length), blame: (peer, { code }) => assert.unreachable(`${peer} ${code}`) });
  for (let nonce = 1; nonce <= 64; nonce++) node.feed.pool.add(transfer(nonce));
  await clock.advance(20);
  assert.equal(told, [64]);
  gossip.retell();
  await clock.advance(20);
  assert.equal(told, [64, 64]);
  const message = transfer(1, { from: new Uint8Array(20).fill(9) });
  let looked = 0;
  const { add } = node.feed.pool;
  node.feed.pool.add = (bytes) => (looked++, add.call(node.feed.pool, bytes));
  for (let i = 0; i < 1_000; i++) gossip.take(Array.from({ length: 64 }, () => message), "flood");
  assert.is(looked, 32_768);
  gossip.stop();
  await node.stop();
});

test.run();
