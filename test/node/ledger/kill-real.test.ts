// time-out: 300 s
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { encodeRlp } from "../../../lang/base/rlp.ts";
import { encodeBlock } from "../../../node/ledger/block-codec.ts";
import type { Block } from "../../../node/ledger/block.ts";
import { writeGenesis } from "../../../node/ledger/genesis.ts";
import { headerId } from "../../../node/ledger/header-codec.ts";
import { SimClock } from "../../sim/clock.ts";
import { SIM_GENESIS, SimNode, transfer } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";
import { isLongRun } from "../../support/clients.ts";

// kill -9 on a real process over a real disk, many times on one folder. crash.test.ts has every edge of a write in
// one process; this shows that the real store keeps what the simulated one promises.

const WRITER = fileURLToPath(new URL("./kill-writer.ts", import.meta.url));
const SEED = Number(process.env["SEED"] ?? 1);
const KILLS = 16;
const LONG_KILLS = 150;
/** Blocks of a run before the kill, and then a moment within the next, which takes about so long. */
const MOST_BLOCKS = 8;
const BLOCK_MS = 6;

async function makeBlocks(count: number): Promise<Block[]> {
  const clock = new SimClock();
  const node = await SimNode.start({ clock, name: "a" });
  for (let nonce = 1; node.blocks.length < count; nonce++) {
    node.feed.pool.add(transfer(nonce));
    await clock.advance(1_500);
  }
  await node.stop();
  return [...node.blocks];
}

interface Run {
  readonly lines: readonly string[];
  readonly code: number | null;
  readonly errors: string;
}

/** Runs the writer and kills it a moment after it said its head and took so many blocks. */
function runAndKill(folder: string, blocksFile: string, { blocks, afterMs }: { readonly blocks: number; readonly afterMs: number }): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", WRITER, folder, blocksFile], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    let errors = "";
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      printed += chunk;
      const isDue = printed.split("\n").filter((line) => /^(head|appended) /.test(line)).length > blocks;
      if (isDue) timer ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ lines: printed.split("\n").slice(0, -1), code, errors }));
  });
}

test("kill -9 of the real ledger at random moments loses no acknowledged block and no journal entry, and every start is clean", async () => {
  const kills = isLongRun(`${LONG_KILLS} kills instead of ${KILLS}`) ? LONG_KILLS : KILLS;
  const folder = mkdtempSync(join(tmpdir(), "grid-kill-"));
  try {
    const random = new SeededRandom(SEED);
    const blocks = await makeBlocks(kills * 2 * MOST_BLOCKS);
    const ids = blocks.map((block) => toHex(headerId(block.header)));
    const blocksFile = join(folder, "blocks");
    writeFileSync(blocksFile, encodeRlp(blocks.map(encodeBlock)));
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "genesis.json"), writeGenesis(SIM_GENESIS));
    let acknowledged = 0;
    let killed = 0;
    for (let round = 0; round < kills; round++) {
      const { lines, code, errors } = await runAndKill(join(folder, "data"), blocksFile, { blocks: random.below(MOST_BLOCKS), afterMs: random.below(BLOCK_MS) });
      const about = `round ${round}, seed ${SEED}`;
      assert.is(errors, "", about);
      if (code === null) killed++;
      assert.not.ok(lines.some((line) => line.endsWith("lost")), about);
      const told = lines.map((line) => /^(head|appended) (\d+) ([0-9a-f]{64})$/.exec(line)).filter((match) => match !== null);
      assert.ok(told.length > 0 && Number(told[0]?.[2]) >= acknowledged, `${about}: ${acknowledged} were acknowledged, ${told[0]?.[0]}`);
      for (const [, , height, id] of told) if (Number(height) > 0) assert.is(id, ids[Number(height) - 1], about);
      acknowledged = Number(told.at(-1)?.[2]);
      if (lines.includes("end")) break;
    }
    assert.ok(killed >= kills / 2 && acknowledged > kills, `${killed} kills, ${acknowledged} blocks`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
