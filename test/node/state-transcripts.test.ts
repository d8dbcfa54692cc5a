import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeAddress } from "../../node/state/address.ts";
import { WHO, World } from "./state-world.ts";

/**
 * Runs the sessions of test/transcripts/files-*.txt and compares what they print; UPDATE=1 writes it down.
 *
 *     === title      a new, empty state
 *     > line         a line of alice's; `bob> line` one of his
 *     = coins bob 5  he has so many more
 *     = commit [n]   what is pending becomes a block, then come n - 1 empty ones
 *
 * `{bob}` in a line stands for his address.
 */
const folder = fileURLToPath(new URL("../transcripts/", import.meta.url));

async function replay(text: string): Promise<string> {
  let world = new World();
  let out = "";
  for (const line of text.split("\n")) {
    const input = /^(alice|bob|carol)?> ?(.*)$/.exec(line);
    if (line.startsWith("=== ") || line.startsWith("= ")) out += `${out === "" || line.startsWith("= ") ? "" : "\n"}${line}\n`;
    if (line.startsWith("=== ")) world = new World();
    const coins = /^= coins (\w+) (\d+)$/.exec(line);
    if (coins !== null) world.realm.adjustBalance(WHO[coins[1] as string] as Uint8Array, BigInt(coins[2] as string) * 10n ** 18n);
    if (line.startsWith("= commit")) await world.commit(Number(line.slice(9) || "1"));
    if (input === null) continue;
    const printed = world.run(input[1] ?? "alice", addressed(input[2] as string));
    out += `${line}\n${printed}${printed === "" || printed.endsWith("\n") ? "" : "⏎\n"}`;
  }
  return named(out);
}

function addressed(line: string): string {
  return line.replace(/\{(\w+)\}/g, (whole, name: string) => (WHO[name] === undefined ? whole : encodeAddress(WHO[name])));
}

/** Addresses by the name of whose they are. Prices are left out: calibration moves them. */
function named(text: string): string {
  const priceless = text.replace(/\bERG \d+/g, "ERG …").replace(/"ergUsed":\d+/g, '"ergUsed":…');
  return Object.entries(WHO).reduce((out, [name, domain]) => out.replaceAll(encodeAddress(domain), `{${name}}`), priceless);
}

for (const name of readdirSync(folder).filter((file) => file.startsWith("files-"))) {
  test(`${name} reads as it was written down`, async () => {
    const golden = readFileSync(folder + name, "utf8");
    const replayed = await replay(golden);
    if (process.env["UPDATE"] === "1") writeFileSync(folder + name, replayed);
    else assert.fixture(replayed, golden);
  });
}

test.run();
