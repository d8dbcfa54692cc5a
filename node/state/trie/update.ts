import { compareBytes, equalBytes } from "../../../lang/base/bytes.ts";
import { build, type Entry } from "./build.ts";
import type { TrieChange } from "./changes.ts";
import { commonLength, commonPath, concatNibbles, fromNibbles, nibbleAt, toNibbles, type Nibbles } from "./nibbles.ts";
import { bitCount, draftOf, leafKey, leafPath, newBranch, newExtension, newLeaf, setChild, type BranchDraft, type BranchNode, type ExtensionNode, type LeafNode, type Node, type Slot } from "./nodes.ts";
import { childHash, childOf, markedName, resolve, verified, type NodeSource } from "./source.ts";

/**
 * Applies sorted changes in one pass, so that every node on the way is made anew at most once. Nodes
 * that change nothing stay the same objects. Works for keys of different lengths, where one key may be
 * the beginning of another: its value then stands in a branch.
 *
 * `from` and `to` (exclusive) below are a stretch of the changes that agree in their first `depth`
 * nibbles, which are the path of the node in question.
 */
export class Updater {
  /** Paths of stored nodes that the result no longer has. A branch that only changed is not among them. */
  readonly dropped: Nibbles[] = [];
  readonly #source: NodeSource;
  #changes: readonly TrieChange[] = [];

  constructor(source: NodeSource) {
    this.#source = source;
  }

  /** `root` with all changes made; undefined when nothing is left. The changes are sorted, each key once. */
  update(root: Slot | undefined, changes: readonly TrieChange[]): Slot | undefined {
    this.#changes = changes;
    return this.#slot(root, 0, changes.length, 0);
  }

  #slot(slot: Slot | undefined, from: number, to: number, depth: number): Slot | undefined {
    if (from === to) return slot;
    if (slot === undefined) return this.#build(from, to, depth);
    if (slot.kind !== "hash") return this.#changed(slot, from, to, depth);
    const node = resolve(slot, this.#path(from, depth), this.#source);
    const changed = this.#changed(node, from, to, depth);
    return changed === node ? slot : changed;
  }

  #changed(node: Node, from: number, to: number, depth: number): Node | undefined {
    const changed = this.#node(node, from, to, depth);
    if (changed !== node && stands(node) && !replaces(changed)) this.dropped.push(this.#path(from, depth));
    return changed;
  }

