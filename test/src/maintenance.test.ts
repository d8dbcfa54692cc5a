// time-out: 300 s
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { listStoreFiles } from "../../node/store/files/store-files.ts";
import { commitAll, newFolder, quickClock, startDevnet } from "../node/maintenance/devnet.ts";
import { ROOT } from "../support/grid.ts";
import { gridHere } from "../support/grid-here.ts";

// What the commands that look after a node's folder print, word for word, and each way in which they fail. Hashes,
// numbers and paths differ from run to run and are masked.

const GOLDEN = join(ROOT, "test/transcripts/maintenance.txt");
const folder = newFolder();
const home = dirname(folder);
let transcript = "";

/** Runs `grid LINE` in the folder above the data folder and adds what it printed. */
async function grid(line: string): Promise<number | null> {
  const { code, stdout, stderr } = await gridHere(line.split(" "), { directory: home, env: { GRID_DATA: folder } });
  transcript += `$ grid ${line}\n${masked(stderr)}${masked(stdout)}${code === 0 ? "" : `exit code ${code}\n`}\n`;
  return code;
}

function masked(text: string): string {
  // How far a long check is depends on the machine.
  return text.replace(/^(?:blocks |records )?[0-9.,]+ ?[kM]?B? of .*\n/gm, "").replaceAll(home, "HOME").replace(/[0-9a-f]{16,64}/g, "HASH").replace(/20\d\d-\d\d-\d\dT[0-9:.]+Z/g, "TIME").replace(/\b\d+(?:[.,]\d+)* (?:bytes|kB|MB)\b/g, "SIZE").replace(/\b\d+(?:\.\d+)?\b/g, "N");
}

/** Flips a bit in the middle of a file of the store. */
function flip(data: string, name: (files: NonNullable<ReturnType<typeof listStoreFiles>>) => string): void {
  const store = join(data, "store");
  const files = listStoreFiles(store);
  assert.ok(files !== undefined);
  const path = join(store, name(files));
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 4;
  writeFileSync(path, bytes);
}

test.before(async () => {
  const node = await startDevnet(folder, {}, quickClock(100));
  try {
    await commitAll(node, ["echo one > a", "echo two > a"], { stage: "final" });
  } finally {
    await node.stop();
  }
});
test.after(() => rmSync(home, { recursive: true }));

test("backup, restore, check, prune, snapshot and genesis print what the transcript says", async () => {
  const lines = [
    "genesis show", "check", "check --full",
    "backup today.backup", "backup today.backup", "restore today.backup --data HOME/restored", "restore today.backup --data HOME/restored", "restore HOME/data/genesis.json --data HOME/other",
    "prune", "prune --keep 0", "prune --keep 0 --bodies", "check --full", "prune --keep all",
    "snapshot today.snapshot", "snapshot today.snapshot",
    "restore today.snapshot --data HOME/new", "restore today.snapshot --data HOME/new --min-work 1000000000", "restore today.snapshot --data HOME/new --checkpoint 5", "restore today.snapshot --data HOME/new --min-work 1",
    "check --data HOME/new", "check --full --data HOME/new", "snapshot new.snapshot --data HOME/new",
    "check --data HOME/nothing", "backup none.backup --data HOME/nothing",
    "genesis new ours.json", "up --genesis ours.json",
  ];
  for (const line of lines) {
    await grid(line.replaceAll("HOME", home));
    transcript = transcript.replaceAll(home, "HOME");
  }
  for (const [name, spoil] of Object.entries({
    table: (data: string) => flip(data, ({ tables }) => tables[0]?.name ?? ""),
    manifest: (data: string) => flip(data, ({ manifest }) => manifest.name),
    genesis: (data: string) => writeFileSync(join(data, "genesis.json"), readFileSync(join(data, "genesis.json"), "utf8").replace("devnet", "devnot")),
    key: (data: string) => writeFileSync(join(data, "keys/epoch.seed"), `${"0".repeat(64)} 00000000\n`),
    head: (data: string) => writeFileSync(join(data, "head"), "gone"),
  })) {
    const data = join(home, name);
    cpSync(folder, data, { recursive: true });
    spoil(data);
    for (const line of [`check --data ${data}`, `check --json --data ${data}`, `up --data ${data}`]) {
      assert.is(await grid(line), 1);
      transcript = transcript.replaceAll(home, "HOME");
    }
  }
  if (process.env["UPDATE"] === "1") writeFileSync(GOLDEN, transcript);
  assert.is(transcript, existsSync(GOLDEN) ? readFileSync(GOLDEN, "utf8") : "");
});

test.run();
