import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../../lang/base/bytes.ts";
import type { FaultError } from "../../../lang/base/fault.ts";
import { paymentTouches, touchesOf } from "../../../node/explorer/block-trace.ts";
import { decodeTrace } from "../../../node/explorer/index-codec.ts";
import { TraceLog } from "../../../node/explorer/trace-log.ts";
import { touchesBefore, tracesDown, type Touches } from "../../../node/explorer/index-reader.ts";
import { LAST_PLACE, type ChainPlace } from "../../../node/explorer/index-keys.ts";
import { totalsAt } from "../../../node/explorer/index-plan.ts";
import type { Disk } from "../../../node/ports.ts";
import { SimClock } from "../../sim/clock.ts";
import { testKey } from "../../sim/keys.ts";
import { ALICE, BOB, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";

const ALL = { count: 10_000, mostBytes: Infinity };
const EVERYBODY = [ALICE, BOB, ...["a", "b"].map((name) => testKey(`leader ${name}`).domain)];
const SEEDS = process.env["SEED"] === undefined ? [1, 2, 3, 4] : [Number(process.env["SEED"])];

/** Every key and value of the index. */
async function dump(disk: Disk): Promise<string[]> {
  const lines: string[] = [];
  for await (const [key, value] of disk.entries({ start: utf8("x/"), end: utf8("x0") })) lines.push(`${toHex(key)} ${toHex(value)}`);
  return lines;
}

interface TwoChains {
  readonly clock: SimClock;
  readonly a: SimNode;
  readonly b: SimNode;
}

/** Two nodes that never met, each with packages of its own; `b` has more key blocks. */
async function apart(seed: number): Promise<TwoChains> {
  const random = new SeededRandom(seed);
  const clock = new SimClock();
  const a = await SimNode.start({ clock, name: "a" });
  const b = await SimNode.start({ clock, name: "b" });
  const keyBlocks = 3 + random.below(4);
  const nonces = { a: 0, b: 0 };
  for (let i = 0; i < keyBlocks + 12; i++) {
    if (i === keyBlocks) await a.stop();
    await clock.advance(100);
    for (let count = random.below(3); count > 0; count--) {
      const units = BigInt(random.below(1_000_000));
      if (i < keyBlocks) a.feed.pool.add(transfer(++nonces.a, { units }));
      b.feed.pool.add(transfer(++nonces.b, random.below(4) === 0 ? { units, to: ALICE } : { from: ALICE, units: units * 3n }));
    }
    await clock.advance(29_890);
  }
  await b.stop();
  return { clock, a, b };
}

test("after a reorganisation the index is the one of who saw nothing else", async () => {
  for (const seed of SEEDS) {
    const { clock, a, b } = await apart(seed);
    const before = await dump(a.checked);
    // Key blocks that a reorganisation drops are bounded, so `a` takes only some of what `b` has.
    const blocks = b.blocks.slice(0, b.blocks.findIndex(({ header }) => header.kind === "key" && header.keyHeight > a.chain.head().keyHeight + 2n) + 1);
    for (const block of blocks) await a.chain.submit(block);
    const fresh = await SimNode.start({ clock, name: "c", passive: true });
    for (const block of blocks) await fresh.chain.submit(block);
    assert.is(toHex(a.chain.head().id), toHex(fresh.chain.head().id), `seed ${seed}`);
    assert.not.equal(await dump(a.checked), before, `seed ${seed}`);
    assert.equal(await dump(a.checked), await dump(fresh.checked), `seed ${seed}`);
  }
});

test("what the index says of a domain adds up to its balance, and all of it to the supply", async () => {
  for (const seed of SEEDS) {
    const { b } = await apart(seed);
    let held = 0n;
    for (const domain of EVERYBODY) {
      const places = new Set((await touchesBefore(b.checked, domain, LAST_PLACE, ALL)).places.map(({ height, index }) => `${height}:${index}`));
      const deltas = await deltasOf(b, domain);
      assert.equal([...deltas.keys()].sort(), [...places].sort(), `seed ${seed}`);
      const sum = [...deltas.values()].reduce((units, delta) => units + delta, 0n);
      assert.is(sum, b.balance(domain), `seed ${seed}`);
      held += sum;
    }
    const totals = totalsAt(b.checked, b.chain.head().height);
    assert.is(totals === undefined ? undefined : totals.paidUnits - totals.feesUnits, held, `seed ${seed}`);
  }
});

test("a block's record reads back as it was written, and no shorter one is read", async () => {
  const { b } = await apart(3);
  let records = 0;
  for await (const [, value] of b.checked.entries({ start: utf8("x/b"), end: utf8("x/c") })) {
    assert.is(toHex(TraceLog.of(decodeTrace(value)).encode()), toHex(value));
    for (const size of [0, 3, value.length - 1]) assert.throws(() => decodeTrace(value.slice(0, size)), (error: FaultError) => error.fault.code === "CODEC_MALFORMED");
    records++;
  }
  assert.ok(records > 5);
});

test("touches of a domain are told newest first, and pages of them meet without gap or overlap", async () => {
  const { b } = await apart(7);
  const { places: all } = await touchesBefore(b.checked, ALICE, LAST_PLACE, ALL);
  for (const limit of [{ count: 3, mostBytes: Infinity }, { count: 1, mostBytes: Infinity }, { count: 100, mostBytes: 0 }]) {
    const paged = [];
    for (let from: ChainPlace | undefined = LAST_PLACE; from !== undefined; ) {
      const page: Touches = await touchesBefore(b.checked, ALICE, from, limit);
      paged.push(...page.places);
      from = page.next;
    }
    assert.equal(paged, all);
  }
  assert.ok(all.length > 6);
});

/** By place: what the records of all blocks say of a domain, fees taken off. */
async function deltasOf(node: SimNode, domain: Uint8Array): Promise<Map<string, bigint>> {
  const deltas = new Map<string, bigint>();
  for await (const { height, trace } of tracesDown(node.checked, node.chain.head().height, 0n)) {
    const touched = [...trace.packages.map(touchesOf), ...(trace.payments.length > 0 ? [paymentTouches(trace)] : [])];
    for (const [index, touches] of touched.entries()) {
      const touch = touches.find((one) => toHex(one.domain) === toHex(domain));
      const one = trace.packages[index];
      const fee = one !== undefined && toHex(one.payer ?? one.signer) === toHex(domain) ? one.feeUnits : 0n;
      if (touch !== undefined) deltas.set(`${height}:${index}`, touch.deltaUnits - fee);
    }
  }
  return deltas;
}

test.run();
