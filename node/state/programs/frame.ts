import { equalBytes } from "../../../lang/base/bytes.ts";
import { foldName } from "../../../lang/words.ts";
import type { Place } from "../paths.ts";
import { programFault } from "./program-fault.ts";

/** A call in progress, as the program that was called sees it. */
export class Frame {
  /** Where the program's file stands. */
  readonly place: Place;
  /** 20 bytes: the domain that called. */
  readonly caller: Uint8Array;
  readonly receivedUnits: bigint;
  /** The call in which this one was made. */
  readonly outer: Frame | undefined;
  /** Set by the program itself while its source is read. */
  isReentrant = false;
  readonly #exports = new Set<string>();

  constructor({ place, caller, receivedUnits, outer }: { readonly place: Place; readonly caller: Uint8Array; readonly receivedUnits: bigint; readonly outer: Frame | undefined }) {
    this.place = place;
    this.caller = caller;
    this.receivedUnits = receivedUnits;
    this.outer = outer;
  }

  /** Calls in progress, this one included. */
  get depth(): number {
    return 1 + (this.outer?.depth ?? 0);
  }

  /** The nearest call in progress of the program at this place. */
  callOf(place: Place): Frame | undefined {
    const isHere = equalBytes(this.place.domain, place.domain) && this.place.path === place.path;
    return isHere ? this : this.outer?.callOf(place);
  }

  allow(word: string): void {
    this.#exports.add(foldName(word));
  }

  /** Whether the program says that this word may be called. */
  allows(word: string): boolean {
    return this.#exports.has(foldName(word));
  }

  get exports(): readonly string[] {
    return [...this.#exports];
  }
}

/** The call that a word belongs to. Faults: PROGRAM_NOT_CALLED. */
export function requireFrame(frame: Frame | undefined, word: string): Frame {
  if (frame === undefined) throw programFault({ code: "PROGRAM_NOT_CALLED", word });
  return frame;
}
