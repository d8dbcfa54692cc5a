import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { suggest } from "../lang/suggest.ts";
import { CommandError } from "./cli/command.ts";
import { describeSystemError, isSystemError } from "./cli/system-error.ts";
import { isPresetName, type PresetName } from "../node/ledger/params.ts";
import { LOG_LEVELS } from "./log.ts";
import type { LogLevel } from "./log.ts";

/** Settings of a node on this machine. Nothing here is a rule of the chain; those stand in node/ledger/params.ts. */
export interface Config {
  /** Absolute. Holds the chain, keys and, if there is one, config.json. */
  readonly dataFolder: string;
  readonly ssh: Place;
  readonly logLevel: LogLevel;
  /** Percent of one core; 0 for none. Undefined: what the preset says. */
  readonly miningPercent: number | undefined;
  /** How many blocks back old state can be read; undefined: what the preset says. */
  readonly history: bigint | "archive" | undefined;
  /** Absolute path of the genesis to join; undefined for the folder's own. */
  readonly genesisFile: string | undefined;
  /** Of the chain that a new folder begins. */
  readonly preset: PresetName;
  /** Worker threads of each kind; undefined: what the machine has. */
  readonly workers: number | undefined;
  /** Of state, kept by a worker that runs blocks; undefined: the node's own. */
  readonly cacheBytes: number | undefined;
  /** Other nodes; undefined: none, in neither direction. */
  readonly peers: { readonly listen: Place | undefined; readonly peers: readonly Place[] } | undefined;
}
interface Place {
  readonly host: string;
  readonly port: number;
}

/** Where settings may come from, strongest first. Each maps a setting's name to its text. */
interface Source {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  /** Relative paths in this source start here. */
  readonly folder: string;
}
interface Setting {
  readonly flag: string;
  readonly variable: string;
  readonly help: string;
}

/** Every setting, by its name in the file and on the command line. */
const SETTINGS = {
  data: { flag: "--data", variable: "GRID_DATA", help: "a folder" },
  ssh: { flag: "--ssh", variable: "GRID_SSH", help: "HOST:PORT, such as 127.0.0.1:2222" },
  listen: { flag: "--listen", variable: "GRID_LISTEN", help: "HOST:PORT on this machine, such as 127.0.0.1:7300" },
  peer: { flag: "--peer", variable: "GRID_PEER", help: "HOST:PORT of another node on this machine, or several with commas" },
  mining: { flag: "--mining", variable: "GRID_MINING", help: "off, or percent of one core from 1 to 6400, such as 10" },
  history: { flag: "--history", variable: "GRID_HISTORY", help: "archive, or a number of blocks" },
  workers: { flag: "--workers", variable: "GRID_WORKERS", help: "a number from 1 to 64" },
  cache: { flag: "--cache", variable: "GRID_CACHE", help: "a number of MiB from 1 to 65536" },
  genesis: { flag: "--genesis", variable: "GRID_GENESIS", help: "a file" },
  preset: { flag: "--preset", variable: "GRID_PRESET", help: "one of devnet, testnet, mainnet" },
  log: { flag: "--log", variable: "GRID_LOG", help: `one of ${LOG_LEVELS.join(", ")}` },
} as const satisfies Readonly<Record<string, Setting>>;
type SettingName = keyof typeof SETTINGS;

export interface ConfigInput {
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

/** Flags before environment before file before defaults. Throws CommandError that names the source and place. */
export function readConfig({ flags, env, directory }: ConfigInput): Config {
  const given: Source[] = [
    { name: "the command line", values: onlySettings(flags), folder: directory },
    { name: "the environment", values: fromEnvironment(env), folder: directory },
  ];
  const dataFolder = find(given, "data", (text, source) => resolve(source.folder, text)) ?? resolve(directory, ".grid");
  const file = readFile({ named: flags["config"] ?? env["GRID_CONFIG"], directory, dataFolder });
  const sources = file === undefined ? given : [...given, file];
  return {
    dataFolder: find(sources, "data", (text, source) => resolve(source.folder, text)) ?? dataFolder,
    ssh: find(sources, "ssh", (text, source) => readEndpoint(text, wrong("ssh", text, source))) ?? { host: "127.0.0.1", port: 2222 },
    logLevel: find(sources, "log", readLevel) ?? "warn",
    miningPercent: find(sources, "mining", readMining),
    history: flags["archive"] === undefined ? find(sources, "history", readHistory) : "archive",
    genesisFile: find(sources, "genesis", (text, source) => resolve(source.folder, text)),
    preset: find(sources, "preset", readPreset) ?? "devnet",
    workers: find(sources, "workers", readWorkers),
    cacheBytes: find(sources, "cache", readCache),
    peers: readPeers(sources),
  };
}

/** "127.0.0.1:2222", "[::1]:0", "localhost:22". Throws `otherwise` for anything else. */
export function readEndpoint(text: string, otherwise: Error): Place {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s[\]]+)):(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port > 65_535) throw otherwise;
  return { host, port };
}

