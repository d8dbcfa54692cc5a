import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { ed25519PublicKey } from "../../node/crypto/ed25519.ts";
import { placesIn, writeWhole } from "../../node/data-folder.ts";
import type { LedgerFault } from "../../node/fault.ts";
import { nodeSeed } from "../../node/keys/node-keys.ts";
import { genesisRootOf } from "../../node/ledger/genesis-root.ts";
import { chainIdOf, paramsOfGenesis, readGenesis, writeGenesis, type Genesis } from "../../node/ledger/genesis.ts";
import { fullBlocksBytesPerDay, UNITS_PER_COIN } from "../../node/ledger/params.ts";
import { coinsText } from "../../node/state/coins.ts";
import { systemClock, systemRandom } from "../system-ports.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { dataFolderOf, placeOf, sizeText } from "./maintenance.ts";

/** `grid genesis new FILE`: makes the genesis of a new chain. Faults: LEDGER_GENESIS. */
export async function runGenesisNew(call: CommandCall): Promise<number> {
  const path = placeOf(call, call.params[0] ?? "");
  if (existsSync(path)) throw new CommandError(`there is a file ${path} already.`, "Choose another name; a genesis is never overwritten.");
  const { from, preset } = call.flags;
  const wishes = from === undefined ? {} : readWishes(placeOf(call, from));
  const genesis = readGenesis(JSON.stringify({
    format: 1, preset: preset ?? wishes["preset"] ?? "devnet", salt: toHex(systemRandom.bytes(32)), timeMs: String(systemClock.nowMs()),
    allocations: unitsOf(wishes["balances"] ?? {}), ...pick(wishes, "witnesses"), ...pick(wishes, "rules"),
  }));
  writeWhole(path, writeGenesis(genesis));
  return print(call, path, genesis);
}

/** `grid genesis show [FILE]`: what a genesis says, its root and its hash. */
export async function runGenesisShow(call: CommandCall): Promise<number> {
  const path = call.params[0] === undefined ? placesIn(dataFolderOf(call)).genesis : placeOf(call, call.params[0]);
  return print(call, path, readGenesis(readFileSync(path, "utf8")));
}

/** `grid genesis key`: the key under which this node leads, made if there is none yet. */
export async function runGenesisKey(call: CommandCall): Promise<number> {
  const key = toHex(ed25519PublicKey(nodeSeed(join(placesIn(dataFolderOf(call)).keys, "epoch.seed"), systemRandom)));
  call.io.out(call.flags["json"] === undefined ? `${key}\n` : `${JSON.stringify({ leaderKey: key })}\n`);
  return EXIT.ok;
}

const WISHES = ["preset", "balances", "witnesses", "rules"];

function readWishes(path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refused("file", "is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refused("file", "is not a JSON object");
  for (const field of Object.keys(value)) if (!WISHES.includes(field)) throw refused(field, `is none of ${WISHES.join(", ")}`);
  return value as Record<string, unknown>;
}

function pick(wishes: Record<string, unknown>, field: string): Record<string, unknown> {
  return field in wishes ? { [field]: wishes[field] } : {};
}

const COINS = /^(0|[1-9][0-9]{0,18})(?:\.([0-9]{1,18}))?$/;

/** Balances are given in coins, the genesis holds units. */
function unitsOf(balances: unknown): Record<string, string> {
  if (typeof balances !== "object" || balances === null) throw refused("balances", "is not an object of address and coins");
  return Object.fromEntries(Object.entries(balances).map(([address, coins]: [string, unknown]) => {
    const match = typeof coins === "string" ? COINS.exec(coins) : null;
    if (match === null) throw refused(`balances.${address.slice(0, 80)}`, 'is not a number of coins as text, such as "12.5"');
    return [address, String(BigInt(match[1] ?? 0) * UNITS_PER_COIN + BigInt((match[2] ?? "").padEnd(18, "0")))];
  }));
}

function print({ io, flags }: CommandCall, path: string, genesis: Genesis): number {
  const params = paramsOfGenesis(genesis);
  const chainId = toHex(chainIdOf(genesis));
  const root = toHex(genesisRootOf(genesis));
  const coins = coinsText(genesis.allocations.reduce((sum, { units }) => sum + units, 0n));
  const perDay = fullBlocksBytesPerDay(params);
  const { witnesses = [], rules = {} } = genesis;
  if (flags["json"] !== undefined) {
    const numbers = Object.fromEntries(Object.entries(rules).map(([name, value]) => [name, String(value)]));
    io.out(`${JSON.stringify({
      path, preset: genesis.preset, chainId, genesisRoot: root, timeMs: Number(genesis.timeMs), balances: genesis.allocations.length,
      witnesses: witnesses.length, rules: numbers, fullBlocksBytesPerDay: Number(perDay),
    })}\n`);
    return EXIT.ok;
  }
  const rows = [
    ["chain", chainId],
    ["root", root],
    ["preset", genesis.preset],
    ["begins", new Date(Number(genesis.timeMs)).toISOString()],
    ["balances", `${genesis.allocations.length}, ${coins}`],
    ["leaders", witnesses.length === 0 ? "anybody with work" : `${witnesses.length} ${witnesses.length === 1 ? "witness" : "witnesses"}`],
    ...Object.entries(rules).map(([name, value]) => [name, String(value)]),
    ["blocks", `at most ${sizeText(params.dataBlockSizeBytes)} every ${Number(params.dataBlockGapMs) / 1_000} s; full ones are ${sizeText(perDay)} on disk a day`],
    ["code", `at most ${params.dataBlockCodeErg} ERG in a block, ${params.packageErg} for a package in all`],
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length)) + 2;
  io.out(`${path}\n${rows.map(([name = "", value]) => `  ${name.padEnd(width)}${value}\n`).join("")}`);
  return EXIT.ok;
}

function refused(field: string, reason: string): FaultError<LedgerFault> {
  return new FaultError<LedgerFault>({ code: "LEDGER_GENESIS", field, reason });
}
