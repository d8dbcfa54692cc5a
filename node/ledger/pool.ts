import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../fault.ts";
import { EvictionBook, type Eviction, type EvictionReason } from "./evictions.ts";
import type { PackageFacts } from "./executor.ts";
import type { LedgerParams } from "./params.ts";
import { ReadyQueue } from "./ready-queue.ts";

/**
 * Packages that wait for a block, by domain and nonce. Each leaves in exactly one way: a block has it, or
 * it is evicted with a reason. Memory only; `pool-feed.ts` makes it survive a restart.
 */
export interface PoolEntry {
  readonly facts: PackageFacts;
  readonly bytes: Uint8Array;
  /** Counts packages as they came. */
  readonly arrival: number;
}

/** What the pool asks of the newest state. */
export interface PoolView {
  facts(bytes: Uint8Array): PackageFacts;
  /** As the executor's, on the newest state. */
  objection(bytes: Uint8Array): PackageFault | undefined;
  nonceOf(domain: Uint8Array): bigint;
  /** Height of the next block. */
  nextHeight(): bigint;
  /** True when a block of the main chain has it. */
  hasReceipt(packageId: Uint8Array): boolean;
}

/** Bounds of one node; every node may have its own. */
export interface PoolLimits {
  /** Sum of packages held: some blocks' worth. */
  readonly sizeBytes: number;
  /** Packages of one domain that wait, and how far its nonces may run ahead: nobody fills the pool alone. */
  readonly perDomain: number;
}
export const DEFAULT_POOL_LIMITS: PoolLimits = { sizeBytes: 64 << 20, perDomain: 64 };

/** A package replaces another of the same nonce for at least this much more per ERG, or resending would be free. */
const REPLACEMENT_PERCENT = 110n;
/** When the pool is full it is emptied to this share, so that not every arrival has to search. */
const REFILL_PERCENT = 90;
/** Above every height: heights have 48 bits. */
const NEVER = 1n << 48n;

export interface PoolListener {
  added(entry: PoolEntry): void;
  /** Left the pool: `reason` is undefined when a block has it. */
  removed(entry: PoolEntry, reason: EvictionReason | undefined): void;
  /** Notices of evictions: one that is new, and packages whose notice counts no more. */
  noticed?(added: Eviction | undefined, gone: readonly Uint8Array[]): void;
}

/** Packages that wait, by domain and nonce; those that pay least leave when it is full. */
export class Pool {
  readonly #params: LedgerParams;
  readonly #limits: PoolLimits;
  readonly #view: PoolView;
  readonly #byId = new Map<string, PoolEntry>();
  readonly #byDomain = new Map<string, Map<bigint, PoolEntry>>();
  readonly #evicted: EvictionBook;
  readonly #listeners = new Set<PoolListener>();
  #sizeBytes = 0;
  #arrivals = 0;
  /** No package expires at a lower height than this. */
  #earliestExpiry = NEVER;

  constructor(params: LedgerParams, view: PoolView, limits: PoolLimits = DEFAULT_POOL_LIMITS, evicted = new EvictionBook()) {
    this.#evicted = evicted;
    this.#params = params;
    this.#view = view;
    this.#limits = limits;
  }