function find<T>(sources: readonly Source[], name: SettingName, read: (text: string, source: Source) => T): T | undefined {
  for (const source of sources) {
    const text = source.values[name];
    if (text !== undefined) return read(text, source);
  }
  return undefined;
}

/** None of the two settings: the node talks to nobody. */
function readPeers(sources: readonly Source[]): Config["peers"] {
  const listen = find(sources, "listen", (text, source) => readEndpoint(text, wrong("listen", text, source)));
  const peers = find(sources, "peer", (text, source) => text.split(",").map((each) => readEndpoint(each.trim(), wrong("peer", each, source))));
  return listen === undefined && peers === undefined ? undefined : { listen, peers: peers ?? [] };
}

function readLevel(text: string, source: Source): LogLevel {
  const level = LOG_LEVELS.find((each) => each === text);
  if (level === undefined) throw wrong("log", text, source);
  return level;
}

function readMining(text: string, source: Source): number {
  if (text === "off") return 0;
  const percent = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (percent < 1 || percent > 6_400) throw wrong("mining", text, source);
  return percent;
}

function readWorkers(text: string, source: Source): number {
  const count = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > 64) throw wrong("workers", text, source);
  return count;
}

function readCache(text: string, source: Source): number {
  const mebibytes = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (mebibytes < 1 || mebibytes > 65_536) throw wrong("cache", text, source);
  return mebibytes * 2 ** 20;
}

function readHistory(text: string, source: Source): bigint | "archive" {
  if (text === "archive") return text;
  if (!/^[0-9]{1,15}$/.test(text)) throw wrong("history", text, source);
  return BigInt(text);
}

function readPreset(text: string, source: Source): PresetName {
  if (!isPresetName(text)) throw wrong("preset", text, source);
  return text;
}

function wrong(name: SettingName, text: string, source: Source): CommandError {
  return new CommandError(`${source.name} sets ${name} to "${text}".`, `It must be ${SETTINGS[name].help}.`);
}

function onlySettings(flags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => name in SETTINGS));
}

function fromEnvironment(env: ConfigInput["env"]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, { variable }] of Object.entries(SETTINGS)) {
    const text = env[variable];
    if (text !== undefined && text !== "") values[name] = text;
  }
  return values;
}

function readFile(place: { readonly named: string | undefined; readonly directory: string; readonly dataFolder: string }): Source | undefined {
  const path = place.named === undefined ? join(place.dataFolder, "config.json") : resolve(place.directory, place.named);
  if (place.named === undefined && !existsSync(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = isSystemError(error) ? describeSystemError(error, path).text : `${String(error)}.`;
    throw new CommandError(`the settings cannot be read: ${why}`, "Name another file with --config, or none.");
  }
  return { name: path, values: parseFile(path, text), folder: dirname(path) };
}

/** One flat JSON object of texts, so that the line of a name is where the name stands. */
function parseFile(path: string, text: string): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}.`, 'It looks like this: { "ssh": "127.0.0.1:2222" }');
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new CommandError(`${path} must hold one JSON object.`, 'It looks like this: { "ssh": "127.0.0.1:2222" }');
  }
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(parsed)) {
    const place = `${path}, line ${lineOf(text, name)}`;
    if (!(name in SETTINGS)) throw unknownSetting(place, name);
    if (typeof value !== "string") throw new CommandError(`${place}: ${name} must be a text in quotes.`, `It must be ${SETTINGS[name as SettingName].help}.`);
    values[name] = value;
  }
  return values;
}

function unknownSetting(place: string, name: string): CommandError {
  const known = Object.keys(SETTINGS);
  const [nearest] = suggest(name, known);
  const remedy = nearest === undefined ? `The settings are ${known.join(", ")}.` : `Did you mean ${nearest}? The settings are ${known.join(", ")}.`;
  return new CommandError(`${place}: there is no setting "${name}".`, remedy);
}

function lineOf(text: string, name: string): number {
  const at = text.search(new RegExp(`${JSON.stringify(name).replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*:`));
  return text.slice(0, Math.max(at, 0)).split("\n").length;
}
