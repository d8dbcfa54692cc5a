import { FaultError } from "../../../lang/base/fault.ts";
import { utf8 } from "../../../lang/base/bytes.ts";
import type { LangFault } from "../../../lang/fault.ts";
import type { ProgramEvent } from "../../ledger/block.ts";
import { EVENT_LIMITS } from "../limits.ts";

/** A call that code of the signer's own made, one of many to the same word perhaps. Fields as in an effect. */
export interface MadeCall {
  readonly domain: Uint8Array;
  readonly path: string;
  readonly word: string;
  readonly codeHash: Uint8Array;
  readonly times: 1;
  readonly units: bigint;
}

/** How far a journal was written. */
export interface JournalMark {
  readonly calls: number;
  readonly events: number;
  readonly eventBytes: number;
}

/** What programs did that is no part of the state: calls for the effect, events for the receipt. Goes back with what failed. */
export class Journal {
  readonly #calls: MadeCall[] = [];
  readonly #events: ProgramEvent[] = [];
  #eventBytes = 0;

  get calls(): readonly MadeCall[] {
    return this.#calls;
  }

  get events(): readonly ProgramEvent[] {
    return this.#events;
  }

  addCall(call: MadeCall): void {
    this.#calls.push(call);
  }

  /** Faults: LANG_TOO_LARGE. */
  addEvent(event: ProgramEvent): void {
    const size = utf8(event.path).length + utf8(event.topic).length + event.data.length;
    demand(utf8(event.topic).length <= EVENT_LIMITS.topicBytes, "topic of an event (bytes)", EVENT_LIMITS.topicBytes);
    demand(event.data.length <= EVENT_LIMITS.dataBytes, "event (bytes)", EVENT_LIMITS.dataBytes);
    demand(this.#events.length < EVENT_LIMITS.count, "number of events of a package", EVENT_LIMITS.count);
    demand(this.#eventBytes + size <= EVENT_LIMITS.allBytes, "all events of a package (bytes)", EVENT_LIMITS.allBytes);
    this.#events.push(event);
    this.#eventBytes += size;
  }

  mark(): JournalMark {
    return { calls: this.#calls.length, events: this.#events.length, eventBytes: this.#eventBytes };
  }

  rollback({ calls, events, eventBytes }: JournalMark): void {
    this.#calls.length = calls;
    this.#events.length = events;
    this.#eventBytes = eventBytes;
  }
}

/** The mark of an empty journal. */
export const JOURNAL_START: JournalMark = { calls: 0, events: 0, eventBytes: 0 };

function demand(holds: boolean, what: string, limit: number): void {
  if (!holds) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what, limit });
}
