import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { Allowance } from "../../allowance.ts";
import type { NodeFault } from "../../fault.ts";
import { Newest } from "../../newest.ts";
import type { Clock } from "../../ports.ts";
import type { Pool, PoolEntry } from "../pool.ts";
import { MAX_PACKAGES } from "./messages.ts";

export interface PackageGossipOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  /** At most `MAX_PACKAGES`. */
  readonly tell: (packages: readonly Uint8Array[]) => void;
  readonly blame: (peer: string, fault: NodeFault) => void;
}

/** Packages that came within this time travel together. */
const GATHER_MS = 20;
/** So much in one message, or one package that is larger: far below what a link takes. */
const MESSAGE_BYTES = 256 << 10;
/** Packages of one peer that are looked at: so many at once and so many a second, twice what any block holds. What is dropped is told again. */
const PEER_PACKAGES = { most: 32_768, perSecond: 8_192 };
const REMEMBERED_PEERS = 64;
/** Package refusals that only a forger causes. */
const FORGED = new Set(["PACKAGE_MALFORMED", "PACKAGE_BAD_SIGNATURE", "PACKAGE_TOO_LARGE", "CODEC_MALFORMED"]);

/**
 * Carries packages from pool to pool. Whatever is new to the own pool is told to all peers once, so that it reaches
 * those further away; what was handed in here is told again until a block has it or it was evicted.
 */
export class PackageGossip {
  readonly #options: PackageGossipOptions;
  /** Handed in here, and not by a peer; whoever was told longest ago comes first. */
  readonly #own = new Map<string, PoolEntry>();
  readonly #allowances = new Newest<Allowance>(REMEMBERED_PEERS);
  readonly #close: () => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #cancelTimer: (() => void) | undefined;
  #isTaking = false;

  constructor(options: PackageGossipOptions) {
    this.#options = options;
    for (const entry of options.pool.entries()) this.#own.set(toHex(entry.facts.packageId), entry);
    this.#close = options.pool.listen({ added: (entry) => this.#added(entry), removed: ({ facts }) => void this.#own.delete(toHex(facts.packageId)) });
  }

  stop(): void {
    this.#close();
    this.#cancelTimer?.();
  }

  /** Tells some of the own packages once more: a message may have been lost, a peer may be new. */
  retell(): void {
    for (const [id, entry] of [...this.#own].slice(0, MAX_PACKAGES)) {
      this.#own.delete(id);
      this.#own.set(id, entry);
      this.#pass(entry.bytes);
    }
  }

  /** Packages from a peer, each judged by the pool. */
  take(packages: readonly Uint8Array[], peer: string): void {
    this.#isTaking = true;
    try {
      // A copy: to keep one package must not keep the whole message.
      for (const bytes of packages) if (this.#allowance(peer).take()) this.#takeOne(bytes.slice(), peer);
    } finally {
      this.#isTaking = false;
    }
  }

  #takeOne(bytes: Uint8Array, peer: string): void {
    try {
      this.#options.pool.add(bytes);
    } catch (error) {
      if (!isFaultError(error)) throw error;
      if (FORGED.has(error.fault.code)) this.#options.blame(peer, error.fault as NodeFault);
    }
  }

  #added(entry: PoolEntry): void {
    if (!this.#isTaking) this.#own.set(toHex(entry.facts.packageId), entry);
    this.#pass(entry.bytes);
  }

  #pass(bytes: Uint8Array): void {
    if (this.#waiting.length === MAX_PACKAGES || this.#waitingBytes + bytes.length > MESSAGE_BYTES) this.#flush();
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#cancelTimer ??= this.#options.clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const packages = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (packages.length > 0) this.#options.tell(packages);
  }

  #allowance(peer: string): Allowance {
    const allowance = this.#allowances.get(peer) ?? new Allowance(this.#options.clock, PEER_PACKAGES);
    this.#allowances.set(peer, allowance);
    return allowance;
  }
}
