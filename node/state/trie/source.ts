import { equalBytes } from "../../../lang/base/bytes.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import type { Nibbles } from "./nibbles.ts";
import { decodeNode, type Node, type Slot } from "./nodes.ts";

/** Where nodes come from: each under the path at which it stands. */
export interface NodeSource {
  get(path: Nibbles): Uint8Array | undefined;
  /** Aborts with the fault that fits the source, because the node at `path` is missing or not what its hash says. */
  damaged(path: Nibbles): never;
}

/** A source that holds nothing, for tries built from scratch. */
export const NO_NODES: NodeSource = {
  get: () => undefined,
  damaged(path) {
    throw new Error(`an empty source was asked for the node at ${path.join(".")}`);
  },
};

/** The node behind a slot, read from the source and checked against its hash if it is not in memory. */
export function resolve(slot: Slot, path: Nibbles, source: NodeSource): Node {
  if (slot.kind !== "hash") return slot;
  const encoded = source.get(path);
  if (encoded === undefined || !equalBytes(keccak256(encoded), slot.hash)) return source.damaged(path);
  return decodeNode(encoded, slot.hash);
}
