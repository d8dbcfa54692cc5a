import { equalBytes } from "../../../lang/base/bytes.ts";
import { commonLength, concatNibbles, NO_NIBBLES, type Nibbles } from "./nibbles.ts";
import { leafPath, newBranch, newExtension, newLeaf, type BranchNode, type ExtensionNode, type HashSlot, type LeafNode, type Node, type Slot } from "./nodes.ts";
import { markedName, resolve, verified, type NodeSource } from "./source.ts";

/** One key to set, or to take out when `value` is undefined. */
export interface NibbleChange {
  readonly key: Nibbles;
  readonly value: Uint8Array | undefined;
  /** Of the record, see source.ts. */
  readonly name?: Uint8Array | undefined;
}

/**
 * Applies sorted changes in one pass, so that every node on the way is made anew at most once. Nodes
 * that change nothing stay the same objects. Works for keys of different lengths, where one key may be
 * the beginning of another: its value then stands in a branch.
 *
 * `from` and `to` (exclusive) below are a stretch of the changes that agree in their first `depth`
 * nibbles, which are the path of the node in question.
 */
export class Updater {
  /** Paths of stored nodes that the result no longer has as they were. */
  readonly dropped: Nibbles[] = [];
  readonly #source: NodeSource;
  #changes: readonly NibbleChange[] = [];

  constructor(source: NodeSource) {
    this.#source = source;
  }

  /** `root` with all changes made; undefined when nothing is left. The changes are sorted, each key once. */
  update(root: Slot | undefined, changes: readonly NibbleChange[]): Slot | undefined {
    this.#changes = changes;
    return this.#slot(root, 0, changes.length, 0);
  }

  #slot(slot: Slot | undefined, from: number, to: number, depth: number): Slot | undefined {
    if (from === to) return slot;
    if (slot === undefined) return this.#build(from, to, depth);
    if (slot.kind === "hash") return this.#unloaded(slot, from, to, depth);
    const changed = this.#node(slot, from, to, depth);
    if (changed === slot) return slot;
    if (stands(slot)) this.dropped.push(this.#path(from, depth));
    return changed;
  }

  #unloaded(slot: HashSlot, from: number, to: number, depth: number): Slot | undefined {
    const path = this.#path(from, depth);
    const bytes = this.#source.get(path);
    const replaced = bytes === undefined ? undefined : this.#replaced(bytes, from, to, depth);
    if (replaced !== undefined) return replaced;
    const node = verified(bytes, slot, path, this.#source);
    const changed = this.#node(node, from, to, depth);
    if (changed === node) return slot;
    this.dropped.push(path);
    return changed;
  }

