import { compareBytes } from "../../lang/base/bytes.ts";
import { workHash } from "./params.ts";

/**
 * Tries `count` nonces from `first` on and returns the first whose work hash does not exceed `target`.
 * `seal` is 32 bytes, `target` 32 bytes big endian. Pure: the same in a worker and in a simulation.
 */
export function searchNonce(seal: Uint8Array, target: Uint8Array, first: bigint, count: number): bigint | undefined {
  const input = new Uint8Array(40);
  input.set(seal);
  const view = new DataView(input.buffer);
  for (let i = 0; i < count; i++) {
    const nonce = BigInt.asUintN(64, first + BigInt(i));
    view.setBigUint64(32, nonce);
    if (compareBytes(workHash(input), target) <= 0) return nonce;
  }
  return undefined;
}
