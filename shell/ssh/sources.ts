import { isIP } from "node:net";
import type { Clock, Random } from "../../node/ports.ts";
import type { Limits } from "./limits.ts";

/**
 * One name for all addresses of one subscriber: the IPv4 address (also when it comes mapped into IPv6),
 * or the /64 an IPv6 subscriber controls as a whole.
 */
export function normalizeSource(address: string): string {
  const bare = address.replace(/%.*$/, "").toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (isIP(bare) !== 6) return bare;
  const groups = expandGroups(bare);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
  }
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(":")}::/64`;
}

function expandGroups(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const parse = (part: string): number[] => (part === "" ? [] : part.split(":").flatMap(parseGroup));
  const before = parse(head);
  if (tail === undefined) return before;
  const after = parse(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function parseGroup(group: string): number[] {
  if (!group.includes(".")) return [Number.parseInt(group, 16)];
  const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
  return [(a << 8) | b, (c << 8) | d];
}

export type Refusal = "total" | "source" | "startups" | "penalty";
export interface Place {
  /** The connection has authenticated: it no longer counts as a startup. */
  settle(): void;
  leave(): void;
}
export type Offence = keyof Limits["penaltyMs"];

/** Who may connect now. Counts connections in all and per source, and remembers who misbehaved. */
export class Sources {
  private total = 0;
  private startups = 0;
  private readonly open = new Map<string, number>();
  /** When the penalties of a source will have decayed. Oldest offender first. */
  private readonly penalizedUntilMs = new Map<string, number>();
  private readonly limits: Limits;
  private readonly clock: Clock;
  private readonly random: Random;
  constructor(limits: Limits, clock: Clock, random: Random) {
    this.limits = limits;
    this.clock = clock;
    this.random = random;
  }

  /** Takes a place for a connection from a normalized source, or says why there is none. */
  enter(source: string): Place | Refusal {
    const refusal = this.refusal(source);
    if (refusal !== undefined) return refusal;
    this.total++;
    this.startups++;
    this.open.set(source, (this.open.get(source) ?? 0) + 1);
    let settled = false;
    let left = false;
    const settle = (): void => {
      if (!settled) this.startups--;
      settled = true;
    };
    const leave = (): void => {
      if (left) return;
      left = true;
      settle();
      this.release(source);
    };
    return { settle, leave };
  }

  /** Adds a penalty; a source whose penalties reach the threshold is refused until they have decayed. */
  penalize(source: string, offence: Offence): void {
    const nowMs = this.clock.nowMs();
    const from = Math.max(nowMs, this.penalizedUntilMs.get(source) ?? 0);
    this.penalizedUntilMs.delete(source);
    this.penalizedUntilMs.set(source, Math.min(from + this.limits.penaltyMs[offence], nowMs + this.limits.penaltyMostMs));
    if (this.penalizedUntilMs.size <= this.limits.penaltySources) return;
    const [oldest] = this.penalizedUntilMs.keys();
    if (oldest !== undefined) this.penalizedUntilMs.delete(oldest);
  }

  private refusal(source: string): Refusal | undefined {
    if (this.total >= this.limits.connectionsTotal) return "total";
    if ((this.open.get(source) ?? 0) >= this.limits.connectionsPerSource) return "source";
    if ((this.penalizedUntilMs.get(source) ?? 0) - this.clock.nowMs() >= this.limits.penaltyFromMs) return "penalty";
    return this.dropEarly() ? "startups" : undefined;
  }

  /** OpenSSH's random early drop: the chance rises linearly from `startupsPercent` to certainty. */
  private dropEarly(): boolean {
    const { startupsStart, startupsPercent, startupsFull } = this.limits;
    if (this.startups < startupsStart) return false;
    if (this.startups >= startupsFull) return true;
    const percent = startupsPercent + ((100 - startupsPercent) * (this.startups - startupsStart)) / (startupsFull - startupsStart);
    const [a = 0, b = 0] = this.random.bytes(2);
    return ((a << 8) | b) < (percent / 100) * 65_536;
  }

  private release(source: string): void {
    this.total--;
    const count = (this.open.get(source) ?? 1) - 1;
    if (count === 0) this.open.delete(source);
    else this.open.set(source, count);
  }
}
