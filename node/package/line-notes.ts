import type { LineOutcome, RunOptions } from "../api.ts";
import type { ThreadFault } from "../fault.ts";
import type { Note } from "../machines/jobs.ts";

/** Hands on what a worker says while a line runs: printed bytes, or a text to page through where somebody can. */
export function tellNote(note: Note, { write, onPage }: RunOptions): void {
  if (note instanceof Uint8Array) write(note);
  else if (onPage === undefined) write(note.content);
  else onPage(note.content, note.title);
}

/** The line went with its worker. */
export function lostLine(reason: string): LineOutcome {
  const fault: ThreadFault = { code: "THREAD_LOST", reason };
  return { kind: "fault", report: { fault, trace: [] }, ergUsed: 0 };
}
