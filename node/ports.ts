/**
 * What rules may not reach by themselves. Time, randomness, disk and network are passed in, so that a
 * whole network runs in one process from a seed. Each port has one test suite which the real and the
 * simulated version both pass.
 */

/** Milliseconds since the Unix epoch, and timers. A simulated clock moves only when told. */
export interface Clock {
  nowMs(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels. */
  after(delayMs: number, run: () => void): () => void;
}

/** Unpredictable bytes for keys, challenges and genesis; never used inside rules. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** One write of a batch. */
export type KeyValueOperation =
  | { readonly type: "put"; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: "del"; readonly key: Uint8Array };

/**
 * Many writes as one piece of memory, in their order (store/packed-operations.ts). Whoever hands them in gives the
 * memory away: it is read until the batch is written.
 */
export interface PackedOperations {
  readonly type: "packed";
  readonly bytes: Uint8Array;
  /** Of a disk that is written through a checking one: a value is stored behind these four bytes, the high one first. */
  readonly checksum?: (key: Uint8Array, value: Uint8Array) => number;
}
export type BatchPart = KeyValueOperation | PackedOperations;

/** Keys from `start` (inclusive) to `end` (exclusive) in byte order. */
export interface KeyRange {
  readonly start: Uint8Array;
  readonly end: Uint8Array;
}

/**
 * An ordered key-value store with atomic batches. `getSync` may be called from any worker that opened
 * the same store. A batch with `sync` is on disk when the promise resolves; a crash keeps all of it or none.
 * Batches are written in the order in which they were handed in; what they are made of must not change until then.
 */
export interface Disk {
  getSync(key: Uint8Array): Uint8Array | undefined;
  batch(operations: readonly BatchPart[], options: { readonly sync: boolean }): Promise<void>;
  /** Keys from `start` (inclusive) to `end` (exclusive) in byte order. */
  entries(range: { readonly start: Uint8Array; readonly end: Uint8Array; readonly limit?: number; readonly reverse?: boolean }): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
  close(): Promise<void>;
}

/**
 * Messages between nodes. Nothing is promised: messages may be lost, late, doubled or out of order. Who talks to whom
 * is the network's affair; what is worth passing on to those further away is for whoever judged it to say again.
 */
export interface Network {
  /** To every peer that is there now; what does not fit into a peer's queue is dropped. */
  broadcast(topic: string, message: Uint8Array): void;
  /**
   * To one peer, by the name under which its messages arrive. Resolves when the message is on its way or given up, so
   * that whoever has much to send sends the next piece then. Never rejects.
   */
  send(peer: string, topic: string, message: Uint8Array): Promise<void>;
  /** Until what `receive` returns has settled, the peer's next message may be left unread. */
  onMessage(topic: string, receive: (message: Uint8Array, peer: string) => void | Promise<void>): () => void;
}
