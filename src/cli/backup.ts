import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../../lang/base/bytes.ts";
import { backUp } from "../../node/maintenance/backup.ts";
import { restore } from "../../node/maintenance/restore.ts";
import { CommandError, EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { dataFolderOf, placeOf, sizeText } from "./maintenance.ts";
import { isSnapshot, restoreSnapshot } from "./snapshot.ts";

/** `grid backup FILE|DIR`: also of a node that runs. */
export async function runBackup(call: CommandCall): Promise<number> {
  const { io, flags } = call;
  const folder = dataFolderOf(call);
  const path = backupPath(placeOf(call, call.params[0] ?? ""), folder);
  if (existsSync(path)) throw new CommandError(`there is a file ${path} already.`, "Choose another name; a backup is never overwritten.");
  const { chainId, height, files, sizeBytes } = backUp(folder, path);
  if (flags["json"] !== undefined) io.out(`${JSON.stringify({ path, chainId: toHex(chainId), height: Number(height), files, sizeBytes })}\n`);
  else io.out(`${path}\n  chain     ${toHex(chainId)}\n  height    ${height}\n  files     ${files}, ${sizeText(sizeBytes)}\n  It holds the node's keys: keep it where nobody else reads it.\n`);
  return EXIT.ok;
}

/** A name in a folder that is there, with the time, so that one command line makes many backups. */
function backupPath(path: string, folder: string): string {
  if (!existsSync(path) || !statSync(path).isDirectory()) return path;
  if (path === folder) throw new CommandError(`${path} is what is to be copied.`, "Name a file or another folder.");
  return join(path, `grid-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}.backup`);
}

/** `grid restore FILE --data DIR` */
export async function runRestore(call: CommandCall): Promise<number> {
  const { io, flags } = call;
  const folder = dataFolderOf(call);
  const path = placeOf(call, call.params[0] ?? "");
  if (isSnapshot(path)) return restoreSnapshot(call, path);
  const sameKey = flags["same-key"] !== undefined;
  const report = await restore(path, folder, { sameKey });
  const { chainId, height, stateRoot, files } = report;
  if (flags["json"] !== undefined) io.out(`${JSON.stringify({ folder, chainId: toHex(chainId), height: Number(height), stateRoot: toHex(stateRoot), files, sameKey })}\n`);
  else io.out(`${folder}\n  chain     ${toHex(chainId)}\n  height    ${height}\n  root      ${toHex(stateRoot)}\n${sameKey ? "" : NEW_KEY}`);
  return EXIT.ok;
}

const NEW_KEY = `  The node will sign blocks with a new key. The old one, to which what it earned belongs, is
  keys/epoch-before-….seed; it may have signed blocks after the backup was taken.
`;
