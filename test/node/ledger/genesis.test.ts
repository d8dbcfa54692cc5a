import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { chainIdOf, createDevnetGenesis, paramsOfGenesis, readGenesis, writeGenesis } from "../../../node/ledger/genesis.ts";
import { fullBlocksBytesPerDay, paramsOf } from "../../../node/ledger/params.ts";
import type { LedgerFault } from "../../../node/fault.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { SeededRandom } from "../../sim/random.ts";

const faucetDomain = new Uint8Array(20).fill(7);
const genesis = createDevnetGenesis({ random: new SeededRandom(1), timeMs: 1_700_000_000_000, faucetDomains: [faucetDomain] });
const text = writeGenesis(genesis);
const file = JSON.parse(text) as Record<string, unknown>;

function faultOf(changed: string | Record<string, unknown>): Extract<LedgerFault, { code: "LEDGER_GENESIS" }> {
  try {
    readGenesis(typeof changed === "string" ? changed : JSON.stringify(changed));
  } catch (error) {
    if (isFaultError(error)) return error.fault as Extract<LedgerFault, { code: "LEDGER_GENESIS" }>;
    throw error;
  }
  throw new Error("was taken");
}

test("a written genesis reads back as itself", () => assert.equal(readGenesis(text), genesis));

test("the chain id does not depend on the order of fields or on spaces", () => {
  const shuffled = JSON.stringify(Object.fromEntries(Object.entries(file).reverse()));
  assert.equal(chainIdOf(readGenesis(shuffled)), chainIdOf(genesis));
});

test("no two devnets share a chain id", () => {
  const other = createDevnetGenesis({ random: new SeededRandom(2), timeMs: 1_700_000_000_000, faucetDomains: [faucetDomain] });
  assert.is.not(toHex(chainIdOf(other)), toHex(chainIdOf(genesis)));
});

test("each part of the genesis changes the chain id", () => {
  const id = toHex(chainIdOf(genesis));
  assert.is.not(toHex(chainIdOf({ ...genesis, preset: "testnet" })), id);
  assert.is.not(toHex(chainIdOf({ ...genesis, timeMs: genesis.timeMs + 1n })), id);
  assert.is.not(toHex(chainIdOf({ ...genesis, allocations: [{ domain: faucetDomain, units: 1n }] })), id);
});

test("every wrong field is refused by its name", () => {
  assert.is(faultOf("{").field, "file");
  assert.is(faultOf("[]").field, "file");
  assert.is(faultOf(" ".repeat(2_000_000)).field, "file");
  assert.is(faultOf({ ...file, extra: 1 }).field, "extra");
  for (const field of Object.keys(file)) {
    const { [field]: _gone, ...rest } = file;
    assert.equal(faultOf(rest), { code: "LEDGER_GENESIS", field, reason: "is missing" });
  }
  assert.is(faultOf({ ...file, format: 2 }).field, "format");
  assert.is(faultOf({ ...file, preset: "toString" }).field, "preset");
  assert.is(faultOf({ ...file, salt: "00" }).field, "salt");
  assert.is(faultOf({ ...file, timeMs: 5 }).field, "timeMs");
  assert.is(faultOf({ ...file, timeMs: "999999999999999999" }).field, "timeMs");
  assert.is(faultOf({ ...file, allocations: [] }).field, "allocations");
  assert.is(faultOf({ ...file, allocations: { nobody: "1" } }).field, "allocations.nobody");
  const address = encodeAddress(faucetDomain);
  assert.is(faultOf({ ...file, allocations: { [address]: "01" } }).field, `allocations.${address}`);
  assert.is(faultOf({ ...file, allocations: { [address]: "0" } }).field, "allocations");
  assert.is(faultOf({ ...file, allocations: { [address]: (1n << 120n).toString() } }).field, `allocations.${address}`);
  assert.is(faultOf({ ...file, allocations: { [address]: "1", [address.toUpperCase()]: "1" } }).field, "allocations");
});

const witness = new Uint8Array(32).fill(9);
const own = { ...genesis, witnesses: [new Uint8Array(32).fill(3), witness], rules: { dataBlockSizeBytes: 5_000n, dataBlockGapMs: 500n } };

test("witnesses and numbers of its own are part of a genesis and of its chain id", () => {
  assert.equal(readGenesis(writeGenesis(own)), own);
  const ids = [genesis, own, { ...own, witnesses: [witness] }, { ...own, rules: {} }, { ...own, rules: { dataBlockSizeBytes: 5_001n } }].map((each) => toHex(chainIdOf(each)));
  assert.is(new Set(ids).size, ids.length);
  assert.is(toHex(chainIdOf({ ...genesis, witnesses: [], rules: {} })), ids[0], "none is the same as no field");
});

test("the numbers of a genesis replace the preset's, and a package never outgrows its block", () => {
  const params = paramsOfGenesis(own);
  assert.equal([params.dataBlockSizeBytes, params.dataBlockGapMs, params.packageSizeBytes], [5_000, 500n, 5_000]);
  assert.is(params.keyBlockSpacingMs, paramsOf("devnet").keyBlockSpacingMs);
  assert.equal(paramsOfGenesis(genesis), { ...paramsOf("devnet"), leaderKeys: [] });
});

test("witnesses and numbers out of form are refused by name", () => {
  assert.is(faultOf({ ...file, witnesses: [] }).field, "witnesses");
  assert.is(faultOf({ ...file, witnesses: ["00"] }).field, "witnesses");
  assert.is(faultOf({ ...file, witnesses: [toHex(witness), toHex(witness)] }).reason, "names a key twice");
  assert.is(faultOf({ ...file, rules: {} }).field, "rules");
  assert.is(faultOf({ ...file, rules: { coinbaseUnits: "1" } }).field, "rules.coinbaseUnits");
  assert.is(faultOf({ ...file, rules: { toString: "1" } }).field, "rules.toString");
  assert.is(faultOf({ ...file, rules: { dataBlockSizeBytes: "999" } }).reason, "is below 1000");
  assert.is(faultOf({ ...file, rules: { dataBlockSizeBytes: "11000001" } }).reason, "is too large");
});

test("full blocks of mainnet are 316.8 GB a day", () => {
  assert.is(fullBlocksBytesPerDay(paramsOf("mainnet")), 316_800_000_000n);
});

test.run();
