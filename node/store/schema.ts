import { fromBigEndian, bigEndian, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";
import type { Disk } from "../ports.ts";

/**
 * Layout of the keys in a store, raised with every change that a program of another layout could misread.
 * 1: an undo record for each key. 2: one reverse diff for each block (node/state/undo-blocks.ts).
 * 3: tables are not compressed, so that nothing unpacks a damaged block.
 * 4: the explorer's index (node/explorer/index-keys.ts).
 * 5: marks in place of the tries' leaves (node/state/trie/source.ts).
 * 6: records of the explorer's index in one piece (node/explorer/index-codec.ts).
 * 7: a snapshot leaves the heights of its headers and the results of its window (node/maintenance/snapshot/).
 * 8: images in place of the tries' branches (node/state/trie/image.ts).
 * 9: the explorer finds a domain's history through its record (node/explorer/index-codec.ts), and what a branch was
 *    before a block is told by its differences (node/state/trie/image-delta.ts).
 */
export const SCHEMA_VERSION = 9;
const SCHEMA_KEY = utf8("m/schema");

/**
 * Marks a new store with the layout this node writes, and refuses a store of another layout or one that
 * holds data of something else. Faults: STORE_NEWER, STORE_OLDER, STORE_UNREADABLE.
 */
export async function settleSchema(disk: Disk, folder: string): Promise<void> {
  const bytes = disk.getSync(SCHEMA_KEY);
  if (bytes === undefined) return markNewStore(disk, folder);
  if (bytes.length !== 4) throw unreadable(folder, "its schema number is malformed");
  const found = Number(fromBigEndian(bytes));
  if (found > SCHEMA_VERSION) throw new FaultError<StoreFault>({ code: "STORE_NEWER", folder, found, known: SCHEMA_VERSION });
  if (found < SCHEMA_VERSION) throw new FaultError<StoreFault>({ code: "STORE_OLDER", folder, found, known: SCHEMA_VERSION });
}

async function markNewStore(disk: Disk, folder: string): Promise<void> {
  for await (const _ of disk.entries({ start: new Uint8Array(0), end: Uint8Array.of(0xff), limit: 1 })) {
    throw unreadable(folder, "it holds data that is not a node's");
  }
  await disk.batch([{ type: "put", key: SCHEMA_KEY, value: bigEndian(BigInt(SCHEMA_VERSION), 4) }], { sync: true });
}

function unreadable(folder: string, reason: string): FaultError<StoreFault> {
  return new FaultError<StoreFault>({ code: "STORE_UNREADABLE", folder, reason });
}
