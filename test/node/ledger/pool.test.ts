import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import type { PackageFault } from "../../../node/fault.ts";
import type { PackageFacts } from "../../../node/ledger/executor.ts";
import { paramsOf, type LedgerParams } from "../../../node/ledger/params.ts";
import { Pool, type PoolLimits, type PoolView } from "../../../node/ledger/pool.ts";
import { SeededRandom } from "../../sim/random.ts";
import { encodeTransfer, TransferExecutor, type Transfer } from "../../sim/transfers.ts";

const params: LedgerParams = { ...paramsOf("devnet"), minErgPriceUnits: 2n };
const executor = new TransferExecutor();
const domain = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);

function bytes(from: number, nonce: number, priceUnits: number, changes: Partial<Transfer> = {}): Uint8Array {
  return encodeTransfer({ from: domain(from), nonce: BigInt(nonce), to: domain(9), units: 1n, ergPriceUnits: BigInt(priceUnits), expiryHeight: 100n, ...changes });
}

/** A pool over a state that is only nonces. */
function world(limits: Partial<PoolLimits> = {}): { pool: Pool; nonces: Map<string, bigint>; height: { next: bigint }; done: Set<string>; log: string[] } {
  const nonces = new Map<string, bigint>();
  const height = { next: 10n };
  const done = new Set<string>();
  const view: PoolView = {
    facts: (package_) => executor.facts(package_), objection: () => undefined, nonceOf: (of) => nonces.get(toHex(of)) ?? 0n,
    nextHeight: () => height.next, hasReceipt: (id) => done.has(toHex(id)),
  };
  const pool = new Pool(params, view, { sizeBytes: 1 << 20, perDomain: 4, ...limits });
  const log: string[] = [];
  pool.listen({ added: () => undefined, removed: (entry, reason) => void log.push(`${entry.facts.domain[0]}/${entry.facts.nonce} ${reason ?? "included"}`) });
  return { pool, nonces, height, done, log };
}

function refusal(add: () => unknown): PackageFault {
  try {
    add();
  } catch (error) {
    if (isFaultError(error)) return error.fault as PackageFault;
    throw error;
  }
  throw new Error("was taken");
}

function order(pool: Pool): string[] {
  const ready = pool.ready();
  const found: string[] = [];
  for (let next = ready.peek(); next !== undefined; next = ready.peek()) {
    found.push(`${next.facts.domain[0]}/${next.facts.nonce}`);
    ready.take();
  }
  return found;
}

test("a gap in the nonces waits, and what fills it sets the rest free", () => {
  const { pool } = world();
  pool.add(bytes(1, 2, 5));
  assert.not.ok(pool.hasReady());
  pool.add(bytes(1, 1, 5));
  assert.equal(order(pool), ["1/1", "1/2"]);
});

test("a nonce used, too far ahead, or one domain's fifth package is refused", () => {
  const { pool, nonces } = world();
  nonces.set(toHex(domain(1)), 3n);
  assert.equal(refusal(() => pool.add(bytes(1, 3, 5))), { code: "PACKAGE_NONCE", expected: 4n, found: 3n });
  assert.equal(refusal(() => pool.add(bytes(1, 8, 5))), { code: "PACKAGE_NONCE", expected: 4n, found: 8n });
  for (const nonce of [4, 5, 6, 7]) pool.add(bytes(1, nonce, 5));
  assert.is(refusal(() => pool.add(bytes(1, 8, 5))).code, "PACKAGE_NONCE");
  assert.is(pool.count(), 4);
});

test("another package of the same nonce replaces the first for a tenth more, and the first is told so", () => {
  const { pool, log } = world();
  const first = pool.add(bytes(1, 1, 15));
  assert.equal(refusal(() => pool.add(bytes(1, 1, 16))), { code: "PACKAGE_REPLACEMENT_PRICE", leastPriceUnits: 17n });
  pool.add(bytes(1, 1, 17));
  assert.equal(log, ["1/1 replaced"]);
  assert.is(pool.evictionOf(first.facts.packageId)?.reason, "replaced");
  assert.is(pool.count(), 1);
});

test("the same package twice, or one that has its receipt, is known", () => {
  const { pool, done } = world();
  const entry = pool.add(bytes(1, 1, 5));
  assert.is(refusal(() => pool.add(entry.bytes)).code, "PACKAGE_KNOWN");
  done.add(toHex(sha256(bytes(2, 1, 5))));
  assert.is(refusal(() => pool.add(bytes(2, 1, 5))).code, "PACKAGE_KNOWN");
});

