import type { HostWordName } from "./primitives/host-words.ts";
import type { Value } from "./value.ts";

/**
 * What a word may ask of the world. Every call is synchronous (R7): a worker reads state through
 * point reads that never wait. Machine and host meet only here; a machine with a host that answers
 * nothing can reach nothing but its own memory.
 *
 * A host refuses by throwing `FaultError` with a declared fault. It has then changed nothing.
 */
export interface Host {
  /**
   * Runs one host word. `args` are in stack order (last is the top) and already of the kinds the
   * word's row declares; the results must be of the kinds it gives. The row's fixed ERG is charged
   * before this call; what depends on size is charged through `meter` before the work it pays for.
   */
  call(word: HostWordName, args: readonly Value[], meter: Meter): readonly Value[];

  /** Time of the block being executed, or of the base, in seconds since 1970. Absent: there is no block, and it is 0. */
  timeSeconds?(meter: Meter): number;

  /** The shipped stdlib. Absent: none, as in a package, which carries the words it uses. */
  readonly library?: Library;

  /**
   * What an inline parameter of kind `recipient` stands for, in the form that means the same to everybody:
   * a contact or a nick becomes its address, so that what is recorded does not depend on who reads it when.
   */
  recipient?(text: string, meter: Meter): string;

  /** Bytes for whoever watches this machine. A package has no watcher: its host drops them. */
  write(bytes: Uint8Array): void;

  /** Opens a savepoint of everything this host can change; marks nest. Costs nothing that grows with state. */
  mark(): HostMark;
  /** Returns to a mark and forgets the marks above it. */
  rollback(mark: HostMark): void;
  /** Keeps what was done since the mark. */
  release(mark: HostMark): void;
}

/** The source of a subject of the stdlib, unchecked; undefined if there is none. */
export type Library = (subject: string) => Uint8Array | undefined;

export type HostMark = number & { readonly brand: "HostMark" };

/** ERG is taken before the work. Running out throws a fault no program can catch (R10). */
export interface Meter {
  charge(erg: number): void;
  readonly ergLeft: number;
}

/** Sees what the text interpreter executed, token by token, so that a thread can record it (R3). */
export interface InterpretListener {
  /** After the item ran well. A definition is one item, reported when it is complete. */
  onItem(item: ExecutedItem): void;
  /** After a line ran well, before its mark is released. `changed`: it left stack, memory or dictionary other than it found them. */
  onLine?(changed: boolean): void;
}

/**
 * One thing the text interpreter did. `literal` pushed a value; `word` executed `xt` (a primitive, a
 * host word in its stack form, or a user's word); `define` made the word `xt` (colon word, variable,
 * constant …); a shell word is reported as the literals and words it was rewritten to.
 */
export type ExecutedItem =
  | { readonly kind: "literal"; readonly value: Value }
  | ({ readonly kind: "word"; readonly xt: number } & Parsed)
  /** `by` is the word that defined it (`variable`, a user's own defining word); absent for a colon definition. */
  | ({ readonly kind: "define"; readonly xt: number; readonly by?: number } & Parsed);

/** What a word did with the source text behind it and with the user's dictionary. */
export interface Parsed {
  /** The text it took from the source after itself; absent when it took none. */
  readonly text?: string;
  /** Tokens of the words it made, in order. */
  readonly defines?: readonly number[];
  /** Tokens of user's words it found by name (`' foo`, `to bar`). */
  readonly refers?: readonly number[];
}
