import { equalBytes } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { keccak256 } from "../../../lang/base/hash.ts";
import { decodeNode } from "./decode.ts";
import { encodeNode } from "./encode.ts";
import { commonPath, nibbleAt, toNibbles } from "./nibbles.ts";
import { EMPTY_ROOT, leafPath, newHashSlot, type Node, type Slot } from "./nodes.ts";
import { childOf, resolve, type NodeSource } from "./source.ts";

/** Encoded nodes from the root towards a key; embedded ones stand in the node before. */
export type Proof = readonly Uint8Array[];

export type ProofVerdict =
  | { readonly kind: "present"; readonly value: Uint8Array }
  | { readonly kind: "absent" }
  | { readonly kind: "invalid"; readonly reason: string };

/** A proof holds at most this many bytes in one node: 16 hashes and a value of 64 KiB. */
const MAX_NODE_BYTES = 66_000;

/** The proof that `key` has its value, or none, under `root`. */
export function buildProof(source: NodeSource, root: Uint8Array, key: Uint8Array): Proof {
  const proof: Uint8Array[] = [];
  if (equalBytes(root, EMPTY_ROOT)) return proof;
  let slot: Slot | undefined = newHashSlot(root);
  let depth = 0;
  while (slot !== undefined) {
    const node: Node = resolve(slot, toNibbles(key, depth), source);
    if (slot.kind === "hash") proof.push(encodeNode(node));
    const next = step(node, key, depth);
    slot = next.slot;
    depth = next.depth;
  }
  return proof;
}

/**
 * Judges a proof from anybody: every node must be canonical, hash to what the one before says, lie on
 * the way to `key`, and none may be left over.
 */
export function verifyProof(root: Uint8Array, key: Uint8Array, proof: Proof): ProofVerdict {
  try {
    return followProof(root, key, proof);
  } catch (error) {
    if (isFaultError(error)) return { kind: "invalid", reason: "a node is not in canonical form" };
    throw error;
  }
}

function followProof(root: Uint8Array, key: Uint8Array, proof: Proof): ProofVerdict {
  let slot: Slot | undefined = equalBytes(root, EMPTY_ROOT) ? undefined : newHashSlot(root);
  let depth = 0;
  let used = 0;
  let value: Uint8Array | undefined;
  while (slot !== undefined) {
    let node: Node;
    if (slot.kind === "hash") {
      const encoded = proof[used++];
      if (encoded === undefined) return { kind: "invalid", reason: "it ends too early" };
      if (encoded.length > MAX_NODE_BYTES) return { kind: "invalid", reason: "a node is too large" };
      if (!equalBytes(keccak256(encoded), slot.hash)) return { kind: "invalid", reason: "a node does not have the hash it should have" };
      node = decodeNode(encoded);
    } else node = slot;
    ({ slot, depth, value } = step(node, key, depth));
  }
  if (used !== proof.length) return { kind: "invalid", reason: "nodes are left over" };
  return value === undefined ? { kind: "absent" } : { kind: "present", value };
}

/** One node further: where the way leads, or the value at its end. */
function step(node: Node, key: Uint8Array, depth: number): { readonly slot: Slot | undefined; readonly depth: number; readonly value: Uint8Array | undefined } {
  if (node.kind === "branch") {
    if (depth === 2 * key.length) return { slot: undefined, depth, value: node.value };
    return { slot: childOf(node, nibbleAt(key, depth)), depth: depth + 1, value: undefined };
  }
  const path = node.kind === "leaf" ? leafPath(node) : node.path;
  const end = depth + path.length;
  if (commonPath(path, key, depth) < path.length) return { slot: undefined, depth, value: undefined };
  if (node.kind === "extension") return { slot: node.child, depth: end, value: undefined };
  return { slot: undefined, depth: end, value: end === 2 * key.length ? node.value : undefined };
}
