// time-out: 240 s
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { startNode, type RunningNode } from "../../node/node.ts";
import { OUTSIDE_WORDS } from "../../shell/commands/table.ts";
import { systemClock, systemRandom } from "../../src/system-ports.ts";
import { told } from "../support/hooks.ts";
import { replaySessions } from "./session-script.ts";

// test/transcripts/session-*.txt: words that need a node, a signer or a second person. UPDATE=1 writes them down.

const folder = fileURLToPath(new URL("../transcripts/", import.meta.url));
let data = "";
let node: RunningNode;

test.before(told(async () => {
  data = mkdtempSync(join(tmpdir(), "grid-session-"));
  const log = { info: () => undefined, warn: () => undefined, error: (message: string, fields?: Record<string, unknown>) => assert.unreachable(`${message} ${JSON.stringify(fields)}`) };
  node = await startNode({ folder: data, outsideWords: OUTSIDE_WORDS, miningPercent: 50 }, { clock: systemClock, random: systemRandom, log, onFailure: (error) => { throw error; } });
  node.announce("127.0.0.1:2222");
}));
test.after(async () => {
  await node.stop();
  rmSync(data, { recursive: true });
});

for (const name of readdirSync(folder).filter((file) => file.startsWith("session-"))) {
  test(`${name} reads as it was written down`, async () => {
    const golden = readFileSync(folder + name, "utf8");
    const replayed = await replaySessions(golden, node);
    if (process.env["UPDATE"] === "1") writeFileSync(folder + name, replayed);
    else assert.fixture(replayed, golden);
  });
}

test.run();
