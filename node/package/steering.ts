import type { LineOutcome } from "../api.ts";

/**
 * Words that go to other threads, in their plainest form: a session must not be stuck in a thread that is paused or being
 * committed, maybe by another session, and which therefore reads no line.
 */
const STEERING = /^\s*(st|threads|pending|(?:st|resume|pause|free|join)(?=\s+\S))(?:\s+([\p{L}\p{N}_-]{1,32}))?\s*$/u;

/** What such a line asks of the session; undefined for any other, which the thread refuses. */
export function steeringLine(source: string): LineOutcome | undefined {
  if (source.trim() === "") return { kind: "done", stack: [], depth: 0, ergUsed: 0 };
  const [, word, name] = STEERING.exec(source) ?? [];
  return word === undefined ? undefined : { kind: "outside", word, args: name === undefined ? [] : [name], options: {}, rest: "", ergUsed: 0 };
}
