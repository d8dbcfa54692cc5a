import { bigEndian, concatBytes, utf8 } from "../../lang/base/bytes.ts";

/**
 * How the ledger lies in the store: chain-store.ts reads it, chain-plans.ts plans what is written.
 *
 *     l/h ID          header and what follows from it (every kept branch)
 *     l/b ID          data block with its packages
 *     l/x ID          results of its packages and fees of its epoch so far (main chain)
 *     l/n HEIGHT      id of the main chain's block, 8 bytes big endian
 *     l/r PACKAGE     block and place of a package (main chain)
 *     l/c PARENT      ids of the data blocks seen on a block, of every branch
 *     l/y KEY BLOCK   who proved that the leader of this epoch cheated, and in which block (main chain)
 *     l/t ID          tip of a branch that is not the main chain
 *     l/head l/chain  id of the newest block; chain id
 *     l/base          height of the snapshot that the store began with: below it there are headers, and what payouts need
 *     l/bodies        below this height the bodies of data blocks were dropped; headers and results are here
 */
export const HEADER = utf8("l/h");
export const BODY = utf8("l/b");
export const EXECUTED = utf8("l/x");
export const HEIGHT = utf8("l/n");
export const PACKAGE = utf8("l/r");
export const CHILDREN = utf8("l/c");
export const PUNISHED = utf8("l/y");
export const TIP = utf8("l/t");
export const HEAD_KEY = utf8("l/head");
export const CHAIN_KEY = utf8("l/chain");
export const BASE_KEY = utf8("l/base");
export const BODIES_KEY = utf8("l/bodies");

/** Where the id of the main chain's block at a height stands. */
export function heightKey(height: bigint): Uint8Array {
  return concatBytes(HEIGHT, bigEndian(height, 8));
}
