import { test } from "uvu";
import * as assert from "uvu/assert";
import { Checkpoint } from "../../../node/ledger/checkpoint.ts";
import { decodeHeadMark, type BlockPlace } from "../../../node/ledger/head-marker.ts";
import { SimClock } from "../../sim/clock.ts";
import { SimDisk, SimFile } from "../../sim/disk.ts";
import { SimNode, transfer } from "../../sim/node.ts";

const place = (height: number): BlockPlace => ({ height: BigInt(height), blockId: new Uint8Array(32).fill(height & 255) });

test("the checkpoint trails the head by one to two steps of blocks, or of packages", () => {
  const blocks = new Checkpoint(place(0));
  for (let height = 1; height <= 1_000; height++) {
    const behind = height - Number(blocks.advance(place(height), 1).height);
    assert.ok(behind <= 256 && (height < 256 || behind >= 128), `${behind} at ${height}`);
  }
  const packages = new Checkpoint(place(0));
  for (let height = 1; height <= 20; height++) assert.ok(height - Number(packages.advance(place(height), 9_000).height) <= 4);
});

test("the checkpoint goes back with a reorganisation", () => {
  const checkpoint = new Checkpoint(place(0));
  for (let height = 1; height <= 300; height++) checkpoint.advance(place(height), 0);
  assert.equal(checkpoint.revert(place(200)), place(128));
  assert.equal(checkpoint.revert(place(100)), place(100));
  for (let height = 101; height <= 228; height++) assert.equal(checkpoint.advance(place(height), 0), place(100));
});

test("a start looks at what follows the checkpoint, and refuses a store whose checkpoint is gone", async () => {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  for (let nonce = 1; nonce <= 400; nonce++) {
    node.feed.pool.add(transfer(nonce));
    await clock.advance(1_000);
  }
  await node.stop();
  const mark = decodeHeadMark(node.marker.bytes ?? new Uint8Array(0));
  assert.ok(mark !== undefined && mark.checked.height >= 128n && mark.checked.height < mark.height);
  const without = async (family: string, height: bigint): Promise<string> => {
    const records = new Map(node.disk.records());
    const id = node.chain.machine.store.idAt(height) ?? new Uint8Array(0);
    assert.ok(records.delete(Buffer.concat([Buffer.from(family), id]).toString("hex")));
    try {
      const again = await SimNode.start({ clock, name: "a", mines: false, remains: { disk: new SimDisk(records), marker: new SimFile(node.marker.bytes) } });
      await again.stop();
      return "ok";
    } catch (error) {
      return (error as { fault?: { code: string } }).fault?.code ?? String(error);
    }
  };
  assert.is(await without("l/h", mark.checked.height), "STORE_DAMAGED");
  assert.is(await without("l/x", mark.checked.height + 1n), "STORE_DAMAGED");
  assert.is(await without("l/x", mark.checked.height - 5n), "ok", "what is older was checked before, and grid check goes from the genesis");
});

test.run();