  /** The new leaf, if the source holds a mark of the one key that changes here and the key stays: the old value need not be read. */
  #replaced(bytes: Uint8Array, from: number, to: number, depth: number): LeafNode | undefined {
    const name = to - from === 1 ? markedName(bytes) : undefined;
    const { key, value } = this.#change(from);
    if (name === undefined || value === undefined || depth === 0) return undefined;
    const own = this.#change(from).name;
    return own !== undefined && equalBytes(name, own) ? newLeaf(key, depth, value, own, true) : undefined;
  }

  #node(node: Node, from: number, to: number, depth: number): Slot | undefined {
    if (node.kind === "leaf") return this.#leaf(node, from, to, depth);
    if (node.kind === "extension") return this.#extension(node, from, to, depth);
    return this.#branch(node, from, to, depth);
  }

  #leaf(node: LeafNode, from: number, to: number, depth: number): Slot | undefined {
    const path = leafPath(node);
    const own = this.#indexOf(path, from, to, depth);
    if (own < 0) {
      const entries = present(this.#changes, from, to);
      if (entries.length === 0) return node;
      insertSorted(entries, { key: concatNibbles(this.#path(from, depth), path), value: node.value, name: node.name });
      return build(entries, depth, 0, entries.length);
    }
    const { value } = this.#change(own);
    if (to - from === 1 && value !== undefined && equalBytes(value, node.value)) return node;
    return this.#build(from, to, depth);
  }

  #extension(node: ExtensionNode, from: number, to: number, depth: number): Slot | undefined {
    const common = Math.min(commonLength(node.path, 0, this.#key(from), depth), commonLength(node.path, 0, this.#key(to - 1), depth));
    if (common === node.path.length) {
      const child = this.#slot(node.child, from, to, depth + common);
      return child === node.child ? node : this.#prefix(node.path, child, from, depth);
    }
    // Some change leaves the path in the middle: a branch stands there, with the old child as its only one at first.
    const children = new Array<Slot | undefined>(16).fill(undefined);
    const rest = node.path.subarray(common + 1);
    children[node.path[common] as number] = rest.length === 0 ? node.child : newExtension(rest, node.child);
    // Only the first or the last change agrees with the path so far; both are needed to name the branch's place.
    const place = concatNibbles(this.#path(from, depth), node.path.subarray(0, common));
    const split = this.#branchAt(children, undefined, from, to, place);
    return this.#prefix(node.path.subarray(0, common), split, from, depth);
  }

  #branch(node: BranchNode, from: number, to: number, depth: number): Slot | undefined {
    let at = from;
    let value = node.value;
    if (this.#key(at).length === depth) value = this.#change(at++).value;
    const sameValue = value === node.value || (value !== undefined && node.value !== undefined && equalBytes(value, node.value));
    const children = this.#children(node.children, at, to, depth);
    if (children === node.children && sameValue) return node;
    return this.#normal(children, value, from, depth);
  }

  /** A branch of `children` at `place`, where some changes lie and nothing was before. */
  #branchAt(children: readonly (Slot | undefined)[], oldValue: Uint8Array | undefined, from: number, to: number, place: Nibbles): Slot | undefined {
    const depth = place.length;
    const hasOwn = this.#key(from).length === depth;
    const value = hasOwn ? this.#change(from).value : oldValue;
    return this.#normalAt(this.#children(children, hasOwn ? from + 1 : from, to, depth), value, place);
  }

  /** `old` with the changes made below each of them; the same array if nothing changed. */
  #children(old: readonly (Slot | undefined)[], from: number, to: number, depth: number): readonly (Slot | undefined)[] {
    let children: (Slot | undefined)[] | undefined;
    for (let at = from; at < to; ) {
      const nibble = this.#key(at)[depth] as number;
      let end = at + 1;
      while (end < to && this.#key(end)[depth] === nibble) end++;
      const child = this.#slot(old[nibble], at, end, depth + 1);
      if (child !== old[nibble]) (children ??= old.slice())[nibble] = child;
      at = end;
    }
    return children ?? old;
  }

  #normal(children: readonly (Slot | undefined)[], value: Uint8Array | undefined, from: number, depth: number): Slot | undefined {
    return isBranch(children, value) ? newBranch(children, value) : this.#normalAt(children, value, this.#path(from, depth));
  }

  /** A branch with fewer than two things in it is no branch. */
  #normalAt(children: readonly (Slot | undefined)[], value: Uint8Array | undefined, place: Nibbles): Slot | undefined {
    if (isBranch(children, value)) return newBranch(children, value);
    // Only keys of different lengths lead here, and those have no names.
    if (value !== undefined) return newLeaf(NO_NIBBLES, 0, value);
    const only = children.findIndex((child) => child !== undefined);
    return only < 0 ? undefined : this.#lift(Uint8Array.of(only), children[only], place);
  }

  /** `slot`, which stands behind `head`, made to stand where the changes from `from` on are `depth` deep. */
  #prefix(head: Nibbles, slot: Slot | undefined, from: number, depth: number): Slot | undefined {
    if (slot === undefined || head.length === 0) return slot;
    return slot.kind === "branch" ? newExtension(head, slot) : this.#lift(head, slot, this.#path(from, depth));
  }

  /** `slot`, which stands at `place` + `head`, made to stand at `place`. */
  #lift(head: Nibbles, slot: Slot | undefined, place: Nibbles): Slot | undefined {
    if (slot === undefined) return slot;
    const at = concatNibbles(place, head);
    const node = resolve(slot, at, this.#source);
    if (node.kind === "branch") return newExtension(head, slot);
    if (stands(node)) this.dropped.push(at);
    if (node.kind === "leaf") return newLeaf(concatNibbles(head, leafPath(node)), 0, node.value, node.name);
    return newExtension(concatNibbles(head, node.path), node.child);
  }

  #build(from: number, to: number, depth: number): Node | undefined {
    if (to - from === 1) {
      const { key, value, name } = this.#change(from);
      return value === undefined ? undefined : newLeaf(key, depth, value, name);
    }
    const entries = present(this.#changes, from, to);
    return build(entries, depth, 0, entries.length);
  }

  /** The change whose key goes on with `path` after `depth` nibbles; -1 for none. */
  #indexOf(path: Nibbles, from: number, to: number, depth: number): number {
    for (let i = from; i < to; i++) {
      const key = this.#key(i);
      if (key.length === depth + path.length && commonLength(key, depth, path, 0) === path.length) return i;
    }
    return -1;
  }

  #change(index: number): NibbleChange {
    return this.#changes[index] as NibbleChange;
  }

  #key(index: number): Nibbles {
    return this.#change(index).key;
  }

  #path(index: number, depth: number): Nibbles {
    return this.#key(index).subarray(0, depth);
  }
}

