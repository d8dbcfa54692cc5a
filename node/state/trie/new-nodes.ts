import { IS_NEW, type BlockArena } from "./block-arena.ts";
import { hashNode } from "./block-load.ts";
import { encodeExtension } from "./encode.ts";
import { concatNibbles, nibbleAt, type Nibbles } from "./nibbles.ts";
import { HASH_SIZE } from "./nodes.ts";

/** The nibbles of an extension. */
export function extensionPath(arena: BlockArena, node: number): Nibbles {
  const path = new Uint8Array(arena.pathLength(node));
  // The path ends where the head of the hash begins.
  const start = 2 * (arena.nextHashAt(node) - 1) - path.length;
  for (let i = 0; i < path.length; i++) path[i] = nibbleAt(arena.bytes, start + i);
  return path;
}

/** A branch that is new in a pass, with these children, whose hashes are still to be written. */
export function newBranch(arena: BlockArena, pass: number, mask: number): number {
  const node = arena.newBranch(mask);
  arena.setLog(node, pass, IS_NEW);
  return node;
}

/** An extension that is new in a pass; `next` is what it leads to if that is in memory. */
export function newExtension(arena: BlockArena, pass: number, path: Nibbles, { hash, next }: { readonly hash: Uint8Array; readonly next: number }): number {
  const node = arena.newExtension(encodeExtension(path, hash), path.length, 0);
  arena.setLog(node, pass, IS_NEW);
  arena.setNext(node, next);
  return node;
}

/** The node to which `path` leads, which is not empty: an extension before a branch, or a longer one in place of an extension. */
export function nodeBehind(arena: BlockArena, pass: number, path: Nibbles, node: number): number {
  if (!arena.isExtension(node)) {
    const hash = new Uint8Array(HASH_SIZE);
    hashNode(arena, node, hash, 0);
    return newExtension(arena, pass, path, { hash, next: node });
  }
  const longer = newExtension(arena, pass, concatNibbles(path, extensionPath(arena, node)), { hash: arena.hash(arena.nextHashAt(node)), next: arena.next(node) });
  arena.free(node);
  return longer;
}
