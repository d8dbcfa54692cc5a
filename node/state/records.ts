import type { KeySet } from "./key-set.ts";
import type { Sacrifice } from "./sacrifice.ts";

/**
 * What the trie holds. Two levels: the state trie maps keccak256(address) to a domain record, and the
 * record's `storageRoot` is the root of the domain's own trie, which maps
 * keccak256(parent path) ‖ keccak256(name), 64 bytes, to an entry record. So a directory is listed by
 * walking one subtree, and a listing can be proved. Records are canonical RLP with a format number.
 */
export interface DomainRecord {
  readonly format: 1;
  /** Rules under which the record was last written (R17). */
  readonly rulesVersion: number;
  readonly balanceUnits: bigint;
  /** Packages executed so far; the next package carries nonce + 1. */
  readonly nonce: bigint;
  /** Absent until the domain changes its keys: until then the one key counts that its address is derived from. */
  readonly keys?: KeySet;
  /** X25519 key for sealing to this domain (R12), 32 bytes or empty. */
  readonly sealingKey: Uint8Array;
  /** 32 bytes. */
  readonly storageRoot: Uint8Array;
  /** Absent until the domain burns coins; then its eighth field. */
  readonly sacrifice?: Sacrifice;
}

/**
 * What a program keeps under a key: keccak256(path of its file ‖ NUL) ‖ keccak256(key) in the trie of the domain
 * in which the file stands. The key is in the record so that a listing names it.
 */
export interface StoredRecord {
  readonly format: 1;
  /** 1 to `LIMITS.storedKeyBytes` bytes of UTF-8. */
  readonly key: string;
  /** An encoded entry of the stack, at most `LIMITS.storedValueBytes`. */
  readonly value: Uint8Array;
}

/** A file or directory. Content lives by hash beside the trie, so that rewriting a neighbour never reads it. */
export interface EntryRecord {
  readonly format: 1;
  readonly kind: "file" | "directory";
  readonly name: string;
  /** 20 bytes: the domain that owns the entry. */
  readonly owner: Uint8Array;
  /** Rights of owner, mask and others, as nine-bit groups of r w x remove spend own vote; see rights.ts. */
  readonly mode: number;
  /** Encoded access-control list, empty for none. */
  readonly acl: Uint8Array;
  /** Encoded metadata, empty for none. */
  readonly meta: Uint8Array;
  readonly sizeBytes: number;
  /** SHA-256 of the content; 32 zero bytes for a directory. */
  readonly contentHash: Uint8Array;
  // When the entry was last written is known beside the record (StateReader.record), never in it: a
  // sandbox could not know the height its package will get, and its root would differ from the block's.
}
