import { bigEndian } from "../../lang/base/bytes.ts";
import type { Miner } from "../../node/ledger/miner.ts";
import type { LedgerParams } from "../../node/ledger/params.ts";
import { searchNonce } from "../../node/ledger/work-search.ts";
import type { SimClock } from "./clock.ts";
import type { SeededRandom } from "./random.ts";

/**
 * Finds blocks after times drawn as proof of work has them: memoryless, the longer the smaller the
 * target. `shareOf` is how many such miners together find one block in a spacing at the easiest target.
 */
export function simMiner(clock: SimClock, random: SeededRandom, params: LedgerParams, shareOf: () => number): Miner {
  return {
    search: ({ seal, target, firstNonce }, signal) => new Promise((resolve) => {
      if (signal.aborted) return resolve(undefined);
      const hardness = Number(params.easiestTarget / target);
      const meanMs = Number(params.keyBlockSpacingMs) * shareOf() * hardness;
      const delayMs = Math.min(Math.ceil(-Math.log((random.uint32() + 1) / 2 ** 32) * meanMs), 2 ** 40);
      const cancel = clock.after(delayMs, () => {
        signal.removeEventListener("abort", abort);
        resolve(searchNonce(seal, bigEndian(target, 32), firstNonce, 1 << 20));
      });
      const abort = (): void => {
        cancel();
        resolve(undefined);
      };
      signal.addEventListener("abort", abort, { once: true });
    }),
    close: async () => undefined,
  };
}

/** Finds the nonce at once, on the main loop. */
export function inlineMiner(): Miner {
  return {
    search: async ({ seal, target, firstNonce, hashes }, signal) => (signal.aborted ? undefined : searchNonce(seal, bigEndian(target, 32), firstNonce, hashes)),
    close: async () => undefined,
  };
}