test("price, size and expiry are those that a block would demand", () => {
  const { pool } = world();
  assert.equal(refusal(() => pool.add(bytes(1, 1, 1))), { code: "PACKAGE_PRICE_TOO_LOW", leastUnits: 2n });
  assert.equal(refusal(() => pool.add(bytes(1, 1, 5, { expiryHeight: 9n }))), { code: "PACKAGE_EXPIRED", expiryHeight: 9n, height: 10n });
  assert.equal(refusal(() => pool.add(new Uint8Array(params.packageSizeBytes + 1))), { code: "PACKAGE_TOO_LARGE", limitBytes: params.packageSizeBytes });
  assert.is(refusal(() => pool.add(Uint8Array.of(1, 2, 3))).code, "PACKAGE_MALFORMED");
  assert.is(pool.count(), 0);
});

test("the best price goes first, each domain in order of nonce, the older of equals first", () => {
  const { pool } = world();
  pool.add(bytes(1, 1, 5));
  pool.add(bytes(1, 2, 50));
  pool.add(bytes(2, 1, 20));
  pool.add(bytes(3, 1, 5));
  assert.equal(order(pool), ["2/1", "1/1", "1/2", "3/1"]);
});

test("a domain that is skipped takes its followers with it, for this block only", () => {
  const { pool } = world();
  for (const nonce of [1, 2]) pool.add(bytes(1, nonce, 50));
  pool.add(bytes(2, 1, 5));
  const ready = pool.ready();
  ready.skipDomain();
  assert.is(ready.peek()?.facts.domain[0], 2);
  ready.skipDomain();
  assert.is(ready.peek(), undefined);
  assert.is(order(pool).length, 3);
});

test("a full pool drops the cheapest with what follows them, and only for who pays more", () => {
  const size = bytes(1, 1, 5).length;
  const { pool, log } = world({ sizeBytes: 4 * size });
  pool.add(bytes(1, 1, 5));
  pool.add(bytes(1, 2, 90));
  pool.add(bytes(2, 1, 7));
  pool.add(bytes(3, 1, 8));
  assert.equal(refusal(() => pool.add(bytes(4, 1, 5))), { code: "PACKAGE_POOL_FULL", leastPriceUnits: 6n });
  pool.add(bytes(4, 1, 9));
  assert.equal(log.sort(), ["1/1 crowded-out", "1/2 crowded-out"]);
});

test("after a block what it has leaves silently, and what can no longer run is evicted with a reason", () => {
  const { pool, nonces, height, log } = world();
  const first = pool.add(bytes(1, 1, 5));
  pool.add(bytes(1, 2, 5));
  pool.add(bytes(2, 1, 5));
  pool.add(bytes(3, 2, 5, { expiryHeight: 10n }));
  nonces.set(toHex(domain(1)), 1n);
  nonces.set(toHex(domain(2)), 1n);
  height.next = 11n;
  include(pool, [first.facts, executor.facts(bytes(2, 1, 6))]);
  assert.equal(log.sort(), ["1/1 included", "2/1 nonce-used", "3/2 expired"]);
  assert.equal(order(pool), ["1/2"]);
});

/** A block has packages of these facts. */
function include(pool: Pool, facts: readonly PackageFacts[]): void {
  pool.included(facts.map(({ packageId }) => packageId), (index) => facts[index] as PackageFacts);
}

test("under random traffic sizes stay in bounds and every package is waiting, included or evicted once", () => {
  const random = new SeededRandom(21);
  const size = bytes(1, 1, 5).length;
  const { pool, nonces, height, log } = world({ sizeBytes: 20 * size });
  let taken = 0;
  for (let i = 0; i < 3_000; i++) {
    try {
      pool.add(bytes(random.below(9), 1 + random.below(40), 2 + random.below(60)));
      taken++;
    } catch (error) {
      assert.ok(isFaultError(error));
    }
    assert.ok(pool.count() <= 20);
    if (random.below(10) > 0) continue;
    const ready = pool.ready();
    const ids: PackageFacts[] = [];
    for (let next = ready.peek(); next !== undefined && ids.length < 3; next = ready.peek()) {
      assert.is(next.facts.nonce, (nonces.get(toHex(next.facts.domain)) ?? 0n) + 1n);
      nonces.set(toHex(next.facts.domain), next.facts.nonce);
      ids.push(next.facts);
      ready.take();
    }
    height.next += 1n;
    include(pool, ids);
  }
  assert.is(log.length + pool.count(), taken);
});

test.run();
