import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { SNAPSHOT_LINE } from "../../node/maintenance/snapshot/format.ts";
import { takeSnapshot, type TakenSnapshot, type Vouching } from "../../node/maintenance/snapshot/read-snapshot.ts";
import { writeSnapshot } from "../../node/maintenance/snapshot/write-snapshot.ts";
import { systemClock } from "../system-ports.ts";
import { CommandError, EXIT, UsageError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { dataFolderOf, placeOf, progressTo, sizeText } from "./maintenance.ts";

/** `grid snapshot FILE`: the newest final state of a stopped node. */
export async function runSnapshot(call: CommandCall): Promise<number> {
  const { io, flags } = call;
  const path = placeOf(call, call.params[0] ?? "");
  if (existsSync(path)) throw new CommandError(`there is a file ${path} already.`, "Choose another name; a snapshot is never overwritten.");
  const { height, blockId, stateRoot, work, domains, entries, sizeBytes } = await writeSnapshot(dataFolderOf(call), path, progressTo(call));
  if (flags["json"] !== undefined) {
    io.out(`${JSON.stringify({ path, height: Number(height), blockId: toHex(blockId), stateRoot: toHex(stateRoot), work: String(work), domains, entries, sizeBytes })}\n`);
    return EXIT.ok;
  }
  io.out(`${path}\n  block     ${toHex(blockId)}\n  height    ${height}\n  root      ${toHex(stateRoot)}\n  work      ${work} hashes\n  state     ${domains} domains, ${entries} entries\n  size      ${sizeText(sizeBytes)}\n`);
  return EXIT.ok;
}

/** Whether a file says of itself that it is a snapshot. */
export function isSnapshot(path: string): boolean {
  const file = openSync(path, "r");
  const line = Buffer.alloc(SNAPSHOT_LINE.length);
  readSync(file, line);
  closeSync(file);
  return line.toString("latin1") === SNAPSHOT_LINE;
}

/** `grid restore` of a snapshot. */
export async function restoreSnapshot(call: CommandCall, path: string): Promise<number> {
  const folder = dataFolderOf(call);
  const { chainId, height, blockId, stateRoot } = await beginWithSnapshot(call, path, folder);
  const { io, flags } = call;
  if (flags["json"] !== undefined) io.out(`${JSON.stringify({ folder, chainId: toHex(chainId), height: Number(height), blockId: toHex(blockId), stateRoot: toHex(stateRoot) })}\n`);
  else io.out(`${folder}\n  chain     ${toHex(chainId)}\n  block     ${toHex(blockId)}\n  height    ${height}\n  root      ${toHex(stateRoot)}\n`);
  return EXIT.ok;
}

/** Makes `folder` that of a node that begins with the snapshot. Faults: as of `takeSnapshot`. */
export function beginWithSnapshot(call: CommandCall, path: string, folder: string): Promise<TakenSnapshot> {
  return takeSnapshot(path, folder, { ...vouchingOf(call), clock: systemClock, onProgress: progressTo(call) });
}

function vouchingOf({ flags }: CommandCall): Vouching {
  const { checkpoint, "min-work": minWork } = flags;
  const id = checkpoint === undefined ? undefined : fromHex(checkpoint);
  if (checkpoint !== undefined && id?.length !== 32) throw new UsageError(`--checkpoint is "${checkpoint}".`, "--checkpoint with the 64 hex digits of a block's id");
  if (minWork !== undefined && !/^[0-9]{1,40}$/.test(minWork)) throw new UsageError(`--min-work is "${minWork}".`, "--min-work with a number of hashes");
  return { checkpoint: id, minWork: minWork === undefined ? undefined : BigInt(minWork) };
}
