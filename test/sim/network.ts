import type { Network } from "../../node/ports.ts";
import type { SimClock } from "./clock.ts";
import type { SeededRandom } from "./random.ts";

/** How messages fare between any two nodes. Delays differ from message to message, so they overtake each other unless `inOrder`. */
export interface LinkQuality {
  readonly leastMs: number;
  readonly mostMs: number;
  /** Of a hundred messages, how many are lost and how many come twice. */
  readonly lossPercent: number;
  readonly doublePercent: number;
  /** Of a thousand messages, how many arrive with a bit that another party turned. */
  readonly damagePermille: number;
  /** As on a stream: what comes quicker waits for what was sent before. */
  readonly inOrder?: boolean;
}

type Receive = (message: Uint8Array, peer: string) => void | Promise<void>;

/** A network in memory. Partitions cut links; a node that is down hears nothing. */
export class SimNetwork {
  quality: LinkQuality;
  readonly #clock: SimClock;
  readonly #random: SeededRandom;
  readonly #receivers = new Map<string, Map<string, Receive>>();
  /** When the last message from one to another arrives. */
  readonly #lastMs = new Map<string, number>();
  #sideOf = new Map<string, number>();
  /** Sees every message when it is sent, delivered or not. */
  onSent: (from: string, message: Uint8Array) => void = () => undefined;
  /** Messages that are never damaged: those in which a turned bit would be nothing but another message. */
  isSpared: (message: Uint8Array) => boolean = () => false;
  damaged = 0;

  constructor(clock: SimClock, random: SeededRandom, quality: LinkQuality) {
    this.#clock = clock;
    this.#random = random;
    this.quality = quality;
  }

  port(name: string): Network {
    return {
      broadcast: (topic, message) => {
        this.onSent(name, message);
        for (const peer of this.names()) if (peer !== name) this.#post(name, peer, topic, message);
      },
      send: (peer, topic, message) => {
        this.onSent(name, message);
        this.#post(name, peer, topic, message);
        return Promise.resolve();
      },
      onMessage: (topic, receive) => {
        const topics = this.#receivers.get(name) ?? new Map<string, Receive>();
        this.#receivers.set(name, topics.set(topic, receive));
        return () => void topics.delete(topic);
      },
    };
  }

  /** Who is up. */
  names(): string[] {
    return [...this.#receivers.keys()].sort();
  }

  /** A node went down: what is on its way to it is lost. */
  detach(name: string): void {
    this.#receivers.delete(name);
  }

  split(sides: readonly (readonly string[])[]): void {
    this.#sideOf = new Map(sides.flatMap((names, side) => names.map((name) => [name, side] as const)));
  }

  heal(): void {
    this.#sideOf.clear();
  }

  #turnBit(message: Uint8Array): Uint8Array {
    if (message.length === 0 || this.isSpared(message)) return message;
    this.damaged++;
    const turned = message.slice();
    const at = this.#random.below(turned.length);
    turned[at] = (turned[at] as number) ^ (1 << this.#random.below(8));
    return turned;
  }

  #delayMs(link: string): number {
    const delayMs = this.quality.leastMs + this.#random.below(this.quality.mostMs - this.quality.leastMs + 1);
    if (this.quality.inOrder !== true) return delayMs;
    const nowMs = this.#clock.nowMs();
    const atMs = Math.max(nowMs + delayMs, this.#lastMs.get(link) ?? 0);
    this.#lastMs.set(link, atMs);
    return atMs - nowMs;
  }

  #post(from: string, to: string, topic: string, message: Uint8Array): void {
    if (this.#sideOf.get(from) !== this.#sideOf.get(to) || this.#random.below(100) < this.quality.lossPercent) return;
    const copies = this.#random.below(100) < this.quality.doublePercent ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const delayMs = this.#delayMs(`${from} ${to}`);
      const receiver = this.#receivers.get(to);
      const arriving = this.#random.below(1_000) < this.quality.damagePermille ? this.#turnBit(message) : message;
      this.#clock.after(delayMs, () => {
        // Cut while it travelled, or the node was started anew since.
        if (receiver !== undefined && this.#receivers.get(to) === receiver && this.#sideOf.get(from) === this.#sideOf.get(to)) receiver.get(topic)?.(arriving, from);
      });
    }
  }
}
