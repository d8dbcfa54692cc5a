import { equalBytes } from "../../../lang/base/bytes.ts";
import { FaultError } from "../../../lang/base/fault.ts";
import type { LangFault } from "../../../lang/fault.ts";
import { LIMITS as LANG_LIMITS } from "../../../lang/limits.ts";
import { callSource, type SourceOutcome } from "../../../lang/program/call-source.ts";
import { encodeValue } from "../../../lang/program/value-codec.ts";
import { throwNumber } from "../../../lang/throw-codes.ts";
import type { Value } from "../../../lang/value.ts";
import type { ProgramFault } from "../../fault.ts";
import { fault, locate, requireRight, shown, type Found } from "../access.ts";
import { payCoins } from "../coins.ts";
import { readEntry, requireEntry } from "../files.ts";
import { CALL_LIMITS } from "../limits.ts";
import { ROOT_PATH } from "../entry-keys.ts";
import { PRICES, readPrice } from "../prices.ts";
import type { EntryRecord } from "../records.ts";
import type { WordCall } from "../words/word-call.ts";
import { Frame } from "./frame.ts";
import { programFault } from "./program-fault.ts";

/** The word that is called when none is named. */
const MAIN = "main";

/** How a program is called. */
export interface ProgramCall {
  readonly path: string;
  /** Empty for `main`, if the program exports one, else for its source alone. */
  readonly word: string;
  readonly entries: readonly Value[];
  readonly units: bigint;
  /** At most what the caller has left; absent for all of that. */
  readonly ergLimit?: bigint;
}

/**
 * Runs a program in the authority of its file's owner and gives what it leaves. The caller needs the right to
 * execute the file, and what the program does needs the owner's rights, never the caller's. Coins are paid before.
 * Faults: STATE_*, PROGRAM_*; whoever catches one finds state and journal as they were.
 */
export function callProgram(call: WordCall, request: ProgramCall): readonly Value[] {
  const { found, entry } = findProgram(call, request.path);
  requireRight(call, "execute", found);
  return runFound(call, { found, entry }, request);
}

/** A file that could be a program. Faults: STATE_NO_SUCH_PATH, STATE_IS_DIRECTORY, STATE_DENIED. */
export function findProgram(call: WordCall, path: string): { readonly found: Found; readonly entry: EntryRecord } {
  const found = locate(call, path);
  if (found.place.path === ROOT_PATH || found.entry?.kind === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: shown(call, found.place) });
  return { found, entry: requireEntry(call, found) };
}

/** As callProgram, of a file that was found and may be run. */
export function runFound(call: WordCall, { found, entry }: { readonly found: Found; readonly entry: EntryRecord }, request: ProgramCall): readonly Value[] {
  const { host, meter } = call;
  const outer = host.options.frame;
  const place = found.place;
  const path = shown(call, place);
  if ((outer?.depth ?? 0) >= CALL_LIMITS.depth) throw programFault({ code: "PROGRAM_TOO_DEEP", path, limit: CALL_LIMITS.depth });
  if (outer?.callOf(place)?.isReentrant === false) throw programFault({ code: "PROGRAM_REENTERED", path });
  if (entry.sizeBytes > CALL_LIMITS.sourceBytes) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "source of a program (bytes)", limit: CALL_LIMITS.sourceBytes });
  meter.charge(PRICES.callProgram);
  chargeEntries(call, request.entries);
  payCoins(call.realm, { from: call.paths.home, to: entry.owner, units: request.units });
  if (outer === undefined) host.journal.addCall({ ...place, word: request.word === "" ? MAIN : request.word, codeHash: entry.contentHash, times: 1, units: request.units });
  const frame = new Frame({ place, caller: call.paths.home, receivedUnits: request.units, outer });
  const inner = host.hostOf(frame, entry.owner);
  const source = readEntry(call, entry);
  const ergLimit = shareOf(call, request.ergLimit);
  let refused: FaultError | undefined;
  const word = (): string | undefined => {
    const name = entryWord(frame, request);
    if (name === null) throw (refused = noWord(path, request, frame));
    return name;
  };
  try {
    const outcome = callSource({
      host: inner, source, name: path, entry: word, args: request.entries, meter, ergLimit,
      ...(host.options.machine !== undefined && { machine: host.options.machine }),
    });
    if (outcome.kind === "no-word") throw noWord(path, request, frame);
    if (refused !== undefined) throw refused;
    return resultsOf(call, outcome, { path, word: request.word === "" ? MAIN : request.word, ergLimit });
  } finally {
    if (inner.readHeight) call.askHeight();
  }
}