  listen(listener: PoolListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  count(): number {
    return this.#byId.size;
  }

  get(packageId: Uint8Array): PoolEntry | undefined {
    return this.#byId.get(toHex(packageId));
  }

  entries(): Iterable<PoolEntry> {
    return this.#byId.values();
  }

  sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Packages of one domain that wait. */
  waitingOf(domain: Uint8Array): number {
    return this.#byDomain.get(toHex(domain))?.size ?? 0;
  }

  /** How many nonces are missing before a package that waits: 0 when a block may take it. */
  missingBefore({ facts: { domain, nonce } }: PoolEntry): bigint {
    const waiting = this.#byDomain.get(toHex(domain));
    let missing = 0n;
    for (let at = this.#view.nonceOf(domain) + 1n; at < nonce; at++) if (waiting?.has(at) !== true) missing++;
    return missing;
  }

  /** Why and when a package left without a receipt, as long as the node remembers. */
  evictionOf(packageId: Uint8Array): Eviction | undefined {
    return this.#evicted.of(packageId);
  }

  /** Notices of evictions, oldest first. */
  evictions(): Iterable<Eviction> {
    return this.#evicted.all();
  }

  /** Takes a package in. Throws FaultError with PACKAGE_*; then the pool is as before. */
  add(bytes: Uint8Array): PoolEntry {
    if (bytes.length > this.#params.packageSizeBytes) refuse({ code: "PACKAGE_TOO_LARGE", limitBytes: this.#params.packageSizeBytes });
    const facts = this.#view.facts(bytes);
    if (this.#byId.has(toHex(facts.packageId)) || this.#view.hasReceipt(facts.packageId)) refuse({ code: "PACKAGE_KNOWN" });
    const fault = this.#termsFault(facts) ?? this.#placeFault(facts) ?? this.#view.objection(bytes);
    if (fault !== undefined) refuse(fault);
    this.#makeRoom(bytes.length, facts.ergPriceUnits);
    const replaced = this.#domain(facts).get(facts.nonce);
    if (replaced !== undefined) this.#remove(replaced, "replaced");
    return this.#insert({ facts, bytes, arrival: this.#arrivals++ });
  }

  /** What a block may take now, best price first. */
  ready(): ReadyQueue {
    return new ReadyQueue([...this.#byDomain.values()].map((waiting) => this.#run(waiting)));
  }

  hasReady(): boolean {
    for (const waiting of this.#byDomain.values()) if (this.#run(waiting).length > 0) return true;
    return false;
  }

  /**
   * A block has the packages of these ids: they leave, and so does everything that can no longer run after it.
   * `factsOf` reads the package of an index, which is done only where something could wait behind it.
   */
  included(packageIds: readonly Uint8Array[], factsOf: (index: number) => PackageFacts): void {
    for (const [index, packageId] of packageIds.entries()) {
      this.#withdrawNotice(packageId);
      if (this.#byId.size === 0) continue;
      const entry = this.#byId.get(toHex(packageId));
      if (entry !== undefined) this.#remove(entry, undefined);
      const waiting = [...this.#domain(entry?.facts ?? factsOf(index)).values()];
      if (waiting.length === 0) continue;
      const nonce = this.#view.nonceOf((waiting[0] as PoolEntry).facts.domain);
      for (const other of waiting) if (other.facts.nonce <= nonce) this.#remove(other, "nonce-used");
    }
    this.#dropExpired();
  }

  evict(packageId: Uint8Array, reason: EvictionReason): void {
    const entry = this.#byId.get(toHex(packageId));
    if (entry !== undefined) this.#remove(entry, reason);
  }

  /** A package that was on the main chain and could not come back: told as an eviction. */
  lost(bytes: Uint8Array, reason: EvictionReason): void {
    const entry = { facts: this.#view.facts(bytes), bytes, arrival: this.#arrivals++ };
    this.#rememberEviction(entry, reason);
    for (const listener of this.#listeners) listener.removed(entry, reason);
  }

  #termsFault(facts: PackageFacts): PackageFault | undefined {
    const height = this.#view.nextHeight();
    const { minErgPriceUnits, packageErg } = this.#params;
    if (facts.ergPriceUnits < minErgPriceUnits) return { code: "PACKAGE_PRICE_TOO_LOW", leastUnits: minErgPriceUnits };
    if (facts.ergLimit > packageErg) return { code: "PACKAGE_ERG_CAP", limit: packageErg };
    if (facts.expiryHeight < height) return { code: "PACKAGE_EXPIRED", expiryHeight: facts.expiryHeight, height };
    return undefined;
  }

  /** Nonce neither used nor too far ahead, room in the domain's own share, and a better price than what it replaces. */
  #placeFault(facts: PackageFacts): PackageFault | undefined {
    const expected = this.#view.nonceOf(facts.domain) + 1n;
    if (facts.nonce < expected || facts.nonce >= expected + BigInt(this.#limits.perDomain)) return { code: "PACKAGE_NONCE", expected, found: facts.nonce };
    const waiting = this.#domain(facts);
    const replaced = waiting.get(facts.nonce);
    if (replaced === undefined) return waiting.size < this.#limits.perDomain ? undefined : { code: "PACKAGE_TOO_MANY", limit: this.#limits.perDomain };
    const leastPriceUnits = (replaced.facts.ergPriceUnits * REPLACEMENT_PERCENT + 99n) / 100n;
    return facts.ergPriceUnits >= leastPriceUnits ? undefined : { code: "PACKAGE_REPLACEMENT_PRICE", leastPriceUnits };
  }

  /** In a full pool the cheapest leave, with what their domain had behind them, if the new one pays more. */
  #makeRoom(sizeBytes: number, priceUnits: bigint): void {
    if (this.#sizeBytes + sizeBytes <= this.#limits.sizeBytes) return;
    const cheapest = [...this.#byId.values()].sort((a, b) => (a.facts.ergPriceUnits < b.facts.ergPriceUnits ? -1 : a.facts.ergPriceUnits > b.facts.ergPriceUnits ? 1 : b.arrival - a.arrival));
    const least = cheapest[0]?.facts.ergPriceUnits ?? 0n;
    if (priceUnits <= least) refuse({ code: "PACKAGE_POOL_FULL", leastPriceUnits: least + 1n });
    const aimBytes = Math.min((this.#limits.sizeBytes * REFILL_PERCENT) / 100, this.#limits.sizeBytes - sizeBytes);
    for (const entry of cheapest) {
      if (this.#sizeBytes <= aimBytes || entry.facts.ergPriceUnits >= priceUnits) break;
      this.#removeWithFollowers(entry);
    }
    if (this.#sizeBytes + sizeBytes > this.#limits.sizeBytes) refuse({ code: "PACKAGE_POOL_FULL", leastPriceUnits: priceUnits + 1n });
  }

  #removeWithFollowers(entry: PoolEntry): void {
    for (const other of [...this.#domain(entry.facts).values()]) if (other.facts.nonce >= entry.facts.nonce) this.#remove(other, "crowded-out");
  }

  /** Searches only when something can have expired. */
  #dropExpired(): void {
    const height = this.#view.nextHeight();
    if (this.#earliestExpiry >= height) return;
    this.#earliestExpiry = NEVER;
    for (const entry of [...this.#byId.values()]) {
      if (entry.facts.expiryHeight < height) this.#remove(entry, "expired");
      else this.#noteExpiry(entry);
    }
  }

  #noteExpiry({ facts }: PoolEntry): void {
    if (facts.expiryHeight < this.#earliestExpiry) this.#earliestExpiry = facts.expiryHeight;
  }

  /** The packages of one domain that follow its nonce without a gap. */
  #run(waiting: ReadonlyMap<bigint, PoolEntry>): PoolEntry[] {
    const first = waiting.values().next().value;
    const run: PoolEntry[] = [];
    if (first === undefined) return run;
    let next = waiting.get(this.#view.nonceOf(first.facts.domain) + 1n);
    for (; next !== undefined; next = waiting.get(next.facts.nonce + 1n)) run.push(next);
    return run;
  }

  /** The packages that wait for the domain of `facts`; an empty map that is not kept when there are none. */
  #domain(facts: PackageFacts): Map<bigint, PoolEntry> {
    return this.#byDomain.get(toHex(facts.domain)) ?? new Map<bigint, PoolEntry>();
  }

  #insert(entry: PoolEntry): PoolEntry {
    const waiting = this.#domain(entry.facts);
    waiting.set(entry.facts.nonce, entry);
    this.#byDomain.set(toHex(entry.facts.domain), waiting);
    this.#byId.set(toHex(entry.facts.packageId), entry);
    this.#sizeBytes += entry.bytes.length;
    this.#noteExpiry(entry);
    this.#withdrawNotice(entry.facts.packageId);
    for (const listener of this.#listeners) listener.added(entry);
    return entry;
  }

  #remove(entry: PoolEntry, reason: EvictionReason | undefined): void {
    const waiting = this.#domain(entry.facts);
    waiting.delete(entry.facts.nonce);
    if (waiting.size === 0) this.#byDomain.delete(toHex(entry.facts.domain));
    this.#byId.delete(toHex(entry.facts.packageId));
    this.#sizeBytes -= entry.bytes.length;
    if (reason !== undefined) this.#rememberEviction(entry, reason);
    for (const listener of this.#listeners) listener.removed(entry, reason);
  }

  #rememberEviction({ facts: { packageId, domain, nonce } }: PoolEntry, reason: EvictionReason): void {
    const { added, dropped } = this.#evicted.add({ packageId, domain, nonce, reason, height: this.#view.nextHeight() - 1n });
    for (const listener of this.#listeners) listener.noticed?.(added, dropped === undefined ? [] : [dropped.packageId]);
  }

  #withdrawNotice(packageId: Uint8Array): void {
    if (!this.#evicted.remove(packageId)) return;
    for (const listener of this.#listeners) listener.noticed?.(undefined, [packageId]);
  }
}

function refuse(fault: PackageFault): never {
  throw new FaultError<PackageFault>(fault);
}
