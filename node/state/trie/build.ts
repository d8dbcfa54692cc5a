import { commonLength, nibbleAt, toNibbles } from "./nibbles.ts";
import { newBranch, newExtension, newLeaf, setChild, type BranchNode, type Node } from "./nodes.ts";

/** A key with a value, and the name of its record, see source.ts. */
export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly name?: Uint8Array | undefined;
}

/** The trie over sorted entries that agree in their first `depth` nibbles. */
export function build(entries: readonly Entry[], depth: number, from: number, to: number): Node | undefined {
  const first = entries[from];
  if (first === undefined || from === to) return undefined;
  if (to - from === 1) return newLeaf(first.key, depth, first.value, first.name);
  const common = commonLength(first.key, depth, (entries[to - 1] as Entry).key, depth);
  const branch = buildBranch(entries, depth + common, from, to);
  return common === 0 ? branch : newExtension(toNibbles(first.key, depth + common).subarray(depth), branch);
}

function buildBranch(entries: readonly Entry[], depth: number, from: number, to: number): BranchNode {
  const first = entries[from] as Entry;
  const hasOwn = 2 * first.key.length === depth;
  const branch = newBranch(hasOwn ? first.value : undefined);
  for (let at = hasOwn ? from + 1 : from; at < to; ) {
    const nibble = nibbleAt((entries[at] as Entry).key, depth);
    let end = at + 1;
    while (end < to && nibbleAt((entries[end] as Entry).key, depth) === nibble) end++;
    setChild(branch, nibble, build(entries, depth + 1, at, end));
    at = end;
  }
  return branch;
}