  #node(node: Node, from: number, to: number, depth: number): Node | undefined {
    if (node.kind === "leaf") return this.#leaf(node, from, to, depth);
    if (node.kind === "extension") return this.#extension(node, from, to, depth);
    return this.#branch(node, from, to, depth);
  }

  #leaf(node: LeafNode, from: number, to: number, depth: number): Node | undefined {
    const own = this.#indexOf(node, from, to, depth);
    if (own < 0) {
      const entries = present(this.#changes, from, to);
      if (entries.length === 0) return node;
      insertSorted(entries, { key: leafKey(node, this.#key(from), depth), value: node.value, name: node.name });
      return build(entries, depth, 0, entries.length);
    }
    const { value } = this.#change(own);
    if (to - from > 1 || value === undefined) return this.#build(from, to, depth);
    if (equalBytes(value, node.value)) return node;
    const { key, name } = this.#change(own);
    return newLeaf(key, depth, value, name, depth > 0 && node.name !== undefined && stands(node) && same(name, node.name));
  }

  #extension(node: ExtensionNode, from: number, to: number, depth: number): Node | undefined {
    const common = Math.min(commonPath(node.path, this.#key(from), depth), commonPath(node.path, this.#key(to - 1), depth));
    if (common === node.path.length) {
      const child = this.#slot(node.child, from, to, depth + common);
      return child === node.child ? node : this.#prefix(node.path, child, from, depth);
    }
    // Some change leaves the path in the middle: a branch stands there, with the old child as its only one at first.
    const rest = node.path.subarray(common + 1);
    // Only the first or the last change agrees with the path so far; both are needed to name the branch's place.
    const place = concatNibbles(this.#path(from, depth), node.path.subarray(0, common));
    const alone = newBranch();
    setChild(alone, node.path[common] as number, rest.length === 0 ? resolve(node.child, concatNibbles(place, node.path.subarray(common)), this.#source) : newExtension(rest, node.child));
    const draft = this.#descend(alone, from, to, place.length);
    return draft === undefined ? node : this.#prefix(node.path.subarray(0, common), this.#normal(draft, place), from, depth);
  }

  #branch(node: BranchNode, from: number, to: number, depth: number): Node | undefined {
    const draft = this.#descend(node, from, to, depth);
    if (draft === undefined) return node;
    return isBranch(draft) ? draft : this.#normal(draft, this.#path(from, depth));
  }

  /** A draft of the branch with the changes made; undefined if they change nothing. It may hold too little for a branch. */
  #descend(node: BranchNode, from: number, to: number, depth: number): BranchDraft | undefined {
    let draft: BranchDraft | undefined;
    let at = from;
    if (2 * this.#key(at).length === depth) {
      const { value } = this.#change(at++);
      if (!same(value, node.value)) (draft = draftOf(node)).value = value;
    }
    while (at < to) {
      const nibble = nibbleAt(this.#key(at), depth);
      let end = at + 1;
      while (end < to && nibbleAt(this.#key(end), depth) === nibble) end++;
      const child = this.#child(node, nibble, at, end, depth + 1);
      if (child !== KEPT) setChild((draft ??= draftOf(node)), nibble, child);
      at = end;
    }
    return draft;
  }

  #child(branch: BranchNode, nibble: number, from: number, to: number, depth: number): Node | undefined | typeof KEPT {
    const loaded = branch.loaded?.[nibble];
    if (loaded !== undefined) return this.#kept(loaded, from, to, depth);
    const bit = 1 << nibble;
    if ((branch.mask & bit) === 0) return this.#build(from, to, depth) ?? KEPT;
    const change = to - from === 1 ? this.#change(from) : undefined;
    if ((branch.marks & bit) !== 0 && change?.isPlaced === true) {
      const leaf = replaced(change, depth);
      if (leaf !== undefined) return leaf;
    }
    const path = this.#path(from, depth);
    const found = this.#source.get(path);
    const name = change?.name === undefined || found.value === undefined ? undefined : markedName(found.value);
    const leaf = change?.name !== undefined && name !== undefined && equalBytes(name, change.name) ? replaced(change, depth) : undefined;
    return leaf ?? this.#kept(verified(found, childHash(branch, nibble), path, this.#source), from, to, depth);
  }

  #kept(node: Node, from: number, to: number, depth: number): Node | undefined | typeof KEPT {
    const changed = this.#changed(node, from, to, depth);
    return changed === node ? KEPT : changed;
  }

  /** A branch with fewer than two things in it is no branch. */
  #normal(draft: BranchDraft, place: Nibbles): Node | undefined {
    if (isBranch(draft)) return draft;
    // Only keys of different lengths lead here, and those have no names.
    if (draft.value !== undefined) return newLeaf(fromNibbles(place), place.length, draft.value);
    const only = 31 - Math.clz32(draft.mask);
    const child = childOf(draft, only);
    return child === undefined ? undefined : this.#lift(Uint8Array.of(only), child, place);
  }

  /** `node`, which stands behind `head`, made to stand where the changes from `from` on are `depth` deep. */
  #prefix(head: Nibbles, node: Slot | undefined, from: number, depth: number): Node | undefined {
    if (node === undefined) return undefined;
    return node.kind === "branch" && head.length > 0 ? newExtension(head, node) : this.#lift(head, node, this.#path(from, depth));
  }

  /** `slot`, which stands at `place` + `head`, made to stand at `place`. */
  #lift(head: Nibbles, slot: Slot, place: Nibbles): Node {
    const at = concatNibbles(place, head);
    const node = resolve(slot, at, this.#source);
    if (head.length === 0) return node;
    if (node.kind === "branch") return newExtension(head, slot);
    if (stands(node)) this.dropped.push(at);
    if (node.kind === "leaf") return newLeaf(fromNibbles(concatNibbles(at, leafPath(node))), place.length, node.value, node.name);
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

  /** The change of the leaf's own key; -1 for none. */
  #indexOf({ key, from: leafFrom }: LeafNode, from: number, to: number, depth: number): number {
    const length = 2 * key.length - leafFrom;
    for (let i = from; i < to; i++) {
      const other = this.#key(i);
      if (2 * other.length === depth + length && commonLength(other, depth, key, leafFrom) === length) return i;
    }
    return -1;
  }

  #change(index: number): TrieChange {
    return this.#changes[index] as TrieChange;
  }

  #key(index: number): Uint8Array {
    return this.#change(index).key;
  }

  #path(index: number, depth: number): Nibbles {
    return toNibbles(this.#key(index), depth);
  }
}

/** Says that a child stays as it is. */
const KEPT = Symbol("kept");

/** The leaf of a key that stays in its place, where the source has its mark; undefined when it goes. The root is stored whole. */
function replaced({ key, value, name }: TrieChange, depth: number): LeafNode | undefined {
  return value === undefined || name === undefined || depth === 0 ? undefined : newLeaf(key, depth, value, name, true);
}

/** The source holds something for this node in its place. */
function stands(node: Node): boolean {
  return node.stored || (node.kind === "leaf" && node.placed) || (node.kind === "branch" && node.origin !== undefined);
}

/** It takes the place of what the source holds there by itself. */
function replaces(node: Node | undefined): boolean {
  return (node?.kind === "leaf" && node.placed) || (node?.kind === "branch" && node.origin !== undefined);
}

/** Two things at least, of children and value. */
function isBranch({ mask, value }: BranchDraft): boolean {
  return bitCount(mask) + (value === undefined ? 0 : 1) >= 2;
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}

function present(changes: readonly TrieChange[], from: number, to: number): Entry[] {
  const entries: Entry[] = [];
  for (let i = from; i < to; i++) {
    const change = changes[i] as TrieChange;
    if (change.value !== undefined) entries.push(change as Entry);
  }
  return entries;
}

function insertSorted(entries: Entry[], entry: Entry): void {
  const after = entries.findIndex((other) => compareBytes(other.key, entry.key) > 0);
  entries.splice(after === -1 ? entries.length : after, 0, entry);
}
