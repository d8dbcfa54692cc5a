import { toHex } from "../../lang/base/bytes.ts";
import type { PackageFault } from "../fault.ts";

export const EVICTION_REASONS = ["replaced", "crowded-out", "expired", "nonce-used", "refused"] as const satisfies readonly Extract<PackageFault, { code: "PACKAGE_EVICTED" }>["reason"][];
export type EvictionReason = (typeof EVICTION_REASONS)[number];

/** The notice of a package that left the pool without a block: what its owner is told, once and later. */
export interface Eviction {
  readonly packageId: Uint8Array;
  readonly domain: Uint8Array;
  readonly nonce: bigint;
  readonly reason: EvictionReason;
  /** Height of the chain when it left. */
  readonly height: bigint;
  /** Counts notices as they come. */
  readonly order: number;
}

/** What the fault says that keeps a package out of the pool or a block. */
export function evictionReasonOf(faultCode: string): EvictionReason {
  if (faultCode === "PACKAGE_EXPIRED") return "expired";
  return faultCode === "PACKAGE_NONCE" ? "nonce-used" : "refused";
}

/** About 200 bytes each. */
const MOST_NOTICES = 8_192;

/** The newest notices. A package has a notice or a receipt, never both: whoever gives it the one takes away the other. */
export class EvictionBook {
  readonly #notices = new Map<string, Eviction>();
  #next = 0;

  /** `kept` from before, in any order. */
  constructor(kept: readonly Eviction[] = []) {
    for (const notice of [...kept].sort((a, b) => a.order - b.order)) {
      this.#notices.set(toHex(notice.packageId), notice);
      this.#next = notice.order + 1;
    }
  }

  /** Oldest first. */
  all(): Iterable<Eviction> {
    return this.#notices.values();
  }

  of(packageId: Uint8Array): Eviction | undefined {
    return this.#notices.get(toHex(packageId));
  }

  /** Gives the notice with its place in the order, and the one it pushes out. */
  add(notice: Omit<Eviction, "order">): { readonly added: Eviction; readonly dropped: Eviction | undefined } {
    const added = { ...notice, order: this.#next++ };
    this.#notices.delete(toHex(notice.packageId));
    this.#notices.set(toHex(notice.packageId), added);
    const oldest = this.#notices.size > MOST_NOTICES ? this.#notices.values().next().value : undefined;
    if (oldest !== undefined) this.remove(oldest.packageId);
    return { added, dropped: oldest };
  }

  /** True if there was one. */
  remove(packageId: Uint8Array): boolean {
    return this.#notices.size > 0 && this.#notices.delete(toHex(packageId));
  }
}
