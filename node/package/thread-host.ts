import { FaultError } from "../../lang/base/fault.ts";
import type { ExecutedItem, Host, HostMark, InterpretListener, Library, Meter } from "../../lang/host.ts";
import type { HostWordName } from "../../lang/primitives/host-words.ts";
import type { Value } from "../../lang/value.ts";
import type { StateFault, ThreadFault } from "../fault.ts";
import type { RealmHost } from "../state/realm-host.ts";
import type { OpenFiles } from "../state/open-files.ts";
import type { Place } from "../state/paths.ts";
import type { Chain } from "../state/layers.ts";
import { hostSpec, kindAllows, type ThreadKind } from "./recorder-rules.ts";
import { addLine, type Recording } from "./recording.ts";

/** What the recorder keeps of an item: itself, what stands for it, or nothing. Throws FaultError for what no package can hold. */
export type Judge = (item: ExecutedItem) => ExecutedItem | undefined;

/** The thread as it was when the running line began. */
export interface LineStart {
  readonly recording: Recording;
  readonly chain: Chain | undefined;
  readonly directory: Place;
  readonly openFiles: OpenFiles;
}
interface Mark extends LineStart {
  readonly inner: HostMark;
}

/**
 * A thread's world: a realm, and a recorder that sees each token the line ran (R3). A failing line takes
 * back both. Marks open with the line; the innermost open one is the line's.
 */
export class ThreadHost implements Host, InterpretListener {
  readonly inner: RealmHost;
  recording: Recording;
  readonly kind: ThreadKind;
  readonly library?: Library;
  /** Some line since this was last set to false did more than show something. A line that waited elsewhere counts as one. */
  hasChanged = true;
  private items: ExecutedItem[] = [];
  private readonly marks: Mark[] = [];
  private readonly judge: Judge;
  /** The thread word that the item being executed has called. */
  private steeredBy: string | undefined;

  constructor(inner: RealmHost, recording: Recording, kind: ThreadKind, judge: Judge, library?: Library) {
    this.inner = inner;
    this.recording = recording;
    this.kind = kind;
    this.judge = judge;
    if (library !== undefined) this.library = library;
  }

  call(word: HostWordName, args: readonly Value[], meter: Meter): readonly Value[] {
    const spec = hostSpec(word);
    if (!kindAllows(this.kind, spec, this.recording.phase !== "off")) throw this.refusal(word);
    if (spec.access === "thread") this.steeredBy = word;
    return this.inner.call(word, args, meter);
  }

  recipient(text: string, meter: Meter): string {
    return this.inner.recipient(text, meter);
  }

  timeSeconds(): number {
    return this.inner.timeSeconds();
  }

  write(bytes: Uint8Array): void {
    this.inner.write(bytes);
  }

  mark(): HostMark {
    this.items = [];
    this.steeredBy = undefined;
    this.marks.push({ inner: this.inner.mark(), ...this.now() });
    return (this.marks.length - 1) as HostMark;
  }

  rollback(mark: HostMark): void {
    const marked = this.marks[mark] as Mark;
    this.marks.length = mark;
    this.items = [];
    this.recording = marked.recording;
    this.inner.rollback(marked.inner);
    this.inner.release(marked.inner);
  }

  release(mark: HostMark): void {
    const marked = this.marks[mark] as Mark;
    this.marks.length = mark;
    this.inner.release(marked.inner);
  }

  /** A fault thrown here fails the line, as one of the item itself would. */
  onItem(item: ExecutedItem): void {
    const steeredBy = this.steeredBy;
    this.steeredBy = undefined;
    if (this.recording.phase === "off" && steeredBy === undefined) return;
    if (steeredBy !== undefined && (item.kind !== "word" || item.xt !== hostSpec(steeredBy).code)) {
      throw new FaultError<ThreadFault>({ code: "THREAD_NOT_COMMITTABLE", word: steeredBy, reason: "it steers the thread and stands in the line itself, not in another word" });
    }
    const kept = this.recording.phase === "off" ? undefined : this.judge(item);
    if (kept !== undefined) this.items.push(kept);
  }

  /** Keeps the line if it changed stack, memory or dictionary (`changedMachine`), the realm, open files, or where paths start from. */
  onLine(changedMachine: boolean): void {
    const [line] = this.marks.slice(-1);
    const items = this.items;
    this.items = [];
    if (!changedMachine && line !== undefined && !this.changedSince(line)) return;
    this.hasChanged = true;
    this.recording = addLine(this.recording, items);
  }

  /** `bt` stands in mid-line: what came before it is not recorded. */
  forgetItems(): void {
    this.items = [];
  }

  /** What the line did so far, for `rt` and `vt` in mid-line. */
  flush(): void {
    const items = this.items;
    this.items = [];
    this.recording = addLine(this.recording, items);
  }

  /** The line that a waiting program suspended, for the thread's bytes. */
  suspended(): { readonly start: LineStart; readonly items: readonly ExecutedItem[] } | undefined {
    const start = this.marks[0];
    return start === undefined ? undefined : { start, items: this.items };
  }

  /** Opens a suspended line again. Realm, recording and directory are then those of now, not of its start. */
  reopen(start: LineStart, items: readonly ExecutedItem[]): void {
    const now = this.now();
    this.enter(start);
    this.mark();
    this.enter(now);
    this.items = [...items];
  }

  private now(): LineStart {
    return { recording: this.recording, chain: this.inner.realm.chain(), directory: this.inner.directory, openFiles: this.inner.openFiles };
  }

  private enter({ recording, chain, directory, openFiles }: LineStart): void {
    this.recording = recording;
    this.inner.realm.rollback({ chain });
    this.inner.directory = directory;
    this.inner.openFiles = openFiles;
  }

  private changedSince({ chain, directory, openFiles }: LineStart): boolean {
    const now = this.now();
    return chain !== now.chain || openFiles !== now.openFiles || directory.path !== now.directory.path || Buffer.compare(directory.domain, now.directory.domain) !== 0;
  }

  private refusal(word: string): FaultError {
    return this.kind === "read-only"
      ? new FaultError<StateFault>({ code: "STATE_READ_ONLY", word })
      : new FaultError<ThreadFault>({ code: "THREAD_WRITE_ONLY", word });
  }
}
