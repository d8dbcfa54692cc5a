import type { ExecutedItem, Host, HostMark, InterpretListener, Meter } from "../../lang/host.ts";
import type { HostWordName } from "../../lang/primitives/host-words.ts";
import type { Value } from "../../lang/value.ts";
import type { RealmHost } from "../state/realm-host.ts";
import type { Chain } from "../state/layers.ts";
import { addLine, type Recording } from "./recording.ts";

/** What the recorder asks about a word by its token. */
export type IsCut = (item: ExecutedItem) => boolean;

interface Mark {
  readonly inner: HostMark;
  readonly recording: Recording;
  readonly chain: Chain | undefined;
}

/**
 * A thread's world: a realm, and a recorder that sees each token the line ran (R3). A failing line takes
 * back both. Marks open with the line; the innermost open one is the line's.
 */
export class ThreadHost implements Host, InterpretListener {
  readonly inner: RealmHost;
  recording: Recording;
  private items: ExecutedItem[] = [];
  private readonly marks: Mark[] = [];
  private readonly isCut: IsCut;

  constructor(inner: RealmHost, recording: Recording, isCut: IsCut) {
    this.inner = inner;
    this.recording = recording;
    this.isCut = isCut;
  }

  call(word: HostWordName, args: readonly Value[], meter: Meter): readonly Value[] {
    return this.inner.call(word, args, meter);
  }

  write(bytes: Uint8Array): void {
    this.inner.write(bytes);
  }

  mark(): HostMark {
    this.items = [];
    this.marks.push({ inner: this.inner.mark(), recording: this.recording, chain: this.inner.realm.chain() });
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

  onItem(item: ExecutedItem): void {
    this.items.push(item);
  }

  /** Keeps the line if it changed stack, memory or dictionary (`changedMachine`) or the realm. */
  onLine(changedMachine: boolean): void {
    const [line] = this.marks.slice(-1);
    const changed = changedMachine || line === undefined || line.chain !== this.inner.realm.chain();
    const items = this.items;
    this.items = [];
    if (!changed || this.recording.phase === "off") return;
    const kept = items.filter((item) => !this.isCut(item));
    if (kept.length === 0) return;
    this.recording = addLine(this.recording, kept);
  }

  /** `bt` stands in mid-line: what came before it is not recorded. */
  forgetItems(): void {
    this.items = [];
  }

  /** What the line did so far, for `rt` and `vt` in mid-line. */
  flush(): void {
    const kept = this.items.filter((item) => !this.isCut(item));
    this.items = [];
    this.recording = addLine(this.recording, kept);
  }
}
