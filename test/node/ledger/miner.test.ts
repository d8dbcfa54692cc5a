import { test } from "uvu";
import * as assert from "uvu/assert";
import { bigEndian, concatBytes, fromBigEndian } from "../../../lang/base/bytes.ts";
import { startMiner, type Miner } from "../../../node/ledger/miner.ts";
import { workHash } from "../../../node/ledger/params.ts";
import { meetsTarget } from "../../../node/ledger/retarget.ts";
import { searchNonce } from "../../../node/ledger/work-search.ts";
import { workSeal } from "../../../node/ledger/header-codec.ts";
import { Branches } from "../../sim/branch.ts";

const seal = new Uint8Array(32).fill(3);
const easy = 1n << 246n;
const never = new AbortController().signal;
let miner: Miner;

test.before(() => {
  miner = startMiner({ percent: 50 });
});
test.after(() => miner.close());

test("the worker finds the nonce that a plain search finds, and it meets the target", async () => {
  const nonce = await miner.search({ seal, target: easy, firstNonce: 7n, hashes: 100_000 }, never);
  assert.is(nonce, searchNonce(seal, bigEndian(easy, 32), 7n, 100_000));
  assert.ok(nonce !== undefined && fromBigEndian(workHash(concatBytes(seal, bigEndian(nonce, 8)))) <= easy);
});

test("a nonce that the worker finds makes a header that the rules take", async () => {
  const chain = new Branches();
  const header = chain.keyHeader(chain.genesis, { workNonce: 0n });
  const workNonce = await miner.search({ seal: workSeal(header), target: header.target, firstNonce: 0n, hashes: 10_000_000 }, never);
  assert.ok(workNonce !== undefined && meetsTarget({ ...header, workNonce }));
});

test("a search without luck ends after its hashes", async () => {
  assert.is(await miner.search({ seal, target: 1n, firstNonce: 0n, hashes: 5_000 }, never), undefined);
});

test("a hopeless search is cancelled at once, and the worker takes the next order", async () => {
  const cancel = new AbortController();
  const search = miner.search({ seal, target: 1n, firstNonce: 0n, hashes: 2 ** 40 }, cancel.signal);
  cancel.abort();
  assert.is(await search, undefined);
  assert.is(await miner.search({ seal, target: easy, firstNonce: 0n, hashes: 10 }, cancel.signal), undefined);
  assert.is(typeof await miner.search({ seal, target: easy, firstNonce: 0n, hashes: 100_000 }, never), "bigint");
});

test("closing in the middle of a search ends it without a nonce, and later orders too", async () => {
  const other = startMiner({ percent: 10 });
  const search = other.search({ seal, target: 1n, firstNonce: 0n, hashes: 2 ** 40 }, never);
  await other.close();
  assert.is(await search, undefined);
  assert.is(await other.search({ seal, target: easy, firstNonce: 0n, hashes: 100 }, never), undefined);
});

test("several threads share an order, and the first nonce ends the search of all", async () => {
  const wide = startMiner({ percent: 120 });
  const nonce = await wide.search({ seal, target: easy, firstNonce: 7n, hashes: 400_000 }, never);
  assert.ok(nonce !== undefined && fromBigEndian(workHash(concatBytes(seal, bigEndian(nonce, 8)))) <= easy);
  assert.is(await wide.search({ seal, target: 1n, firstNonce: 0n, hashes: 10_000 }, never), undefined);
  await wide.close();
});

test("nonces go round at 2^64 and stay in their eight bytes", () => {
  const first = (1n << 64n) - 2n;
  const nonce = searchNonce(seal, bigEndian(1n << 250n, 32), first, 10_000);
  assert.ok(nonce !== undefined && nonce < 1n << 64n);
});

test.run();
