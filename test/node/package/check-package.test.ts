import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes, equalBytes } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { WORD_TABLE_VERSION } from "../../../lang/primitives/table.ts";
import type { PackageFault } from "../../../node/fault.ts";
import type { BlockContext } from "../../../node/ledger/executor.ts";
import { paramsOf } from "../../../node/ledger/params.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { checkFee, checkKeys, checkNonce, checkPackage, checkTerms, feePayer, greatestFee } from "../../../node/package/check-package.ts";
import { EMPTY_EFFECT } from "../../../node/package/effect.ts";
import { checkIntrinsic, intrinsicErg } from "../../../node/package/execute.ts";
import { checkSessionEffect, checkSessionTerms } from "../../../node/package/session-limits.ts";
import { checkWords } from "../../../node/package/words.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import type { SessionKey } from "../../../node/state/key-set.ts";
import type { DomainRecord } from "../../../node/state/records.ts";
import { idOf, quorumOf, sampleBody } from "./package-samples.ts";

// The rules about one package, each by itself: what obeys it passes, what breaks it is refused by name.

const params = paramsOf("testnet");
const alice = idOf("alice");
const bob = idOf("bob");
const body = sampleBody({ domain: alice, nonce: 4n });
const context: BlockContext = { height: 100n, timeMs: 0n, rulesVersion: 1, chainId: body.chainId, leaderDomain: bob };
const rich: DomainRecord = { format: 1, rulesVersion: 1, balanceUnits: greatestFee(body), nonce: 3n, sealingKey: new Uint8Array(0), storageRoot: new Uint8Array(32) };
const poor: DomainRecord = { ...rich, balanceUnits: greatestFee(body) - 1n };
const sessionKey: SessionKey = { id: idOf("carol"), role: "session", spentUnits: 3n, limits: { path: "/game", words: [], spendUnits: 10n, untilHeight: 100n } };

const lookup = (record: DomainRecord) => (): DomainRecord => record;
const codeOf = (fault: PackageFault | undefined): string | undefined => fault?.code;

test("a package that obeys every rule passes", () => {
  assert.is(checkPackage(body, context, params, lookup(rich)), undefined);
  assert.is(codeOf(checkPackage(body, context, params, lookup(poor))), "PACKAGE_CANNOT_PAY");
});

test("rule terms: chain, rules version (R17), expiry, price and ERG limit are those of the block", () => {
  const check = (changes: Partial<PackageBody>): PackageFault | undefined => checkTerms({ ...body, ...changes }, context, params);
  assert.is(check({ expiryHeight: 100n, ergPriceUnits: params.minErgPriceUnits, ergLimit: params.packageErg }), undefined);
  assert.equal(check({ chainId: sha256(new Uint8Array(0)) }), { code: "PACKAGE_OTHER_CHAIN" });
  assert.equal(check({ rulesVersion: 2 }), { code: "PACKAGE_RULES", needs: 1 });
  assert.equal(check({ expiryHeight: 99n }), { code: "PACKAGE_EXPIRED", expiryHeight: 99n, height: 100n });
  assert.equal(check({ ergPriceUnits: params.minErgPriceUnits - 1n }), { code: "PACKAGE_PRICE_TOO_LOW", leastUnits: params.minErgPriceUnits });
  assert.is(codeOf(check({ ergLimit: params.packageErg + 1n })), "PACKAGE_MALFORMED");
});

test("rule keys: the signers hold the domain, and the payer's signers the payer", () => {
  const check = (changes: Partial<PackageBody>): string | undefined => codeOf(checkKeys({ ...body, ...changes }, lookup(rich), context.height));
  assert.is(check({}), undefined);
  assert.is(check({ domain: bob }), "PACKAGE_WRONG_KEY");
  assert.is(check({ signers: quorumOf(["bob"]) }), "PACKAGE_WRONG_KEY");
  assert.is(check({ signers: quorumOf(["alice", "bob"], 1) }), "PACKAGE_WRONG_KEY");
  assert.is(check({ payer: { domain: bob, signers: quorumOf(["bob"]) } }), undefined);
  assert.is(check({ payer: { domain: bob, signers: quorumOf(["alice"]) } }), "PACKAGE_WRONG_KEY");
  const two: DomainRecord = { ...rich, keys: { thresholds: { owner: 2, active: 2 }, keys: [alice, bob].sort(compareBytes).map((id) => ({ id, role: "owner" })), votes: [] } };
  assert.is(codeOf(checkKeys(body, lookup(two), context.height)), "PACKAGE_TOO_FEW_KEYS");
});

