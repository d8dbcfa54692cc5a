import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import type { Receipt } from "../../node/ledger/block.ts";
import { eventItems, eventsOf } from "../../node/ledger/block-codec.ts";
import { encodeAddress } from "../../node/state/address.ts";
import { receiptText } from "../../shell/render/receipt.ts";

const zeros = new Uint8Array(32);
const bob = new Uint8Array(20).fill(0xb0);
const receipt: Receipt = { packageId: zeros, outcome: { kind: "done" }, ergUsed: 5n, feeUnits: 5n, blockId: zeros, height: 7n, index: 0, stateRoot: zeros };

test("events stand below the receipt, each on one line, and cannot steer a terminal", () => {
  const events = [
    { domain: bob, path: "/purse", topic: "paid", data: utf8("5") },
    { domain: bob, path: "/purse", topic: "forged\nreceipt", data: utf8("\x1b[2Jdone") },
  ];
  const lines = receiptText({ ...receipt, events }, "included").split("\n");
  assert.equal(lines.slice(-3), [`  event /${encodeAddress(bob)}/purse paid: 5`, `  event /${encodeAddress(bob)}/purse forged␊receipt: ␛[2Jdone`, ""]);
  assert.is(lines.length, receiptText(receipt, "included").split("\n").length + 2);
});

test("events read back from their list, which is bounded", () => {
  const event = { domain: bob, path: "/p", topic: "t", data: utf8("d") };
  assert.equal(eventsOf(eventItems([event, event])), { events: [event, event] });
  assert.equal(eventsOf(eventItems()), {});
  assert.throws(() => eventsOf(eventItems(Array.from({ length: 65 }, () => event))));
  assert.throws(() => eventsOf(eventItems([{ ...event, topic: "t".repeat(65) }])));
  assert.throws(() => eventsOf(eventItems([{ ...event, data: new Uint8Array(1_025) }])));
});

test.run();
