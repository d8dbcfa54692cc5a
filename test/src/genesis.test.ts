import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../lang/base/fault.ts";
import { openDataFolder } from "../../node/data-folder.ts";
import { readGenesis } from "../../node/ledger/genesis.ts";
import { encodeAddress } from "../../node/state/address.ts";
import { systemClock, systemRandom } from "../../src/system-ports.ts";
import { gridHere } from "../support/grid-here.ts";

const folder = mkdtempSync(join(tmpdir(), "grid-genesis-"));
const grid = (args: readonly string[]) => gridHere(args, { directory: folder });
const ours = join(folder, "ours.json");
const wishes = join(folder, "wishes.json");
const address = encodeAddress(new Uint8Array(20).fill(7));
test.after(() => rmSync(folder, { recursive: true }));

test("a genesis with balances, a witness and numbers of its own is made from wishes, and its root and hash are printed", async () => {
  const key = (await grid(["genesis", "key", "--data", join(folder, "node")])).stdout.trim();
  assert.match(key, /^[0-9a-f]{64}$/);
  writeFileSync(wishes, JSON.stringify({ preset: "testnet", balances: { [address]: "12.5" }, witnesses: [key], rules: { dataBlockSizeBytes: "50000" } }));
  const { code, stdout, stderr } = await grid(["genesis", "new", ours, "--from", wishes]);
  assert.equal([code, stderr], [0, ""]);
  const [, chain = "", root = ""] = /chain +([0-9a-f]{64})\n +root +([0-9a-f]{64})\n/.exec(stdout) ?? [];
  const masked = stdout.replace(ours, "FILE").replace(chain, "CHAIN").replace(root, "ROOT").replace(/20\d\d-\S+/, "TIME");
  assert.is(masked, `FILE
  chain               CHAIN
  root                ROOT
  preset              testnet
  begins              TIME
  balances            1, 12.5 coins
  leaders             1 witness
  dataBlockSizeBytes  50000
  blocks              at most 50.0 kB every 3 s; full ones are 1.4 GB on disk a day
  code                at most 50000000 ERG in a block, 12500000 for a package in all
`);
  const shown = JSON.parse((await grid(["genesis", "show", ours, "--json"])).stdout) as Record<string, unknown>;
  assert.equal([shown["chainId"], shown["genesisRoot"]], [chain, root]);
});

test("what is wrong with wishes is named, nothing is made, and a genesis is never overwritten", async () => {
  const place = join(folder, "none.json");
  const refusal = async (text: string): Promise<string> => {
    writeFileSync(wishes, text);
    const { code, stderr } = await grid(["genesis", "new", place, "--from", wishes]);
    assert.is(code, 1);
    return stderr.split("\n")[0] ?? "";
  };
  assert.is(await refusal("{"), "! LEDGER_GENESIS: the genesis is wrong: file: is not JSON");
  assert.is(await refusal('{ "balance": {} }'), "! LEDGER_GENESIS: the genesis is wrong: balance: is none of preset, balances, witnesses, rules");
  assert.match(await refusal(JSON.stringify({ balances: { [address]: "1,5" } })), /balances\.grid1\S+: is not a number of coins as text/);
  assert.match(await refusal('{ "rules": { "coinbaseUnits": "1" } }'), /rules\.coinbaseUnits: is none of/);
  const { code, stderr } = await grid(["genesis", "new", ours]);
  assert.is(code, 1);
  assert.match(stderr, /there is a file .*ours\.json already/);
});

test("a folder keeps its chain: another genesis is refused with both hashes", async () => {
  const ports = { clock: systemClock, random: systemRandom };
  const place = join(folder, "joined");
  const genesis = readGenesis(readFileSync(ours, "utf8"));
  const { disk, faucetSeed } = await openDataFolder(place, ports, { kind: "join", genesis });
  await disk.close();
  assert.is(faucetSeed, undefined);
  try {
    await openDataFolder(place, ports, { kind: "join", genesis: { ...genesis, timeMs: 1n } });
    assert.unreachable();
  } catch (error) {
    assert.is(isFaultError(error) && error.fault.code, "LEDGER_OTHER_GENESIS");
  }
});

test.run();