test("rule nonce: one more than the last, so that nothing is replayed and nothing skipped", () => {
  for (const nonce of [0n, 3n, 5n]) assert.equal(checkNonce({ ...body, nonce }, lookup(rich)), { code: "PACKAGE_NONCE", expected: 4n, found: nonce });
  assert.is(checkNonce(body, lookup(rich)), undefined);
});

test("rule fee: whoever pays holds limit times price, to the last unit", () => {
  const [haveUnits, needUnits] = [poor.balanceUnits, greatestFee(body)];
  assert.is(checkFee(body, lookup(rich)), undefined);
  assert.equal(checkFee(body, lookup(poor)), { code: "PACKAGE_CANNOT_PAY", haveUnits, needUnits });
  const sponsored: PackageBody = { ...body, payer: { domain: bob, signers: quorumOf(["bob"]) } };
  assert.equal(feePayer(sponsored), bob);
  assert.is(checkFee(sponsored, (address) => (equalBytes(address, bob) ? rich : poor)), undefined);
  assert.equal(checkFee(sponsored, (address) => (equalBytes(address, bob) ? poor : rich)), { code: "PACKAGE_CANNOT_PAY", haveUnits, needUnits, payer: encodeAddress(bob) });
});

test("rule intrinsic price: the limit covers what the package costs before its code runs", () => {
  const ergLimit = intrinsicErg(body, 300);
  assert.is(checkIntrinsic({ ...body, ergLimit }, 300), undefined);
  assert.is(codeOf(checkIntrinsic({ ...body, ergLimit: ergLimit - 1n }, 300)), "PACKAGE_MALFORMED");
  assert.is(codeOf(checkIntrinsic({ ...body, ergLimit }, 301)), "PACKAGE_MALFORMED");
});

test("rule words: a package of another word table, or of other names for its words, is refused", () => {
  const refused = (changes: Partial<PackageBody>): string => String((checkWords({ ...body, ...changes }, []) as { reason?: string } | undefined)?.reason);
  assert.match(refused({ wordTableVersion: WORD_TABLE_VERSION + 1 }), new RegExp(`version ${WORD_TABLE_VERSION + 1}`));
  assert.is(codeOf(checkWords({ ...body, wordTableVersion: WORD_TABLE_VERSION }, [])), "PACKAGE_WORD_TABLE");
});

test("rule session terms: a session key ends with its last block, and its amount bounds its fees", () => {
  assert.is(checkSessionTerms(sessionKey, 100n, 7n), undefined);
  assert.equal(checkSessionTerms(sessionKey, 101n, 0n), { code: "PACKAGE_SESSION_OVER", untilHeight: 100n });
  assert.equal(checkSessionTerms(sessionKey, 100n, 8n), { code: "PACKAGE_SESSION_SPENT", leftUnits: 7n, needUnits: 8n });
});

test("rule session effect: beyond its coins nothing that a session key did has an effect", () => {
  const spend = (units: bigint) => ({ ...EMPTY_EFFECT, balances: [{ domain: alice, deltaUnits: -units }], greatestSpendUnits: units });
  assert.is(checkSessionEffect(sessionKey, spend(6n), alice, 1n), undefined);
  assert.is(checkSessionEffect(sessionKey, spend(7n), alice, 1n)?.code, "STATE_SESSION_LIMIT");
  const keys = { ...EMPTY_EFFECT, keys: [{ domain: alice }] as unknown as typeof EMPTY_EFFECT.keys };
  assert.equal(checkSessionEffect(sessionKey, keys, alice, 0n), { code: "STATE_SESSION_LIMIT", limit: "keys", what: "" });
});

test.run();
