import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../lang/base/rlp.ts";

/**
 * Records of the ledger's own in the store: eight bytes of a hash over key and value stand before the
 * value. LevelDB does not check the sums of its tables on ordinary reads, so a flipped byte would come
 * back as data; with the key under the sum, a value that slipped under another key is found as well.
 */
const SEAL_BYTES = 8;

export function sealRecord(key: Uint8Array, value: RlpItem): Uint8Array {
  const bytes = encodeRlp(value);
  return concatBytes(sealOf(key, bytes), bytes);
}

/** The value as it was written; undefined when anything about it changed. */
export function openRecord(key: Uint8Array, record: Uint8Array): RlpItem | undefined {
  const bytes = record.subarray(SEAL_BYTES);
  if (!equalBytes(record.subarray(0, SEAL_BYTES), sealOf(key, bytes))) return undefined;
  try {
    return decodeRlp(bytes);
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return undefined;
  }
}

function sealOf(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sha256(Uint8Array.of(key.length), key, bytes).subarray(0, SEAL_BYTES);
}
