import { compareBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import { numberItem, textItem } from "../../lang/base/rlp-fields.ts";
import type { LedgerFault } from "../fault.ts";
import type { Random } from "../ports.ts";
import { decodeAddress, encodeAddress } from "../state/address.ts";
import { GENESIS_RULES, isRuleName, type GenesisRules, type RuleName } from "./genesis-rules.ts";
import { isPresetName, paramsOf, UNITS_PER_COIN, type LedgerParams, type PresetName } from "./params.ts";

/**
 * Where a chain begins: preset, 32 random bytes (so that no two devnets share a chain id, R6), time and
 * first balances; on private networks also who may lead, and numbers that differ from the preset's. The file
 * is JSON for people; the chain id is a hash over canonical RLP, so spaces, order of fields and notation do
 * not matter.
 */
export interface Genesis {
  readonly preset: PresetName;
  /** 32 bytes. */
  readonly salt: Uint8Array;
  readonly timeMs: bigint;
  /** Sorted by domain, none twice, none zero. Base units. */
  readonly allocations: readonly Allocation[];
  /** Leader keys of a private network, 32 bytes each, sorted, none twice; absent or empty: anybody may lead (G72). */
  readonly witnesses?: readonly Uint8Array[];
  /** Numbers that replace the preset's (G73). */
  readonly rules?: GenesisRules;
}
export interface Allocation {
  readonly domain: Uint8Array;
  readonly units: bigint;
}

/** A faucet that pays 100 coins a time lasts for ten million people. */
const DEVNET_FAUCET_UNITS = 1_000_000_000n * UNITS_PER_COIN;
/** Room for some ten thousand allocations. */
const MAX_FILE_BYTES = 1 << 20;
const MAX_ALLOCATIONS = 10_000;
/** All coins there are stay below this, so that no sum of balances leaves 128 bits. */
const MAX_SUPPLY_UNITS = 1n << 120n;
const TAG = utf8("gridshell-genesis-v1\0");
const FIELDS = ["format", "preset", "salt", "timeMs", "allocations"];
const OPTIONAL_FIELDS = ["witnesses", "rules"];
const MAX_WITNESSES = 1_000;

/** Id of the chain and parent of its first block: 32 bytes. */
export function chainIdOf(genesis: Genesis): Uint8Array {
  const { witnesses = [], rules = {} } = genesis;
  const own = ruleEntries(rules).map(([name, value]) => [textItem(name), numberItem(value)]);
  return sha256(TAG, encodeRlp([
    numberItem(1), textItem(genesis.preset), genesis.salt, numberItem(genesis.timeMs),
    genesis.allocations.map(({ domain, units }) => [domain, numberItem(units)]),
    ...(witnesses.length + own.length > 0 ? [[...witnesses], own] : []),
  ]));
}

/** The numbers of this chain: the preset's, and what the genesis says instead. */
export function paramsOfGenesis({ preset, witnesses = [], rules = {} }: Genesis): LedgerParams {
  const params = { ...paramsOf(preset), leaderKeys: witnesses };
  const own = Object.fromEntries(ruleEntries(rules).map(([name, value]) => [name, typeof params[name] === "number" ? Number(value) : value]));
  const changed: LedgerParams = { ...params, ...own };
  // A package that fits no block would wait for ever.
  return { ...changed, packageSizeBytes: Math.min(changed.packageSizeBytes, changed.dataBlockSizeBytes), packageErg: least(changed.packageErg, changed.dataBlockErg, changed.dataBlockCodeErg) };
}

function least(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((a, b) => (b < a ? b : a));
}

/** A new devnet, or testnet, whose only coins are those of its faucets. */
export function createDevnetGenesis(options: { random: Random; timeMs: number; faucetDomains: readonly Uint8Array[]; preset?: "devnet" | "testnet" }): Genesis {
  return {
    preset: options.preset ?? "devnet",
    salt: options.random.bytes(32),
    timeMs: BigInt(options.timeMs),
    allocations: [...options.faucetDomains].sort(compareBytes).map((domain) => ({ domain, units: DEVNET_FAUCET_UNITS })),
  };
}

/** The file's text. `readGenesis` gives back the same genesis. */
export function writeGenesis(genesis: Genesis): string {
  const allocations = genesis.allocations.map(({ domain, units }) => [encodeAddress(domain), units.toString()]);
  const { witnesses = [], rules = {} } = genesis;
  const file = {
    format: 1, preset: genesis.preset, salt: toHex(genesis.salt), timeMs: genesis.timeMs.toString(), allocations: Object.fromEntries(allocations),
    ...(witnesses.length > 0 && { witnesses: witnesses.map((key) => toHex(key)) }),
    ...(ruleEntries(rules).length > 0 && { rules: Object.fromEntries(ruleEntries(rules).map(([name, value]) => [name, value.toString()])) }),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Reads the file strictly: unknown and missing fields and values out of form are refused by name. Faults: LEDGER_GENESIS. */
export function readGenesis(text: string): Genesis {
  const file = readObject(text);
  for (const field of Object.keys(file)) if (!FIELDS.includes(field) && !OPTIONAL_FIELDS.includes(field)) refuse(field, "is not a field of a genesis");
  for (const field of FIELDS) if (!(field in file)) refuse(field, "is missing");
  if (file["format"] !== 1) refuse("format", "is not 1; a newer program may know it");
  const preset = stringOf(file, "preset");
  if (!isPresetName(preset)) refuse("preset", "is none of devnet, testnet, mainnet");
  const salt = fromHex(stringOf(file, "salt"));
  if (salt === undefined || salt.length !== 32) refuse("salt", "is not 64 hex digits");
  return {
    preset, salt, timeMs: readAmount("timeMs", file["timeMs"], 1n << 48n), allocations: readAllocations(file["allocations"]),
    ...("witnesses" in file && { witnesses: readWitnesses(file["witnesses"]) }),
    ...("rules" in file && { rules: readRules(file["rules"]) }),
  };
}

function readWitnesses(value: unknown): Uint8Array[] {
  if (!Array.isArray(value) || value.length === 0) refuse("witnesses", "is not a list of keys; leave it out when anybody may lead");
  if (value.length > MAX_WITNESSES) refuse("witnesses", `has more than ${MAX_WITNESSES} keys`);
  const keys = value.map((text: unknown) => {
    const key = typeof text === "string" ? fromHex(text) : undefined;
    return key?.length === 32 ? key : refuse("witnesses", "holds something that is not 64 hex digits");
  });
  keys.sort(compareBytes);
  keys.forEach((key, i) => compareBytes(key, keys[i + 1] ?? new Uint8Array(0)) === 0 && refuse("witnesses", "names a key twice"));
  return keys;
}

function readRules(value: unknown): GenesisRules {
  if (!isRecord(value) || Object.keys(value).length === 0) refuse("rules", "is not an object of name and number; leave it out when the preset's hold");
  const rules: { [N in RuleName]?: bigint } = {};
  for (const [name, text] of Object.entries(value)) {
    if (!isRuleName(name)) refuse(`rules.${name.slice(0, 80)}`, `is none of ${Object.keys(GENESIS_RULES).join(", ")}`);
    const { least, most } = GENESIS_RULES[name];
    const amount = readAmount(`rules.${name}`, text, most + 1n);
    if (amount < least) refuse(`rules.${name}`, `is below ${least}`);
    rules[name] = amount;
  }
  return rules;
}

/** In one order, that of the table. */
function ruleEntries(rules: GenesisRules): [RuleName, bigint][] {
  return (Object.keys(GENESIS_RULES) as RuleName[]).flatMap((name): [RuleName, bigint][] => {
    const value = rules[name];
    return value === undefined ? [] : [[name, value]];
  });
}

function readObject(text: string): Record<string, unknown> {
  if (text.length > MAX_FILE_BYTES) refuse("file", `is longer than ${MAX_FILE_BYTES} characters`);
  const value = parseJson(text);
  if (!isRecord(value)) refuse("file", "is not a JSON object");
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse("file", "is not JSON");
  }
}

function readAllocations(value: unknown): Allocation[] {
  if (!isRecord(value)) refuse("allocations", "is not an object of address and units");
  const entries = Object.entries(value);
  if (entries.length > MAX_ALLOCATIONS) refuse("allocations", `has more than ${MAX_ALLOCATIONS} entries`);
  const allocations = entries.map(([address, units]) => ({
    domain: readAddress(address),
    units: readAmount(`allocations.${address}`, units, MAX_SUPPLY_UNITS),
  }));
  allocations.sort((a, b) => compareBytes(a.domain, b.domain));
  allocations.forEach(({ domain, units }, i) => {
    const next = allocations[i + 1];
    if (next !== undefined && compareBytes(domain, next.domain) === 0) refuse("allocations", "names a domain twice");
    if (units === 0n) refuse("allocations", "gives somebody nothing");
  });
  if (allocations.reduce((sum, { units }) => sum + units, 0n) >= MAX_SUPPLY_UNITS) refuse("allocations", "give out more than 2^120 units");
  return allocations;
}

function readAddress(text: string): Uint8Array {
  try {
    return decodeAddress(text);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return refuse(`allocations.${text.slice(0, 80)}`, "is not an address");
  }
}

/** Numbers are written as decimal text, because JSON numbers lose digits. */
function readAmount(field: string, value: unknown, limit: bigint): bigint {
  if (typeof value !== "string" || !/^(?:0|[1-9][0-9]{0,38})$/.test(value)) refuse(field, "is not a whole number written as text");
  const amount = BigInt(value);
  if (amount >= limit) refuse(field, "is too large");
  return amount;
}

function stringOf(file: Record<string, unknown>, field: string): string {
  const value = file[field];
  return typeof value === "string" ? value : refuse(field, "is not text");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(field: string, reason: string): never {
  throw new FaultError<LedgerFault>({ code: "LEDGER_GENESIS", field, reason });
}
