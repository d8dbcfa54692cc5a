import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Block } from "../../../node/ledger/block.ts";
import type { OrphanLimits } from "../../../node/ledger/exchange/orphans.ts";
import { Orphans } from "../../../node/ledger/exchange/orphans.ts";
import { MAX_PATH } from "../../../node/ledger/exchange/messages.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { Branches } from "../../sim/branch.ts";
import { SimClock } from "../../sim/clock.ts";
import { SIM_PARAMS, transfer } from "../../sim/node.ts";
import { headOf, join, stop, Wires } from "./exchange-members.ts";

// Heavier branches that are larger than what a node keeps without need.

/** Some ten blocks. */
const SMALL: OrphanLimits = { blocks: 512, sizeBytes: 4_000, headers: 1_000 };
const DATA_BLOCKS = 330;

test("a heavier branch is taken although its epoch has more blocks than are kept aside and more bytes than orphans may have", async () => {
  const clock = new SimClock();
  const wires = new Wires(clock);
  const params = { ...SIM_PARAMS, miningPauseMs: (DATA_BLOCKS + 10) * 1_000 };
  const once = await join(wires, clock, "b", { mines: true, params });
  await clock.advance(100);
  await stop(once);
  const a = await join(wires, clock, "a", { mines: true, params });
  await clock.advance(1_000);
  for (let nonce = 1; nonce <= DATA_BLOCKS; nonce++) {
    a.node.feed.pool.add(transfer(nonce));
    await clock.advance(1_000);
  }
  assert.is(a.node.chain.head().keyHeight, 1n);
  for (let i = 0; i < 100 && a.node.chain.head().keyHeight < 3n; i++) await clock.advance(10_000);
  const { height } = a.node.chain.head();
  assert.ok(height > BigInt(MAX_PATH + 50), `${height} blocks`);
  const b = await join(wires, clock, "b", { mines: false, params, orphanLimits: SMALL, remains: { disk: once.node.disk, marker: once.node.marker } });
  assert.is(b.node.chain.head().height, 1n);
  wires.link("a", "b");
  a.exchange.greet("b");
  await clock.advance(9_000);
  assert.is(headOf(b), headOf(a));
  const sent = wires.of("block").filter(({ to }) => to === "b").length;
  assert.ok(sent <= Number(height) + 100, `${sent} blocks: what was not kept at first is sent twice, and nothing else`);
  await stop(a, b);
});

test("orphans for which there is no room leave their headers: that a key block stands on them is known, and that they are to be asked for", () => {
  const branches = new Branches();
  const key = branches.addKey(branches.genesis);
  const blocks: Block[] = [];
  let tip = key;
  for (let i = 0; i < 6; i++) {
    const header = branches.dataHeader(tip);
    blocks.push({ header, packages: [] });
    tip = branches.add(header);
  }
  blocks.push({ header: branches.keyHeader(tip), evidence: [] });
  const ids = blocks.map(({ header }) => headerId(header));
  const orphans = new Orphans({ blocks: 3, sizeBytes: 1_000, headers: 6 });
  for (const block of blocks.slice(1)) orphans.add(block, 400, "peer");
  assert.equal(ids.map((id) => orphans.has(id)), [false, false, false, false, false, true, true]);
  assert.ok(orphans.hasKeyBlockOn(ids[0] as Uint8Array));
  assert.is(orphans.missingBelow(ids[6] as Uint8Array), Buffer.from(ids[0] as Uint8Array).toString("hex"));
  assert.equal(orphans.takeChildren(ids[0] as Uint8Array), [], "the next is to be asked for");
  assert.ok(orphans.hasKeyBlockOn(ids[1] as Uint8Array));
  assert.equal(orphans.takeChildren(ids[4] as Uint8Array).map(({ block }) => block), [blocks[5]]);
  for (let i = 0; i < 10; i++) orphans.add({ header: branches.dataHeader(key, { ergUsed: BigInt(i) }), packages: [] }, 10, "flood");
  assert.not.ok(orphans.hasKeyBlockOn(ids[1] as Uint8Array), "headers have a bound as well");
  assert.is(orphans.takeChildren(key.id).length, 3);
  orphans.add(blocks[1] as Block, 2_000, "peer");
  assert.not.ok(orphans.has(ids[1] as Uint8Array), "one that is larger than all room pushes no others out");
});

test.run();
