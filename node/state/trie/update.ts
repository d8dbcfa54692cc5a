import { equalBytes } from "../../../lang/base/bytes.ts";
import { commonLength, concatNibbles, NO_NIBBLES, type Nibbles } from "./nibbles.ts";
import { newBranch, newExtension, newLeaf, type BranchNode, type ExtensionNode, type LeafNode, type Node, type Slot } from "./nodes.ts";
import { resolve, type NodeSource } from "./source.ts";

/** One key to set, or to take out when `value` is undefined. */
export interface NibbleChange {
  readonly key: Nibbles;
  readonly value: Uint8Array | undefined;
}

/** The changes from `from` to `to` (exclusive) of a sorted list without duplicates; all agree in their first nibbles. */
interface Range {
  readonly changes: readonly NibbleChange[];
  readonly from: number;
  readonly to: number;
}

/**
 * Applies sorted changes in one pass, so that every node on the way is made anew at most once. Nodes
 * that change nothing stay the same objects. Works for keys of different lengths, where one key may be
 * the beginning of another: its value then stands in a branch.
 */
export class Updater {
  /** Paths of stored nodes that the result no longer has as they were. */
  readonly dropped: Nibbles[] = [];
  readonly #source: NodeSource;

  constructor(source: NodeSource) {
    this.#source = source;
  }

  /** `root` with all changes made; undefined when nothing is left. */
  update(root: Slot | undefined, changes: readonly NibbleChange[]): Slot | undefined {
    return this.#slot(root, { changes, from: 0, to: changes.length }, 0);
  }

  #slot(slot: Slot | undefined, range: Range, depth: number): Slot | undefined {
    if (range.from === range.to) return slot;
    if (slot === undefined) return build(present(range), depth);
    const path = keyAt(range, range.from).subarray(0, depth);
    const node = resolve(slot, path, this.#source);
    const changed = this.#node(node, range, depth);
    if (changed === node) return slot;
    if (node.seal.stored) this.dropped.push(path);
    return changed;
  }

  #node(node: Node, range: Range, depth: number): Slot | undefined {
    if (node.kind === "leaf") return this.#leaf(node, range, depth);
    if (node.kind === "extension") return this.#extension(node, range, depth);
    return this.#branch(node, range, depth);
  }

  #leaf(node: LeafNode, range: Range, depth: number): Slot | undefined {
    const key = concatNibbles(keyAt(range, range.from).subarray(0, depth), node.path);
    const entries = present(range);
    const own = changeOf(range, key);
    if (own === undefined) {
      if (entries.length === 0) return node;
      insertSorted(entries, { key, value: node.value });
    } else if (entries.length === 1 && own.value !== undefined && equalBytes(own.value, node.value)) return node;
    return build(entries, depth);
  }

  #extension(node: ExtensionNode, range: Range, depth: number): Slot | undefined {
    const common = Math.min(
      commonLength(node.path, 0, keyAt(range, range.from), depth),
      commonLength(node.path, 0, keyAt(range, range.to - 1), depth),
    );
    if (common === node.path.length) {
      const child = this.#slot(node.child, range, depth + common);
      return child === node.child ? node : this.#prefix(node.path, child, keyAt(range, range.from).subarray(0, depth));
    }
    // Some change leaves the path in the middle: a branch stands there, with the old child as its only one at first.
    const children = new Array<Slot | undefined>(16).fill(undefined);
    const rest = node.path.subarray(common + 1);
    children[node.path[common] as number] = rest.length === 0 ? node.child : newExtension(rest, node.child);
    const path = concatNibbles(keyAt(range, range.from).subarray(0, depth), node.path.subarray(0, common));
    const split = this.#branchAt(children, undefined, range, path);
    return this.#prefix(node.path.subarray(0, common), split.node, path.subarray(0, depth));
  }

  #branch(node: BranchNode, range: Range, depth: number): Slot | undefined {
    const result = this.#branchAt(node.children, node.value, range, keyAt(range, range.from).subarray(0, depth));
    return result.changed ? result.node : node;
  }

  #branchAt(old: readonly (Slot | undefined)[], oldValue: Uint8Array | undefined, range: Range, path: Nibbles): { readonly node: Slot | undefined; readonly changed: boolean } {
    const depth = path.length;
    const children = old.slice();
    let value = oldValue;
    let at = range.from;
    if (keyAt(range, at).length === depth) value = changeAt(range, at++).value;
    let changed = value !== oldValue && !(value !== undefined && oldValue !== undefined && equalBytes(value, oldValue));
    while (at < range.to) {
      const nibble = keyAt(range, at)[depth] as number;
      let end = at + 1;
      while (end < range.to && keyAt(range, end)[depth] === nibble) end++;
      const child = this.#slot(children[nibble], { changes: range.changes, from: at, to: end }, depth + 1);
      if (child !== children[nibble]) changed = true;
      children[nibble] = child;
      at = end;
    }
    return { node: this.#normal(children, value, path), changed };
  }

  /** A branch with fewer than two things in it is no branch. */
  #normal(children: readonly (Slot | undefined)[], value: Uint8Array | undefined, path: Nibbles): Slot | undefined {
    let count = 0;
    let only = -1;
    for (let nibble = 0; nibble < 16; nibble++) {
      if (children[nibble] === undefined) continue;
      count++;
      only = nibble;
    }
    if (count === 0) return value === undefined ? undefined : newLeaf(NO_NIBBLES, value);
    if (count > 1 || value !== undefined) return newBranch(children, value);
    return this.#prefix(Uint8Array.of(only), children[only], path);
  }

  /** `slot`, which stands at `at` + `head`, made to stand at `at`. */
  #prefix(head: Nibbles, slot: Slot | undefined, at: Nibbles): Slot | undefined {
    if (slot === undefined || head.length === 0) return slot;
    const place = concatNibbles(at, head);
    const node = resolve(slot, place, this.#source);
    if (node.kind === "branch") return newExtension(head, slot);
    if (node.seal.stored) this.dropped.push(place);
    const path = concatNibbles(head, node.path);
    return node.kind === "leaf" ? newLeaf(path, node.value) : newExtension(path, node.child);
  }
}

interface Entry {
  readonly key: Nibbles;
  readonly value: Uint8Array;
}

const changeAt = (range: Range, index: number): NibbleChange => range.changes[index] as NibbleChange;
const keyAt = (range: Range, index: number): Nibbles => changeAt(range, index).key;

function present(range: Range): Entry[] {
  const entries: Entry[] = [];
  for (let i = range.from; i < range.to; i++) {
    const { key, value } = changeAt(range, i);
    if (value !== undefined) entries.push({ key, value });
  }
  return entries;
}

function changeOf(range: Range, key: Nibbles): NibbleChange | undefined {
  for (let i = range.from; i < range.to; i++) {
    if (equalBytes(keyAt(range, i), key)) return changeAt(range, i);
  }
  return undefined;
}

function insertSorted(entries: Entry[], entry: Entry): void {
  const after = entries.findIndex((other) => compareNibbles(other.key, entry.key) > 0);
  entries.splice(after === -1 ? entries.length : after, 0, entry);
}

/** The trie over sorted entries that agree in their first `depth` nibbles. */
function build(entries: readonly Entry[], depth: number, from = 0, to = entries.length): Node | undefined {
  const first = entries[from];
  if (first === undefined || from === to) return undefined;
  if (to - from === 1) return newLeaf(first.key.subarray(depth), first.value);
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
