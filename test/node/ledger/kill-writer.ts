import { readFileSync, writeSync } from "node:fs";
import { decodeRlp } from "../../../lang/base/rlp.ts";
import { bytesField, listField } from "../../../lang/base/rlp-fields.ts";
import { toHex } from "../../../lang/base/bytes.ts";
import { openDataFolder } from "../../../node/data-folder.ts";
import { decodeBlock } from "../../../node/ledger/block-codec.ts";
import { smallFile } from "../../../node/ledger/head-marker.ts";
import { openChain } from "../../../node/ledger/open-chain.ts";
import { RealmStates } from "../../../node/ledger/realm-states.ts";
import { SignJournal } from "../../../node/ledger/sign-journal.ts";
import { createStateReader } from "../../../node/state/versioned.ts";
import { SimClock } from "../../sim/clock.ts";
import { verifyTest } from "../../sim/keys.ts";
import { SIM_PARAMS } from "../../sim/node.ts";
import { SeededRandom } from "../../sim/random.ts";
import { TransferExecutor } from "../../sim/transfers.ts";

/**
 * The ledger alone on a real disk, made to be killed: takes the blocks of a file one by one, journals each data
 * block as its leader would, and says on standard output what is done. Arguments: data folder, file of blocks.
 */
const [folder = "", blocksFile = ""] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

const blocks = listField(decodeRlp(new Uint8Array(readFileSync(blocksFile))), "blocks").map((bytes) => decodeBlock(bytesField(bytes, "block", []), SIM_PARAMS));
const clock = new SimClock(1_700_009_000_000);
const data = await openDataFolder(folder, { clock, random: new SeededRandom(1) });
const states = new RealmStates(data.disk, createStateReader(data.disk, { cacheBytes: 1 << 20, folder }), SIM_PARAMS.historyBlocks);
const chain = await openChain({
  genesis: data.genesis, ports: { clock, disk: data.disk, marker: smallFile(data.headMarkerPath) }, states,
  executor: new TransferExecutor(), rule: { verify: verifyTest, isUsableKey: () => true }, folder, params: SIM_PARAMS,
});
const journal = new SignJournal(data.disk, SIM_PARAMS, folder);
const leader = new Uint8Array(32).fill(1);

for (const height of chain.head().height === 0n ? [] : [1n, chain.head().height]) {
  const parentId = chain.machine.store.entry(chain.machine.store.idAt(height) ?? leader)?.parentId ?? leader;
  if ("packages" in (blocks[Number(height) - 1] ?? {})) say(`journal ${height} ${journal.find(leader, parentId) === undefined ? "lost" : "kept"}`);
}
say(`head ${chain.head().height} ${toHex(chain.head().id)}`);
for (const block of blocks.slice(Number(chain.head().height))) {
  if ("packages" in block && journal.find(leader, block.header.parentId) === undefined) await journal.record(leader, block);
  const { kind } = await chain.submit(block);
  say(`${kind} ${chain.head().height} ${toHex(chain.head().id)}`);
}
await data.disk.close();
say("end");
