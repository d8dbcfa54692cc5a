import { assert } from "../../../lang/base/assert.ts";
import { decodeNode } from "./decode.ts";
import { encodeNode } from "./encode.ts";
import { HASH_SIZE, type BranchNode, type Node } from "./nodes.ts";

/**
 * Branches that stay in memory from one block to the next, so that a row of blocks reads each of them once.
 * Their number is bounded: those of parts of the state that no block has changed for longest go back to
 * being a hash in the node above.
 */

/** Takes note that the source holds the node and those below, written by the block at `height`. Their hashes are there. Bytes of what is new. */
export function settle(node: Node, height: bigint): number {
  if (node.stored) return 0;
  node.stored = true;
  if (node.kind === "leaf") return 0;
  if (node.kind === "extension") return node.child.kind === "hash" || encodeNode(node.child).length < HASH_SIZE ? 0 : settle(node.child, height);
  assert(node.dirty === 0, "hashes are computed before nodes are written");
  node.height = height;
  node.origin = undefined;
  return settleChildren(node, height) + sizeOf(node);
}

function settleChildren(node: BranchNode, height: bigint): number {
  const { loaded, embedded } = node;
  if (loaded === undefined) return 0;
  let [added, isEmpty] = [0, true];
  for (let nibble = 0; nibble < 16; nibble++) {
    const child = loaded[nibble];
    if (child === undefined) continue;
    // What stands in its parent is as it will be when it is read again: without a name.
    if ((embedded & (1 << nibble)) !== 0) loaded[nibble] = decodeNode(encodeNode(child));
    else if (child.kind === "leaf") loaded[nibble] = undefined;
    else added += settle(child, height);
    isEmpty &&= loaded[nibble] === undefined;
  }
  if (isEmpty) node.loaded = undefined;
  return added;
}

/** The object and the view of its image, in node 24. */
const BRANCH_BYTES = 250;
const LOADED_BYTES = 144;
/** The pieces that images are cut from go only as a whole, see pieces.ts. */
const IMAGE_SHARE = 1.5;

function sizeOf({ image, loaded }: BranchNode): number {
  return BRANCH_BYTES + IMAGE_SHARE * image.length + (loaded === undefined ? 0 : LOADED_BYTES);
}

/** What is left after a cut, of what may be there: else every block would cut. */
const LEFT_SHARE = 0.75;

/** Drops branches below `root` until all take `limitBytes` at most, first those that have not changed for longest; how many they take then. */
export function collapse(root: Node, limitBytes: number): number {
  const sizes = new Map<bigint, number>();
  const total = sizeByHeight(root, sizes);
  if (total <= limitBytes) return total;
  const room = LEFT_SHARE * limitBytes;
  const [newest = 0n, ...older] = [...sizes.keys()].sort((a, b) => (a < b ? 1 : -1));
  // A change reaches the root, so no branch is younger than the one above: what goes is always whole parts.
  let [kept, oldest] = [sizes.get(newest) as number, newest];
  for (const height of older) {
    kept += sizes.get(height) as number;
    if (kept > room) break;
    oldest = height;
  }
  const left = dropOlder(root, oldest);
  return left <= room ? left : trim(root, room);
}

/**
 * For a block that alone changed more than there is room for: the upper levels stay, and of those below what comes
 * first by key. A choice that is the same for every block serves the next one best, when each touches other keys.
 */
function trim(root: Node, room: number): number {
  const levels: number[] = [];
  sizeByLevel(root, 0, levels);
  let [depth, kept] = [0, levels[0] ?? 0];
  while (depth + 1 < levels.length && kept + (levels[depth + 1] as number) <= room) kept += levels[++depth] as number;
  const budget = { room: room - kept };
  trimBelow(root, depth, budget);
  return sizeByHeight(root, new Map());
}

function sizeByLevel(node: Node, depth: number, levels: number[]): void {
  if (node.kind === "extension" && node.child.kind !== "hash") return sizeByLevel(node.child, depth, levels);
  if (node.kind !== "branch") return;
  levels[depth] = (levels[depth] ?? 0) + sizeOf(node);
  for (const child of node.loaded ?? []) if (child !== undefined) sizeByLevel(child, depth + 1, levels);
}

/** Keeps `levels` levels below the node whole, and of the next as much as there is room for; nothing below that. */
function trimBelow(node: Node, levels: number, budget: { room: number }): void {
  if (node.kind === "extension" && node.child.kind !== "hash") return trimBelow(node.child, levels, budget);
  if (node.kind !== "branch" || node.loaded === undefined) return;
  for (let nibble = 0; nibble < 16; nibble++) {
    const child = node.loaded[nibble];
    if (child === undefined || (node.embedded & (1 << nibble)) !== 0) continue;
    if (levels > 0) trimBelow(child, levels - 1, budget);
    else if (child.kind === "branch" && budget.room >= sizeOf(child)) {
      budget.room -= sizeOf(child);
      if (child.embedded === 0) child.loaded = undefined;
    } else if (child.kind !== "leaf") node.loaded[nibble] = undefined;
  }
}

function sizeByHeight(node: Node, sizes: Map<bigint, number>): number {
  if (node.kind === "leaf") return 0;
  if (node.kind === "extension") return node.child.kind === "hash" ? 0 : sizeByHeight(node.child, sizes);
  let total = sizeOf(node);
  sizes.set(node.height, (sizes.get(node.height) ?? 0) + total);
  for (const child of node.loaded ?? []) if (child !== undefined) total += sizeByHeight(child, sizes);
  return total;
}

/** Drops what is older than `oldest`. */
function dropOlder(node: Node, oldest: bigint): number {
  if (node.kind === "leaf") return 0;
  if (node.kind === "extension") return node.child.kind === "hash" ? 0 : dropOlder(node.child, oldest);
  const { loaded, embedded } = node;
  if (loaded === undefined) return sizeOf(node);
  let [total, isEmpty] = [0, true];
  for (let nibble = 0; nibble < 16; nibble++) {
    const child = loaded[nibble];
    if (child === undefined) continue;
    if (canGo(child, oldest) && (embedded & (1 << nibble)) === 0) loaded[nibble] = undefined;
    else [total, isEmpty] = [total + dropOlder(child, oldest), false];
  }
  if (isEmpty) node.loaded = undefined;
  return total + sizeOf(node);
}

function canGo(node: Node, oldest: bigint): boolean {
  if (node.kind === "extension") return node.child.kind === "hash" || canGo(node.child, oldest);
  return node.kind === "branch" && node.height < oldest;
}
