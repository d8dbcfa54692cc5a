import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import type { AccountState } from "../../../node/ledger/executor.ts";
import { paramsOf, rulesVersionAt, workHash } from "../../../node/ledger/params.ts";
import { medianTimeMs, nextTarget, workOf, type WorkSample } from "../../../node/ledger/retarget.ts";
import { applyPayouts, maturingEpoch, payoutsOf, splitFees } from "../../../node/ledger/rewards.ts";
import { SeededRandom } from "../../sim/random.ts";

const params = paramsOf("devnet");
const random = new SeededRandom(5);
const leader = new Uint8Array(20).fill(1);
const next = new Uint8Array(20).fill(2);
const reporter = new Uint8Array(20).fill(3);

test("shares of an epoch are 40 and 60 percent and sum to its pot over 1,000 random pots", () => {
  for (let i = 0; i < 1_000; i++) {
    const pot = BigInt(`0x${toHex(random.bytes(1 + random.below(12)))}`);
    const { leaderUnits, nextLeaderUnits } = splitFees(pot);
    assert.is(leaderUnits + nextLeaderUnits, pot);
    assert.is(leaderUnits, pot * 40n / 100n);
  }
  assert.throws(() => splitFees(-1n), /never negative/);
});

test("an honest epoch pays coinbase and fees out in full", () => {
  const payouts = payoutsOf({ leaderDomain: leader, nextLeaderDomain: next, feesUnits: 7n }, params);
  assert.is(payouts.reduce((sum, payout) => sum + payout.units, 0n), params.coinbaseUnits + 7n);
});

test("a cheater gets nothing, the reporter a small part of it, the next leader what is due", () => {
  const epoch = { leaderDomain: leader, nextLeaderDomain: next, feesUnits: 1_000n };
  const cheated = payoutsOf({ ...epoch, leaderReporter: reporter }, params);
  const honest = payoutsOf(epoch, params);
  assert.not.ok(cheated.some(({ domain }) => domain === leader));
  assert.is(cheated[0]?.units, (honest[0]?.units ?? 0n) * 5n / 100n);
  assert.equal(cheated[1], honest[1]);
});

test("no epoch is paid before it is mature, and maturity outlasts the reorganisation bound on every preset", () => {
  assert.is(maturingEpoch(params.maturityKeyBlocks, params), undefined);
  assert.is(maturingEpoch(params.maturityKeyBlocks + 1n, params), 1n);
  for (const preset of ["devnet", "testnet", "mainnet"] as const) {
    const { maturityKeyBlocks, reorgKeyBlocks, settledKeyBlocks } = paramsOf(preset);
    assert.ok(maturityKeyBlocks > reorgKeyBlocks && reorgKeyBlocks > settledKeyBlocks, preset);
  }
});

test("history kept covers the epochs of the reorganisation bound on every preset", () => {
  for (const preset of ["devnet", "testnet", "mainnet"] as const) {
    const { historyBlocks, reorgKeyBlocks, keyBlockSpacingMs, dataBlockGapMs } = paramsOf(preset);
    assert.ok(historyBlocks >= reorgKeyBlocks * (keyBlockSpacingMs / dataBlockGapMs + 1n), preset);
  }
});

test("payouts change balances by just their amount", () => {
  const balances = new Map<string, bigint>([[toHex(leader), 10n]]);
  const state: AccountState = {
    nonceOf: () => 0n,
    balanceUnits: (domain) => balances.get(toHex(domain)) ?? 0n,
    credit: (domain, units) => void balances.set(toHex(domain), (balances.get(toHex(domain)) ?? 0n) + units),
  };
  applyPayouts([{ domain: leader, units: 1n }, { domain: next, units: 2n }, { domain: reporter, units: 0n }], state);
  assert.equal([...balances.values()], [11n, 2n]);
});

function steady(count: number, spacingMs: bigint, target: bigint): WorkSample[] {
  return Array.from({ length: count }, (_, i) => ({ timeMs: 1_000_000n + BigInt(i) * spacingMs, target }));
}
const mainnet = paramsOf("mainnet");
const hard = mainnet.easiestTarget / 1_000n;

test("a chain on time keeps its target, a fast one gets harder, a slow one easier, by at most four", () => {
  const at = (spacingMs: bigint): bigint => nextTarget(steady(18, spacingMs, hard), mainnet);
  assert.is(at(600_000n), hard);
  assert.is(at(300_000n), hard / 2n);
  assert.is(at(1n), hard / 4n);
  assert.is(at(1_200_000n), hard * 2n);
  assert.is(at(600_000_000n), hard * 4n);
});

test("the target never gets easier than the easiest nor reaches zero, and starts at the easiest", () => {
  assert.is(nextTarget([], mainnet), mainnet.easiestTarget);
  assert.is(nextTarget(steady(1, 1n, hard), mainnet), mainnet.easiestTarget);
  assert.is(nextTarget(steady(18, 600_000_000n, mainnet.easiestTarget), mainnet), mainnet.easiestTarget);
  assert.is(nextTarget(steady(18, 1n, 1n), mainnet), 1n);
});

test("one late block counts as six spacings at most, and dating a block early wins nothing", () => {
  const late = steady(18, 600_000n, hard).map((sample, i) => (i === 17 ? { ...sample, timeMs: sample.timeMs + 10n ** 9n } : sample));
  assert.is(nextTarget(late, mainnet), hard * 22n / 17n);
  const early = steady(18, 600_000n, hard).map((sample, i) => (i === 9 ? { ...sample, timeMs: 0n } : sample));
  assert.is(nextTarget(early, mainnet), hard);
});

test("work is the expected number of hashes", () => {
  assert.is(workOf((1n << 256n) - 1n), 1n);
  assert.is(workOf((1n << 242n) - 1n), 1n << 14n);
});

test("the median ignores a minority of lying clocks", () => {
  assert.is(medianTimeMs([5n]), 5n);
  assert.is(medianTimeMs([1n, 2n, 3n, 4n, 5n, 6n, 10n ** 9n, 10n ** 9n, 0n, 0n, 0n]), 3n);
});

test("the work hash is double SHA-256 (R16)", () => {
  assert.is(toHex(workHash(new TextEncoder().encode("hello"))), "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
});

test("the rules version of a height comes from the table (R17)", () => {
  const table = { ...params, rules: [{ fromHeight: 0n, version: 1 }, { fromHeight: 100n, version: 2 }] };
  assert.equal([0n, 99n, 100n, 1_000n].map((height) => rulesVersionAt(table, height)), [1, 1, 2, 2]);
});

test.run();
