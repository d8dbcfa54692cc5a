import type { FaultReport } from "../../lang/fault.ts";
import type { RunReplyOutcome, RuntimeFacts } from "../machines/jobs.ts";

/** How many good lines `undo` can take back. Each costs one encoded runtime in memory. */
const UNDO_DEPTH = 32;
/** Bytes of runtimes that are kept for `undo`: of a machine filled to its limits only the last line can be taken back. */
const UNDO_BYTES = 8 << 20;
/** The one outside word that looks back, so it alone leaves the past as it is. */
const UNDO = "undo";

/** A thread between lines; every change of the bytes raises the version. */
export interface ThreadState {
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly facts: RuntimeFacts;
}

/** The state before a good line, and the line. */
export interface Past {
  readonly state: ThreadState;
  readonly source: string;
}

/** What `undo` can take back, line by line (R3). Lines that changed nothing leave no trace here. */
export class ThreadPast {
  #lines: Past[] = [];

  clear(): void {
    this.#lines = [];
  }

  get sizeBytes(): number {
    return this.#lines.reduce((sum, { state }) => sum + state.bytes.length, 0);
  }

  /** The newest line, which is forgotten; undefined when there is none. */
  pop(): Past | undefined {
    return this.#lines.pop();
  }

  /**
   * Keeps the state before a good line; `bt`, `at` and outside words are a barrier. A definition over several lines
   * is one step, and so is a pasted piece: also if `undo` stands at its end.
   */
  remember(start: Past, now: ThreadState, outcome: RunReplyOutcome): void {
    if (now.facts.undoBarrier) this.clear();
    else if (outcome.kind === "outside" && outcome.word.toLowerCase() !== UNDO) this.clear();
    else if (outcome.kind === "outside") this.keep({ ...start, source: withoutUndo(start.source, outcome.rest) }, now);
    else if (outcome.kind === "done") this.keep(start, now);
    else if (outcome.kind === "fault") this.keep({ ...start, source: linesBefore(start.source, outcome.report) }, now);
  }

  /** Keeps a step that led from `start` to `now`. */
  keep(start: Past, now: ThreadState): void {
    if (start.source.trim() === "" || !now.facts.hasChanged) return;
    const last = this.#lines.at(-1);
    if (last !== undefined && start.state.facts.unfinished) this.#lines[this.#lines.length - 1] = { ...last, source: `${last.source}\n${start.source}` };
    else this.#lines = newest([...this.#lines, start]);
  }
}

/** As many of the last lines as are kept; always the very last. */
function newest(lines: readonly Past[]): Past[] {
  let from = lines.length - 1;
  let sizeBytes = 0;
  for (; from > 0 && lines.length - from < UNDO_DEPTH; from -= 1) {
    sizeBytes += lines[from - 1]?.state.bytes.length ?? 0;
    if (sizeBytes + (lines.at(-1)?.state.bytes.length ?? 0) > UNDO_BYTES) break;
  }
  return lines.slice(from);
}

/** What of `source` was run before the `undo` that leaves `rest`. */
function withoutUndo(source: string, rest: string): string {
  const upTo = source.slice(0, source.length - rest.length).trimEnd();
  return upTo.slice(0, -UNDO.length).trimEnd();
}

/** The lines of a pasted piece before the one that failed: they were good and stay. */
function linesBefore(source: string, report: FaultReport): string {
  return source.split("\n").slice(0, (report.at?.line ?? 1) - 1).join("\n");
}
