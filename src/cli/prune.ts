import { prune } from "../../node/maintenance/prune.ts";
import { EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { dataFolderOf, progressTo, sizeText } from "./maintenance.ts";

/** `grid prune`: drops old versions of the state of a stopped node, and with `--bodies` old packages too. */
export async function runPrune(call: CommandCall): Promise<number> {
  const { io, flags } = call;
  const { floorBefore, floor, sizeBytesBefore, sizeBytes, journalEntries, bodies, keptFrom } = await prune(dataFolderOf(call), { keepBlocks: keepOf(flags["keep"]), bodies: flags["bodies"] !== undefined, onProgress: progressTo(call) });
  if (flags["json"] !== undefined) {
    io.out(`${JSON.stringify({ floorBefore: Number(floorBefore), floor: Number(floor), sizeBytesBefore, sizeBytes, journalEntries, bodies, keptFrom: Number(keptFrom) })}\n`);
    return EXIT.ok;
  }
  const cut = floor > floorBefore ? `readable from block ${floor} on; before, from ${floorBefore}` : `nothing to drop; it is readable from block ${floor} on`;
  io.out(`state     ${cut}\njournal   ${journalEntries} entries dropped\nblocks    ${keptFrom === 0n ? "all are kept" : `whole from block ${keptFrom} on`}${bodies === 0 ? "" : `; packages of ${bodies} dropped`}\ndisk      ${sizeText(sizeBytes)}; before, ${sizeText(sizeBytesBefore)}\n`);
  return EXIT.ok;
}

function keepOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,15}$/.test(text)) return BigInt(text);
  throw new UsageError(`--keep is "${text}".`, "--keep with a number of blocks, such as --keep 2000");
}