function shareOf({ meter }: WordCall, asked: bigint | undefined): number {
  if (asked === undefined || asked >= BigInt(meter.ergLeft)) return meter.ergLeft;
  return asked < 0n ? 0 : Number(asked);
}

/** Asked when the source was read, so that the program has said what may be called; null when it may not, undefined for the source alone. */
function entryWord(frame: Frame, { word, entries }: ProgramCall): string | null | undefined {
  const name = word === "" ? MAIN : word;
  if (frame.allows(name)) return name;
  return word === "" && entries.length === 0 ? undefined : null;
}

function noWord(path: string, { word }: ProgramCall, frame: Frame): FaultError<ProgramFault> {
  return programFault({ code: "PROGRAM_NO_WORD", path, word: (word === "" ? MAIN : word).slice(0, 80), exports: frame.exports.slice(0, 16) });
}

function resultsOf(call: WordCall, outcome: Exclude<SourceOutcome, { readonly kind: "no-word" }>, { path, word, ergLimit }: { readonly path: string; readonly word: string; readonly ergLimit: number }): readonly Value[] {
  if (outcome.kind === "done") {
    if (outcome.results.length > LANG_LIMITS.callEntries) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "number of entries that a program leaves", limit: LANG_LIMITS.callEntries });
    chargeEntries(call, outcome.results);
    return [...outcome.results, { kind: "cell", value: BigInt(outcome.results.length) }];
  }
  const { fault: cause, line } = outcome;
  if (cause.code === "LANG_OUT_OF_ERG") {
    // Where the callee had all there was, this charge ends the caller as well, and nobody catches that (R10).
    if (call.meter.ergLeft === 0) call.meter.charge(1);
    throw programFault({ code: "PROGRAM_OUT_OF_SHARE", path, word, ergLimit });
  }
  // A state that cannot be read is nothing the program did: it is told as it is.
  if (cause.code === "PACKAGE_UNPROVED" || cause.code.startsWith("STORE_")) throw new FaultError(cause);
  const root = rootOf(cause as ProgramFault);
  throw programFault({ code: "PROGRAM_FAILED", path, word: word.slice(0, 80), ...root, thrown: throwNumber(cause), ...(line !== undefined && { line }) });
}

/** What the last of a row of failed calls failed of. */
function rootOf(cause: ProgramFault): { readonly cause: { readonly code: string }; readonly below: number } {
  return cause.code === "PROGRAM_FAILED" ? { cause: cause.cause, below: cause.below + 1 } : { cause, below: 0 };
}

/** Entries are copied from one machine to the other. Faults: LANG_TOO_LARGE. */
function chargeEntries({ meter }: WordCall, entries: readonly Value[]): void {
  let bytes = 0;
  for (const entry of entries) {
    bytes += entry.kind === "cell" ? 8 : encodedSize(entry);
    if (bytes > CALL_LIMITS.entryBytes) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "entries of a call (bytes)", limit: CALL_LIMITS.entryBytes });
  }
  meter.charge(entries.length + readPrice(bytes));
}

/** Long text and bytes are measured without copying them. */
function encodedSize(entry: Value): number {
  if (entry.kind === "bytes") return entry.value.length;
  if (entry.kind === "text" && entry.value.length > CALL_LIMITS.entryBytes) return entry.value.length;
  return encodeValue(entry).length;
}

/** Whether the domain that acts owns the file. */
export function ownsProgram(call: WordCall, { owner }: EntryRecord): boolean {
  return equalBytes(call.paths.home, owner);
}
