import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { formatAmount } from "../../../lang/numbers/amount.ts";
import { builtinXt, WORD_TABLE_VERSION } from "../../../lang/primitives/table.ts";
import { decodeProgram, encodeProgram, type Program } from "../../../lang/program/program.ts";
import { readPlainNumber } from "../../../lang/values/plain-number.ts";
import { foldName } from "../../../lang/words.ts";
import type { BlockContext } from "../../../node/ledger/executor.ts";
import { paramsOf, UNITS_PER_COIN } from "../../../node/ledger/params.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { decodeBody, encodeBody } from "../../../node/package/body-codec.ts";
import { bindingHash } from "../../../node/package/effect-codec.ts";
import { executePackage, intrinsicErg, runBody, type CodeWatch } from "../../../node/package/execute.ts";
import { paymentIn, payPlainly } from "../../../node/package/plain-payment.ts";
import { wordsHash } from "../../../node/package/words.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { EMPTY_BASE } from "../../../node/state/base-state.ts";
import { nestedRealm } from "../../../node/state/nested-realm.ts";
import { perspective } from "../../../node/state/realm-root.ts";
import { Realm } from "../../../node/state/realm.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { createMemoryDisk } from "../../../node/store/memory-disk.ts";
import { Dice, domainNamed } from "./package-samples.ts";
import { furnish, randomPackage } from "./random-packages.ts";

const params = paramsOf("devnet");
const context: BlockContext = { height: 1n, timeMs: 1n, rulesVersion: 1, chainId: new Uint8Array(32).fill(3), leaderDomain: new Uint8Array(20) };
/** Who is watched runs on a machine, always. */
const WATCH: CodeWatch = { onEntry: () => undefined };
const SEND = builtinXt(foldName("sendEx"));
const RICH = (1n << 128n) - 10n * UNITS_PER_COIN;

function furnished(): Realm {
  const realm = Realm.at(createStateReader(createMemoryDisk(), { cacheBytes: 1 << 20, folder: "memory" }), EMPTY_BASE);
  furnish(realm);
  realm.adjustBalance(domainNamed("rich"), RICH);
  return realm;
}

/** One payment, or nearly: of amounts and recipients that are good, just good enough and not. */
function paymentBody(dice: Dice, block: Realm): PackageBody {
  const [name, to] = [dice.pick(["alice", "bob", "rich", "rich", "dave", "erin"]), dice.pick(["bob", "carol", "dave", "rich", "nobody was here"])];
  const domain = domainNamed(name);
  const { balanceUnits, nonce } = block.domain(domain);
  const ergLimit = dice.pick([40_000n, 40_000n, 40_000n, 20_000n + BigInt(dice.below(2_000))]);
  const most = [balanceUnits, balanceUnits - ergLimit, balanceUnits - ergLimit + 1n];
  const units = dice.pick(dice.below(8) === 0 ? most : [UNITS_PER_COIN, 5n * UNITS_PER_COIN, 1n, 0n, 3n * UNITS_PER_COIN + 7n]);
  const amount = formatAmount(units < 0n ? 0n : units);
  const address = encodeAddress(domainNamed(to));
  const recipient = dice.pick([address, address, address, address, address, address, address, address.toUpperCase(), `${address.slice(0, -1)}q`, "~", "friend"]);
  const value = dice.below(20) === 0 ? ({ kind: "text", value: amount } as const) : readPlainNumber(amount);
  assert.ok(value !== undefined);
  const program: Program = { entries: [{ kind: "literal", value: { kind: "text", value: recipient } }, { kind: "literal", value }, { kind: "word", word: { code: SEND }, text: "", defines: [] }] };
  const loose = dice.below(3) === 0;
  const payer = dice.below(10) === 0 && name !== "alice" ? { payer: { domain: domainNamed("alice"), signers: { keys: [domainNamed("alice")], needed: 1 } } } : {};
  const signer = name === "dave" && dice.below(2) === 0 ? domainNamed("d session") : domain;
  const body: PackageBody = {
    format: 1, rulesVersion: 1, wordTableVersion: WORD_TABLE_VERSION, wordsHash: wordsHash([program]), chainId: context.chainId, domain, nonce: nonce + 1n, signers: { keys: [signer], needed: 1 }, ...payer,
    ergPriceUnits: 1n, ergLimit, expiryHeight: 9n, mode: loose ? "loose" : "strict", effectHash: new Uint8Array(loose ? 0 : 32), sections: [{ kind: 1, bytes: encodeProgram(program) }],
  };
  return loose || dice.below(10) === 0 ? body : { ...body, effectHash: boundHash(body, block) };
}

function boundHash(body: PackageBody, block: Realm): Uint8Array {
  try {
    return bindingHash(runBody(body, sizeOf(body), context, block, body.sections.map(({ bytes }) => decodeProgram(bytes))).effect) ?? new Uint8Array(32);
  } catch {
    return new Uint8Array(32);
  }
}

const sizeOf = (body: PackageBody): number => encodeBody(body).length + 110;

function run(bodyBytes: Uint8Array, sizeBytes: number, realm: Realm, watch?: CodeWatch): unknown {
  const { verdict, trace } = executePackage({ body: decodeBody(bodyBytes), bodyBytes, signatures: [] }, sizeBytes, context, params, realm, watch);
  // Bytes may lie in memory that others share.
  return { verdict, trace: trace === undefined ? undefined : { ...trace, changes: trace.changes === undefined ? undefined : { effect: trace.changes.effect, bytes: trace.changes.bytes.slice() } } };
}

test("a payment that is made at once comes to what it comes to on a machine: verdict, ERG, fee, effect and state", () => {
  for (let seed = 1; seed <= 3; seed++) {
    const dice = new Dice(`payment ${seed}`);
    const [quick, slow] = [furnished(), furnished()];
    let atOnce = 0;
    for (let i = 0; i < 300; i++) {
      const body = paymentBody(dice, slow);
      const [bytes, size] = [encodeBody(body), sizeOf(body)];
      const payment = paymentIn(body);
      const expected = run(bytes, size, slow, WATCH) as { readonly verdict: { readonly kind: string } };
      if (expected.verdict.kind === "executed" && payment !== undefined && payPlainly(body, payment, intrinsicErg(body, size), nestedRealm(quick), { record: quick.domain(body.domain), name: toHex(body.domain) }) !== undefined) atOnce++;
      assert.equal(run(bytes, size, quick), expected, `seed ${seed}, package ${i}`);
    }
    assert.ok(atOnce > 30, `${atOnce} payments were made at once`);
    assert.equal(perspective(quick), perspective(slow));
  }
});

test("packages of every kind come to the same, watched and unwatched", () => {
  const dice = new Dice("watched");
  const [quick, slow] = [furnished(), furnished()];
  for (let i = 0; i < 200; i++) {
    const { bodyBytes, sizeBytes } = randomPackage(dice, slow, context);
    assert.equal(run(bodyBytes, sizeBytes, quick), run(bodyBytes, sizeBytes, slow, WATCH), `package ${i}`);
  }
  assert.equal(perspective(quick), perspective(slow));
});

test.run();
