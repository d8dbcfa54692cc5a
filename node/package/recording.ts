import type { ExecutedItem } from "../../lang/host.ts";
import type { Value } from "../../lang/value.ts";
import { NO_OPEN_FILES, type OpenFiles } from "../state/open-files.ts";
import type { Place } from "../state/paths.ts";
import type { Savepoint } from "../state/realm.ts";

/**
 * What a thread recorded between `bt` and `rt` (R3). Immutable, so that a failing line goes back by
 * keeping a reference. A write after `rt` un-marks the thread: what is signed is what was looked at.
 */
export interface Recording {
  readonly phase: "off" | "recording" | "ready";
  readonly lines: readonly RecordedLine[];
  /** Entries that lay on the stack at `bt`; they come back after `ct` or `at`. */
  readonly hidden: readonly Value[];
  /** The realm at `bt`, which `at` returns to. */
  readonly before: Savepoint | undefined;
  readonly directory: Place;
  /** Files that were open at `bt`: hidden too, for their handles mean nothing in a package. */
  readonly openFiles: OpenFiles;
  /** Words of the user's at `bt`: those are linked if they reach no mutable data, later ones were recorded. */
  readonly wordsBefore: number;
}
export interface RecordedLine {
  readonly items: readonly ExecutedItem[];
}

export const NO_RECORDING: Recording = { phase: "off", lines: [], hidden: [], before: undefined, directory: { domain: new Uint8Array(20), path: "/" }, openFiles: NO_OPEN_FILES, wordsBefore: 0 };

/** `goThere` is the first line, if paths do not start at `~`. */
export function beginRecording(start: Pick<Recording, "hidden" | "before" | "directory" | "openFiles" | "wordsBefore">, goThere: readonly ExecutedItem[]): Recording {
  return { phase: "recording", lines: goThere.length === 0 ? [] : [{ items: goThere }], ...start };
}

/** Adds a line that changed something; an empty one adds nothing. A thread that was ready is so no more. */
export function addLine(recording: Recording, items: readonly ExecutedItem[]): Recording {
  if (recording.phase === "off" || items.length === 0) return recording;
  return { ...recording, phase: "recording", lines: [...recording.lines, { items }] };
}

/** Where a path starts from, if not at `~`: the first recorded line goes there. */
export function needsDirectory(directory: Place, signer: Uint8Array): boolean {
  return directory.path !== "/" || Buffer.compare(directory.domain, signer) !== 0;
}
