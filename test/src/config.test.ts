import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CommandError } from "../../src/cli/command.ts";
import { readConfig, readEndpoint } from "../../src/config.ts";
import type { ConfigInput } from "../../src/config.ts";
import { settingsChanged } from "../../src/config-seen.ts";

function folderWith(config: string): string {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  mkdirSync(join(folder, ".grid"));
  writeFileSync(join(folder, ".grid", "config.json"), config);
  return folder;
}

function refusal(input: Partial<ConfigInput>): string {
  try {
    readConfig({ flags: {}, env: {}, directory: "/nowhere", ...input });
  } catch (error) {
    if (error instanceof CommandError) return `${error.message} ${error.remedy}`;
    throw error;
  }
  return "accepted";
}

test("without settings there are defaults", () => {
  const config = readConfig({ flags: {}, env: {}, directory: "/nowhere" });
  assert.equal(config, {
    dataFolder: "/nowhere/.grid", ssh: { host: "127.0.0.1", port: 2222 }, logLevel: "warn",
    miningPercent: undefined, history: undefined, genesisFile: undefined, preset: "devnet", workers: undefined, cacheBytes: undefined, peers: undefined,
  });
});

test("a node listens for others, dials several, or both; without either it talks to nobody", () => {
  const peersOf = (flags: Record<string, string>): unknown => readConfig({ flags, env: {}, directory: "/nowhere" }).peers;
  const [one, two] = [{ host: "127.0.0.1", port: 1 }, { host: "::1", port: 2 }];
  assert.equal(peersOf({ listen: "127.0.0.1:1" }), { listen: one, peers: [] });
  assert.equal(peersOf({ peer: "127.0.0.1:1,[::1]:2" }), { listen: undefined, peers: [one, two] });
  assert.equal(readConfig({ flags: {}, env: { GRID_PEER: "127.0.0.1:1, [::1]:2" }, directory: "/nowhere" }).peers?.peers, [one, two]);
  assert.match(refusal({ flags: { peer: "127.0.0.1:1,here" } }), /sets peer to "here"\. It must be HOST:PORT of another node/);
});

test("flags come before the environment, the environment before the file, the file before defaults", () => {
  const directory = folderWith('{ "ssh": "127.0.0.1:1", "log": "error" }');
  const env = { GRID_SSH: "127.0.0.1:2" };
  assert.is(readConfig({ flags: {}, env: {}, directory }).ssh.port, 1);
  assert.is(readConfig({ flags: {}, env, directory }).ssh.port, 2);
  assert.is(readConfig({ flags: { ssh: "127.0.0.1:3" }, env, directory }).ssh.port, 3);
  assert.is(readConfig({ flags: {}, env, directory }).logLevel, "error");
});

test("relative folders start at their source: the working directory, or the folder of the file", () => {
  const directory = folderWith('{ "data": "chain" }');
  const flags = { config: join(".grid", "config.json") };
  assert.is(readConfig({ flags, env: {}, directory }).dataFolder, join(directory, ".grid", "chain"));
  assert.is(readConfig({ flags: { data: "here" }, env: {}, directory }).dataFolder, join(directory, "here"));
});

test("an unknown setting is named with its line, and the nearest", () => {
  const directory = folderWith('{\n  "ssh": "127.0.0.1:1",\n  "dta": "x"\n}');
  const text = refusal({ directory });
  assert.match(text, /config\.json, line 3: there is no setting "dta"\. Did you mean data\?/);
});

test("a wrong value is named with its source and what it must be", () => {
  assert.match(refusal({ env: { GRID_SSH: "2222" } }), /^the environment sets ssh to "2222"\. It must be HOST:PORT/);
  assert.match(refusal({ flags: { log: "loud" } }), /^the command line sets log to "loud"\. It must be one of debug, info/);
  assert.match(refusal({ directory: folderWith('{ "ssh": 2222 }') }), /line 1: ssh must be a text in quotes/);
  assert.match(refusal({ directory: folderWith("{ ssh }") }), /is not JSON/);
  assert.match(refusal({ directory: folderWith("[]") }), /must hold one JSON object/);
  assert.match(refusal({ flags: { config: "no-such-file" } }), /the settings cannot be read: there is no .*--config/s);
});

test("the cache is said in MiB, by flag, environment or file, and bounded", () => {
  const read = (input: Partial<ConfigInput>): ReturnType<typeof readConfig> => readConfig({ flags: {}, env: {}, directory: "/nowhere", ...input });
  assert.is(read({ flags: { cache: "256" } }).cacheBytes, 256 * 2 ** 20);
  assert.is(read({ env: { GRID_CACHE: "1" } }).cacheBytes, 2 ** 20);
  assert.is(read({}).cacheBytes, undefined);
  for (const text of ["0", "65537", "1.5", "lots", ""]) assert.match(refusal({ flags: { cache: text } }), /sets cache to .*It must be a number of MiB from 1 to 65536/, text);
});

test("addresses: names, IPv4, IPv6 in brackets; ports up to 65535", () => {
  const otherwise = new Error("refused");
  assert.equal(readEndpoint("[::1]:0", otherwise), { host: "::1", port: 0 });
  assert.equal(readEndpoint("localhost:65535", otherwise), { host: "localhost", port: 65_535 });
  for (const text of ["localhost", ":22", "a:b", "::1:22", "a:65536", "a:-1", "a:22 "]) {
    assert.throws(() => readEndpoint(text, otherwise), /refused/, text);
  }
});

test("a settings file that is another one than at the last start is told, once", () => {
  const folder = join(folderWith('{ "ssh": "127.0.0.1:2222" }'), ".grid");
  assert.equal([settingsChanged(folder), settingsChanged(folder)], [false, false]);
  writeFileSync(join(folder, "config.json"), '{ "ssh": "127.0.0.1:2223" }');
  assert.equal([settingsChanged(folder), settingsChanged(folder)], [true, false]);
});

test.run();
