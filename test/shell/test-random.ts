import { sha256 } from "../../lang/base/hash.ts";
import { utf8 } from "../../lang/base/bytes.ts";
import type { Random } from "../../node/ports.ts";

/** The same bytes for the same seed. */
export function createPrng(seed: number): Random {
  let counter = 0;
  return {
    bytes(count) {
      const out = new Uint8Array(count);
      for (let at = 0; at < count; at += 32) out.set(sha256(utf8(`${seed} ${counter++}`)).subarray(0, count - at), at);
      return out;
    },
  };
}