/** The source holds something for this node in its place. */
function stands(node: Node): boolean {
  return node.stored || (node.kind === "leaf" && node.placed);
}

/** Two things at least, of children and value. */
function isBranch(children: readonly (Slot | undefined)[], value: Uint8Array | undefined): boolean {
  let count = value === undefined ? 0 : 1;
  for (let nibble = 0; nibble < 16 && count < 2; nibble++) if (children[nibble] !== undefined) count++;
  return count >= 2;
}

interface Entry {
  readonly key: Nibbles;
  readonly value: Uint8Array;
  readonly name?: Uint8Array | undefined;
}

function present(changes: readonly NibbleChange[], from: number, to: number): Entry[] {
  const entries: Entry[] = [];
  for (let i = from; i < to; i++) {
    const change = changes[i] as NibbleChange;
    if (change.value !== undefined) entries.push(change as Entry);
  }
  return entries;
}

function insertSorted(entries: Entry[], entry: Entry): void {
  const after = entries.findIndex((other) => compareNibbles(other.key, entry.key) > 0);
  entries.splice(after === -1 ? entries.length : after, 0, entry);
}

/** The trie over sorted entries that agree in their first `depth` nibbles. */
function build(entries: readonly Entry[], depth: number, from: number, to: number): Node | undefined {
  const first = entries[from];
  if (first === undefined || from === to) return undefined;
  if (to - from === 1) return newLeaf(first.key, depth, first.value, first.name);
  const common = commonLength(first.key, depth, (entries[to - 1] as Entry).key, depth);
  const branch = buildBranch(entries, depth + common, from, to);
  return common === 0 ? branch : newExtension(first.key.subarray(depth, depth + common), branch);
}

function buildBranch(entries: readonly Entry[], depth: number, from: number, to: number): BranchNode {
  const children = new Array<Slot | undefined>(16).fill(undefined);
  const first = entries[from] as Entry;
  const value = first.key.length === depth ? first.value : undefined;
  let at = value === undefined ? from : from + 1;
  while (at < to) {
    const nibble = (entries[at] as Entry).key[depth] as number;
    let end = at + 1;
    while (end < to && (entries[end] as Entry).key[depth] === nibble) end++;
    children[nibble] = build(entries, depth + 1, at, end);
    at = end;
  }
  return newBranch(children, value);
}

/** Order of keys: by nibble, a shorter prefix first. */
export function compareNibbles(a: Nibbles, b: Nibbles): number {
  return Buffer.compare(a, b);
}
