import { assert } from "../../lang/base/assert.ts";
import type { BlockHeader } from "./block.ts";
import { workOf, type WorkSample } from "./retarget.ts";

/** A header and what follows from it and its ancestors. Rules read these; nothing in one ever changes. */
export interface ChainEntry {
  readonly id: Uint8Array;
  /** Undefined for the genesis alone. */
  readonly header: BlockHeader | undefined;
  readonly parentId: Uint8Array;
  readonly height: bigint;
  readonly keyHeight: bigint;
  readonly timeMs: bigint;
  readonly stateRoot: Uint8Array;
  /** The key block of the epoch: its own id for a key block, the chain id before the first. */
  readonly keyBlockId: Uint8Array;
  /** Time of the newest data block up to here; 0 when there was none. */
  readonly lastDataTimeMs: bigint;
  /** Expected hashes of all key blocks up to here: the weight of the branch. */
  readonly totalWork: bigint;
}

/** Headers by id, of every branch that is kept. */
export interface ChainView {
  entry(id: Uint8Array): ChainEntry | undefined;
}

/** The entry at height 0. Its id, the chain id, is the parent of the first key block. */
export function genesisEntry(genesis: { chainId: Uint8Array; timeMs: bigint; stateRoot: Uint8Array }): ChainEntry {
  return {
    id: genesis.chainId, header: undefined, parentId: new Uint8Array(32), height: 0n, keyHeight: 0n,
    timeMs: genesis.timeMs, stateRoot: genesis.stateRoot, keyBlockId: genesis.chainId, lastDataTimeMs: 0n, totalWork: 0n,
  };
}

/** What follows from `header` on top of its parent. The header's own rules are not judged here. */
export function childEntry(id: Uint8Array, header: BlockHeader, parent: ChainEntry): ChainEntry {
  const isKey = header.kind === "key";
  return {
    id, header, parentId: header.parentId, height: header.height,
    keyHeight: isKey ? header.keyHeight : parent.keyHeight,
    timeMs: header.timeMs, stateRoot: header.stateRoot,
    keyBlockId: isKey ? id : parent.keyBlockId,
    lastDataTimeMs: isKey ? parent.lastDataTimeMs : header.timeMs,
    totalWork: isKey ? parent.totalWork + workOf(header.target) : parent.totalWork,
  };
}

/** The newest key blocks up to `entry`, oldest first, at most `count`; the genesis is not one. */
export function recentKeyBlocks(entry: ChainEntry, count: number, chain: ChainView): ChainEntry[] {
  const found: ChainEntry[] = [];
  let at = entry;
  while (found.length < count && at.keyHeight > 0n) {
    const key = known(at.keyBlockId, chain);
    found.push(key);
    at = known(key.parentId, chain);
  }
  return found.reverse();
}

/** Time and target of a key block, for retargeting. */
export function workSample(entry: ChainEntry): WorkSample {
  assert(entry.header?.kind === "key", "only key blocks carry work");
  return { timeMs: entry.timeMs, target: entry.header.target };
}

/** The key block of this key height on the branch that ends in `entry`. */
export function keyBlockAt(keyHeight: bigint, entry: ChainEntry, chain: ChainView): ChainEntry {
  assert(keyHeight >= 1n && keyHeight <= entry.keyHeight, "the branch has that key block");
  let key = known(entry.keyBlockId, chain);
  while (key.keyHeight > keyHeight) key = known(known(key.parentId, chain).keyBlockId, chain);
  return key;
}

function known(id: Uint8Array, chain: ChainView): ChainEntry {
  const entry = chain.entry(id);
  assert(entry !== undefined, "ancestors of a kept block are kept");
  return entry;
}
