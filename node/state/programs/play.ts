import { utf8 } from "../../../lang/base/bytes.ts";
import { isFaultError, type FaultError } from "../../../lang/base/fault.ts";
import type { Value } from "../../../lang/value.ts";
import { requireRight } from "../access.ts";
import { changesOf, type RealmChanges } from "../realm-changes.ts";
import { nestedRealm } from "../nested-realm.ts";
import type { ProgramEvent } from "../../ledger/block.ts";
import type { WordCall } from "../words/word-call.ts";
import { findProgram, ownsProgram, runFound, type ProgramCall } from "./call-program.ts";
import { Journal } from "./journal.ts";
import { programFault } from "./program-fault.ts";

/** What a program did on a copy of the state. */
export interface PlayedRun {
  /** 20 bytes: who called. */
  readonly caller: Uint8Array;
  readonly ergUsed: number;
  /** The last is how many there are; empty after a fault. */
  readonly results: readonly Value[];
  readonly fault?: FaultError["fault"];
  readonly events: readonly ProgramEvent[];
  /** Against the state it was called on; empty after a fault. */
  readonly changes: RealmChanges;
  readonly format: "text" | "json";
}

/**
 * Calls a program on a nested realm that is thrown away, as a domain that may execute it or owns it: so a file can be
 * tried before it is made executable. What it would do is printed; a fault is thrown on after that.
 * Faults: STATE_*, PROGRAM_NO_PLAY, LANG_OUT_OF_ERG.
 */
export function playProgram(call: WordCall, request: ProgramCall, format: PlayedRun["format"]): void {
  const { showPlay } = call.host.options;
  if (showPlay === undefined) throw programFault({ code: "PROGRAM_NO_PLAY" });
  const { found, entry } = findProgram(call, request.path);
  if (!ownsProgram(call, entry)) requireRight(call, "execute", found);
  const realm = nestedRealm(call.realm);
  const journal = new Journal();
  const before = call.meter.ergLeft;
  const run = { caller: call.paths.home, events: journal.events, format };
  try {
    const results = runFound({ ...call, realm, host: call.host.copyFor(realm, journal) }, { found, entry }, request);
    call.host.write(utf8(showPlay({ ...run, ergUsed: before - call.meter.ergLeft, results, changes: changesOf(realm) })));
  } catch (error) {
    if (!isFaultError(error) || call.meter.ergLeft === 0) throw error;
    call.host.write(utf8(showPlay({ ...run, ergUsed: before - call.meter.ergLeft, results: [], fault: error.fault, events: [], changes: changesOf(nestedRealm(call.realm)) })));
    throw error;
  }
}
