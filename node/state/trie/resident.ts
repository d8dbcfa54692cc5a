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
const BRANCH_BYTES = 300;
const LOADED_BYTES = 144;

/** An image twice, for the pieces they are cut from go only as a whole, see pieces.ts. */
function sizeOf({ image, loaded }: BranchNode): number {
  return BRANCH_BYTES + 2 * image.length + (loaded === undefined ? 0 : LOADED_BYTES);
}

/** Drops the branches below `root` that have not changed for longest until all take `limitBytes` at most; how many they take then. */
export function collapse(root: Node, limitBytes: number): number {
  const sizes = new Map<bigint, number>();
  const total = sizeByHeight(root, sizes);
  if (total <= limitBytes) return total;
  // A change reaches the root, so no branch is younger than the one above: what goes is always whole parts.
  let [kept, oldest] = [0, undefined as bigint | undefined];
  for (const height of [...sizes.keys()].sort((a, b) => (a < b ? 1 : -1))) {
    kept += sizes.get(height) as number;
    if (kept > limitBytes / 2) break;
    oldest = height;
  }
  return dropOlder(root, oldest);
}

function sizeByHeight(node: Node, sizes: Map<bigint, number>): number {
  if (node.kind === "leaf") return 0;
  if (node.kind === "extension") return node.child.kind === "hash" ? 0 : sizeByHeight(node.child, sizes);
  let total = sizeOf(node);
  sizes.set(node.height, (sizes.get(node.height) ?? 0) + total);
  for (const child of node.loaded ?? []) if (child !== undefined) total += sizeByHeight(child, sizes);
  return total;
}

/** Drops what is older than `oldest`, all when it is undefined. */
function dropOlder(node: Node, oldest: bigint | undefined): number {
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

function canGo(node: Node, oldest: bigint | undefined): boolean {
  if (node.kind === "extension") return node.child.kind === "hash" || canGo(node.child, oldest);
  return node.kind === "branch" && (oldest === undefined || node.height < oldest);
}
