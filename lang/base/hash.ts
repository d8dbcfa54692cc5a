import * as nodeCrypto from "node:crypto";
import { createKeccak } from "hash-wasm";
import { concatBytes } from "./bytes.ts";

/** SHA-256 over the parts joined: every hash of ours but the trie's. 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const input = parts.length === 1 ? (parts[0] as Uint8Array) : joined(parts);
  // As text of one character a byte: making the Buffer takes node:crypto three times as long as the hash.
  const digest = nodeCrypto.hash("sha256", input, "binary");
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++) bytes[i] = digest.charCodeAt(i);
  return bytes;
}

/** Parts that are joined to be hashed and then forgotten: new memory for them costs more than the hash. */
const DESK = new Uint8Array(1_024);

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) {
    if (size + part.length > DESK.length) return concatBytes(...parts);
    DESK.set(part, size);
    size += part.length;
  }
  return DESK.subarray(0, size);
}

// hash-wasm does 2,015 kH/s on 64 bytes where @noble/hashes does 319; noble is the oracle in the tests.
const keccak = await createKeccak(256);

/** Keccak-256 as in Ethereum's trie (not SHA3-256). 32 bytes. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  return keccak.init().update(bytes).digest("binary");
}

/** keccak256 of the bytes from `from` to `to`, written to `out`; false if it stands there already. */
export function hashInto(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): boolean {
  const hash = keccak256(bytes.subarray(from, to));
  let isNew = false;
  for (let i = 0; i < 32; i++) {
    if (out[at + i] === hash[i]) continue;
    out[at + i] = hash[i] as number;
    isNew = true;
  }
  return isNew;
}
