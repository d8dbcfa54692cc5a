import { test } from "uvu";
import * as assert from "uvu/assert";
import { BlockServer } from "../../../node/ledger/exchange/block-server.ts";
import { Download } from "../../../node/ledger/exchange/download.ts";
import { MAX_PATH } from "../../../node/ledger/exchange/messages.ts";
import { PackageGossip } from "../../../node/ledger/exchange/package-gossip.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimNode, transfer } from "../../sim/node.ts";

// What one peer may cost us, part by part.

const id = (number: number, first = number): Uint8Array => new Uint8Array(32).fill(number).fill(first, 0, 1);

interface Listening {
  readonly clock: SimClock;
  readonly download: Download;
  /** Its questions. */
  readonly asked: string[];
  /** Blocks that came from anywhere. */
  readonly has: Set<number>;
  readonly judge: { isBusy: boolean };
}

function listening(): Listening {
  const [clock, asked, has, judge] = [new SimClock(), new Array<string>(), new Set<number>(), { isBusy: false }];
  const isHere = ([number]: Uint8Array): boolean => has.has(number ?? -1);
  const download = new Download({
    clock, isKnown: isHere, isStored: isHere, isBusy: () => judge.isBusy, onDone: () => void asked.push("done"),
    locate: (peer, after) => void asked.push(`${peer} way${after === undefined ? "" : ` after ${after[1]}`}`), get: (peer, ids) => void asked.push(`${peer} ${ids.length}`),
  });
  return { clock, download, asked, has, judge };
}

test("blocks are brought from one peer at a time: one that stalls, one that has nothing and one that had its turn give way to the next in line", async () => {
  const { clock, download, asked, has } = listening();
  const first = (): string[] => [...new Set(asked)];
  for (const [index, peer] of ["silent", "late", "empty", "slow"].entries()) download.follow(peer, id(200 + index));
  assert.equal(first(), ["silent way"]);
  has.add(201);
  await clock.advance(10_000);
  assert.equal(first(), ["silent way", "empty way"], "what the late one had came from elsewhere");
  download.takePath("empty", []);
  assert.equal(first(), ["silent way", "empty way", "slow way"]);
  download.follow("empty", id(202));
  download.takePath("liar", [id(1)]);
  download.takePath("slow", Array.from({ length: 18 }, (_, number) => id(number)));
  assert.equal(first().slice(3), ["slow 16"], "who was not asked is not listened to");
  download.follow("quick", id(90));
  for (let number = 0; number < 8; number++) {
    download.arrived("slow", id(number));
    await clock.advance(8_000);
  }
  assert.is(asked.at(-1), "quick way", "a block now and then does not hold us for ever");
  download.takePath("quick", [id(90)]);
  download.arrived("quick", id(90));
  assert.equal(asked.slice(-2), ["quick 1", "done"]);
  download.stop();
});

test("a lost question or answer is asked for again of the same peer, with what comes after it, and not what came from others", async () => {
  const { clock, download, asked, has, judge } = listening();
  download.follow("a", id(17));
  await clock.advance(2_500);
  assert.equal(asked.splice(0), ["a way", "a way"]);
  const path = Array.from({ length: 18 }, (_, number) => id(number));
  download.takePath("a", path);
  download.takePath("a", path);
  assert.equal(asked.splice(0), ["a 16"], "the second answer is to a question that was answered");
  for (let number = 0; number < 13; number++) download.arrived("a", id(number));
  assert.equal(asked.splice(0), ["a 2"], "more is asked for before the last of a piece has come");
  has.add(14);
  judge.isBusy = true;
  await clock.advance(20_000);
  assert.equal(asked, [], "what came may be in what waits to be judged");
  judge.isBusy = false;
  await clock.advance(2_500);
  assert.equal(asked.splice(0), ["a 4"], "all but the one that came from elsewhere");
  for (const number of [13, 15, 16, 17]) download.arrived("a", id(number));
  assert.equal(asked.splice(0), ["done"]);
  await clock.advance(60_000);
  assert.equal(asked, [], "and then there is peace");
});

test("a way in parts is followed to its end although all of a part is known, from its beginning where blocks turn out to be needed, and not beyond a block that was refused", async () => {
  const { clock, download, asked, has } = listening();
  const known = (number: number): Uint8Array[] => Array.from({ length: MAX_PATH }, () => id(number));
  for (const number of [1, 2]) has.add(number);
  download.follow("a", id(9));
  download.takePath("a", known(1));
  download.takePath("a", known(2));
  await clock.advance(2_500);
  assert.equal(asked.splice(0), ["a way", "a way after 1", "a way after 2", "a way after 2"], "a part that is lost is asked for again");
  download.again("a", id(8));
  assert.equal(asked.splice(0), []);
  download.takePath("a", known(1));
  assert.equal(asked.splice(0), ["a way"], "the answer was to the question before");
  download.takePath("a", [...known(1).slice(1), id(3)]);
  assert.equal(asked.splice(0), ["a 1"]);
  download.again("a", id(8));
  download.arrived("a", id(3));
  download.takePath("a", [...known(1).slice(1), id(4)]);
  download.spoil("a");
  download.arrived("a", id(4));
  download.follow("a", id(9));
  assert.equal(asked.splice(0), ["a way", "a 1"], "and it is left alone for a while");
  download.again("b", id(8));
  assert.equal(asked.splice(0), ["b way"]);
  download.leave("b");
  download.takePath("b", known(1));
  assert.equal(asked, []);
});

test("what one peer may ask for is bounded: blocks wait their turn, sixteen questions for the way and no more at once", async () => {
  const clock = new SimClock();
  const room: (() => void)[] = [];
  let read = 0;
  const server = new BlockServer({
    clock, onFailure: (error) => assert.unreachable(String(error)), read: () => (read++, new Uint8Array(1_000)),
    send: () => new Promise((resolve) => room.push(resolve)),
  });
  for (let i = 0; i < 100; i++) server.ask("greedy", Array.from({ length: 16 }, (_, number) => id(i * 16 + number, i)));
  assert.is(read, 1, "the second block is not even read before the first is on its way");
  server.ask("other", [new Uint8Array(32)]);
  assert.is(read, 2, "another peer is served meanwhile");
  for (let i = 0; i < 200; i++) {
    room.shift()?.();
    await clock.advance(0);
  }
  assert.is(read, 1 + 64 + 1);
  server.ask("slow", [id(1), id(2)]);
  server.ask("slow", [id(1), id(2)]);
  for (let i = 0; i < 4; i++) {
    room.shift()?.();
    await clock.advance(0);
  }
  assert.is(read, 1 + 64 + 1 + 2, "what is still on its way is not sent again");
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
