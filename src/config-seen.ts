import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../lang/base/bytes.ts";
import { sha256 } from "../lang/base/hash.ts";
import { writeWhole } from "../node/data-folder.ts";

/**
 * People change config.json, so nothing in it can say that it is as it was written. What can be said is that it is
 * another one than at the last start: a port that flipped by itself is then no riddle. Call when the node runs.
 * True when the file changed, appeared or went; the first start has nothing to compare with.
 */
export function settingsChanged(dataFolder: string): boolean {
  const file = join(dataFolder, "config.json");
  const seen = join(dataFolder, "config.seen");
  const found = existsSync(file) ? toHex(sha256(new Uint8Array(readFileSync(file)))) : "none";
  const before = existsSync(seen) ? readFileSync(seen, "utf8").trim() : undefined;
  if (before !== found) writeWhole(seen, `${found}\n`);
  return before !== undefined && before !== found;
}
