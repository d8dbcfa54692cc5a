import { assert } from "../../lang/base/assert.ts";
import { bigEndian, fromBigEndian } from "../../lang/base/bytes.ts";
import { newPiece } from "./pieces.ts";

/** What a state key held since a height. `value` is undefined where there was nothing. */
export interface VersionedRecord {
  readonly height: bigint;
  readonly value: Uint8Array | undefined;
}

/** A key before its first write. */
export const NEVER_WRITTEN: VersionedRecord = { height: 0n, value: undefined };

/** 8 bytes of height, then 1 and the value, or 0. No consensus format: only our own store reads it. */
export function encodeVersioned({ height, value }: VersionedRecord): Uint8Array {
  const bytes = newPiece(versionedSize(value));
  writeVersioned(bytes, 0, height, value);
  return bytes;
}

/** Bytes before the value. */
export const VERSIONED_HEAD = 9;

/** Bytes of a record in the store. */
export function versionedSize(value: Uint8Array | undefined): number {
  return VERSIONED_HEAD + (value?.length ?? 0);
}

/** Writes what `encodeVersioned` gives. */
export function writeVersioned(out: Uint8Array, at: number, height: bigint, value: Uint8Array | undefined): void {
  writeVersionedHead(out, at, height);
  out[at + 8] = value === undefined ? 0 : 1;
  if (value !== undefined) out.set(value, at + VERSIONED_HEAD);
}

/** Writes what stands before a value. */
export function writeVersionedHead(out: Uint8Array, at: number, height: bigint): void {
  if (height !== headHeight) newHead(height);
  for (let i = 0; i < 8; i++) out[at + i] = head[i] as number;
  out[at + 8] = 1;
}

// A block writes ten thousands of records, all of one height.
let headHeight = -1n;
let head = new Uint8Array(8);

function newHead(height: bigint): void {
  headHeight = height;
  head = new Uint8Array(bigEndian(height, 8));
}

/** What `encodeVersioned` wrote, from this node's own store. */
export function decodeVersioned(bytes: Uint8Array): VersionedRecord {
  const present = bytes[8];
  assert(present === 1 || (present === 0 && bytes.length === 9), "a versioned record has the form it was written in");
  return { height: fromBigEndian(bytes.subarray(0, 8)), value: present === 1 ? bytes.subarray(9) : undefined };
}
