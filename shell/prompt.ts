import type { ThreadStatus } from "../node/api.ts";
import { safeText } from "./render/safe-text.ts";

/** Longest directory shown; longer ones lose their front. */
const MAX_DIRECTORY = 40;

/** `~/docs [bt 3, behind]> `: where, what is recorded and how many lines wait, and whether the state has moved on (R9). */
export function promptText(status: ThreadStatus): string {
  if (status.unfinished) return "... ";
  const notes: string[] = status.thread === undefined ? [] : [safeText(status.thread)];
  if (status.recording === "recording") notes.push(`bt ${status.pendingLines}`);
  if (status.recording === "ready") notes.push(`rt ${status.pendingLines}`);
  if (status.behind) notes.push("behind");
  const note = notes.length === 0 ? "" : ` [${notes.join(", ")}]`;
  return `${shortDirectory(status.directory)}${note}> `;
}

function shortDirectory(directory: string): string {
  const safe = safeText(directory);
  return safe.length <= MAX_DIRECTORY ? safe : `…${safe.slice(1 - MAX_DIRECTORY)}`;
}
