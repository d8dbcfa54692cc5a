import { equalBytes } from "../../../lang/base/bytes.ts";
import { hashInto, keccak256 } from "../../../lang/base/hash.ts";
import { NO_NODE, type BlockArena } from "./block-arena.ts";
import { decodeNode } from "./decode.ts";
import { encodeLeaf } from "./encode.ts";
import { IMAGE_HEAD, IMAGE_MARK, maskOf, readMarks } from "./image.ts";
import { concatNibbles, fromNibbles, type Nibbles } from "./nibbles.ts";
import { leafPath } from "./nodes.ts";
import { markedName, type NodeSource } from "./source.ts";

/** A leaf while it is at hand. Without a name it is one that stands in the source as a whole: it was once the only one. */
export interface BlockLeaf {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly name?: Uint8Array | undefined;
}

/**
 * Reads what stands at a path and checks it against its hash: a branch or extension becomes a record of the arena, whose
 * number this is; a leaf stays none. Nodes that stand in their parents, for being under 32 bytes, are not known here, nor
 * branches with a value: all keys have 32 bytes, and the least record of a domain has 40.
 */
export function loadNode(arena: BlockArena, source: NodeSource, path: Nibbles, hash: Uint8Array): number | BlockLeaf {
  const { value, height } = source.get(path);
  if (value === undefined) return source.damaged(path);
  const name = markedName(value);
  if (name !== undefined) return loadLeaf(source, path, hash, name);
  const isBranch = value[0] === IMAGE_MARK;
  if (!equalBytes(keccak256(isBranch ? value.subarray(IMAGE_HEAD) : value), hash)) return source.damaged(path);
  if (isBranch) {
    const [mask, marks] = [maskOf(value), readMarks(value)];
    if (mask === undefined || marks === undefined || (marks & ~mask) !== 0) return source.damaged(path);
    return arena.loadBranch(value, mask, marks, Number(height));
  }
  const node = decodeNode(value);
  if (node.kind === "leaf") return { key: fromNibbles(concatNibbles(path, leafPath(node))), value: node.value };
  return node.kind === "extension" ? arena.newExtension(value, node.path.length, Number(height)) : source.damaged(path);
}

function loadLeaf(source: NodeSource, path: Nibbles, hash: Uint8Array, name: Uint8Array): BlockLeaf {
  const found = source.leaf?.(name);
  if (found === undefined || !equalBytes(keccak256(encodeLeaf(found.key, path.length, found.value)), hash)) return source.damaged(path);
  return { key: found.key, value: found.value, name: name.slice() };
}

/** The child of a branch that is not in memory; a node is from now on. */
export function loadChild(arena: BlockArena, source: NodeSource, node: number, nibble: number, path: Nibbles): number | BlockLeaf {
  const found = loadNode(arena, source, path, arena.hash(arena.hashAt(node, nibble)));
  if (typeof found === "number") arena.setChild(node, nibble, found);
  return found;
}

/** The branch that an extension leads to, which is in memory from now on. */
export function loadNext(arena: BlockArena, source: NodeSource, node: number, path: Nibbles): number {
  const known = arena.next(node);
  if (known !== NO_NODE) return known;
  const found = loadNode(arena, source, path, arena.hash(arena.nextHashAt(node)));
  if (typeof found !== "number" || arena.isExtension(found)) return source.damaged(path);
  arena.setNext(node, found);
  return found;
}

/** Writes the hash of a leaf that stands `depth` deep; false if it stands there already. */
export function hashLeaf({ key, value }: BlockLeaf, depth: number, out: Uint8Array, at: number): boolean {
  const encoded = encodeLeaf(key, depth, value);
  return hashInto(encoded, 0, encoded.length, out, at);
}

/** Writes the hash of a node of the arena; false if it stands there already. */
export function hashNode(arena: BlockArena, node: number, out: Uint8Array, at: number): boolean {
  return hashInto(arena.bytes, arena.encodingAt(node), arena.contentEnd(node), out, at);
}
