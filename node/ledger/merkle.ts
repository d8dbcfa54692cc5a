import { equalBytes } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { LedgerFault } from "../fault.ts";
import { assert } from "../../lang/base/assert.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";

/**
 * Merkle trees over the packages and the receipts of a block. Leaves and inner nodes are hashed under
 * different prefixes and an odd node is carried up, never doubled, so that no two lists share a root
 * (Bitcoin's CVE-2012-2459). Source: RFC 9162, sections 2.1.1 and 2.1.3.
 */
export interface InclusionProof {
  readonly index: number;
  /** Leaves in the tree. */
  readonly count: number;
  /** Siblings from the leaf up, 32 bytes each. */
  readonly path: readonly Uint8Array[];
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
/** A tree of 2^32 leaves is 32 high; no block comes near. */
const MAX_PATH = 32;

/** Root over `leaves` in order; SHA-256 of nothing for none. 32 bytes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  let level = leaves.map(leafHash);
  while (level.length > 1) level = nextLevel(level);
  return level[0] as Uint8Array;
}

/** Proof that leaf `index` is under `merkleRoot(leaves)`. */
export function proveInclusion(leaves: readonly Uint8Array[], index: number): InclusionProof {
  assert(index >= 0 && index < leaves.length, "the leaf is in the tree");
  const path: Uint8Array[] = [];
  let level = leaves.map(leafHash);
  for (let at = index; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = nextLevel(level);
  }
  return { index, count: leaves.length, path };
}

/** True only if `leaf` stands at `proof.index` of a tree of `proof.count` leaves with this root. */
export function provesInclusion(proof: InclusionProof, leaf: Uint8Array, root: Uint8Array): boolean {
  if (proof.index < 0 || proof.index >= proof.count) return false;
  let hash = leafHash(leaf);
  let at = proof.index;
  let last = proof.count - 1;
  let used = 0;
  for (; last > 0; at = Math.floor(at / 2), last = Math.floor(last / 2)) {
    if (at === last && at % 2 === 0) continue; // carried up without a sibling
    const sibling = proof.path[used++];
    if (sibling === undefined) return false;
    hash = at % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  return used === proof.path.length && equalBytes(hash, root);
}

/** As receipts' proofs carry it. */
export function encodeInclusionProof(proof: InclusionProof): Uint8Array {
  return encodeRlp([numberItem(proof.index), numberItem(proof.count), proof.path]);
}

/** Faults: LEDGER_MALFORMED for a path longer than any tree's; CODEC_MALFORMED for every other wrong form. */
export function decodeInclusionProof(bytes: Uint8Array): InclusionProof {
  const [index, count, path] = listField(decodeRlp(bytes, MAX_PATH + 8), "proof", 3);
  const siblings = listField(path, "proof path");
  if (siblings.length > MAX_PATH) throw new FaultError<LedgerFault>({ code: "LEDGER_MALFORMED", reason: "proof path too long" });
  return {
    index: smallField(index, "proof index", 0xffff_ffff),
    count: smallField(count, "proof count", 0xffff_ffff),
    path: siblings.map((item) => bytesField(item, "proof sibling", [32])),
  };
}

function leafHash(leaf: Uint8Array): Uint8Array {
  return sha256(LEAF, leaf);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

function nextLevel(level: readonly Uint8Array[]): Uint8Array[] {
  const next: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    const right = level[i + 1];
    next.push(right === undefined ? left : nodeHash(left, right));
  }
  return next;
}
