import { utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { ExecutedItem, Library, Meter } from "../../lang/host.ts";
import { Machine, type SourceOptions } from "../../lang/machine/machine.ts";
import type { OutsideWordSpec, RunResult } from "../../lang/machine/run-result.ts";
import { buildProgram } from "../../lang/program/build.ts";
import { decompile } from "../../lang/program/decompile.ts";
import type { Program } from "../../lang/program/program.ts";
import { FIRST_USER_XT } from "../../lang/primitives/first-user-xt.ts";
import { builtinXt, primitiveName } from "../../lang/primitives/table.ts";
import type { Value } from "../../lang/value.ts";
import type { ThreadFault } from "../fault.ts";
import { withoutWritten } from "../state/layers.ts";
import { NO_OPEN_FILES, type OpenFiles } from "../state/open-files.ts";
import { showPlace, type Place } from "../state/paths.ts";
import { Realm, type Savepoint } from "../state/realm.ts";
import { rebase, type RebaseReport } from "../state/realm-changes.ts";
import { createRealmHost, type RealmHost, type RealmHostOptions, type ThreadWords } from "../state/realm-host.ts";
import type { BaseState, RealmBase } from "../state/base-state.ts";
import { beginRecording, needsDirectory, NO_RECORDING, type Recording } from "./recording.ts";
import { graceText, type GraceView } from "./grace.ts";
import { importSource } from "./import-word.ts";
import { playText } from "./play-text.ts";
import { LinkCheck } from "./link-check.ts";
import { dispositionOf, refusalOf, type ThreadKind } from "./recorder-rules.ts";
import { ThreadHost } from "./thread-host.ts";

/** What stays the same for a thread's whole life. */
export interface ThreadSetup {
  /** 20 bytes: whose `~` it is. Without a proved key a stand-in that no key opens; `ct` runs it again as the signer (R5). */
  readonly signer: Uint8Array;
  readonly identityText: string;
  readonly outsideWords: readonly OutsideWordSpec[];
  readonly kind: ThreadKind;
  readonly write: (bytes: Uint8Array) => void;
  /** Takes what `less` shows, where somebody can page through it. */
  readonly page?: RealmHostOptions["page"];
  readonly interrupt?: SharedArrayBuffer;
  /** Time of the block that the thread stands on, in seconds since 1970. */
  readonly timeSeconds?: () => number;
  /** The stdlib, for `use`. */
  readonly library?: Library;
  /** Where the Forth file words read and write, when that is not the realm. */
  readonly files?: RealmHostOptions["files"];
}

const CD = 519;
const DECIMAL = 10;

/** A machine, its realm and its recording: one thread while a worker holds it. */
export class ThreadRuntime {
  readonly machine: Machine;
  readonly host: ThreadHost;
  private readonly setup: ThreadSetup;
  /** The last run crossed `bt`, `at` or the like: undo ends here. */
  undoBarrier = false;
  /** Free computing of whoever runs the present line; `ergleft` tells of it. */
  grace: GraceView | undefined;
  private lineErg = 0;
  private linkCheck: LinkCheck | undefined;

  constructor(setup: ThreadSetup, realm: Realm, start: { readonly directory: Place; readonly recording: Recording; readonly openFiles?: OpenFiles; readonly machine?: Uint8Array }) {
    this.setup = setup;
    const inner = createRealmHost({
      realm, signer: setup.signer, directory: start.directory,
      // In a sandbox everything may be tried; who must sign for it is found out by `ct`.
      authority: { domain: setup.signer, level: "owner" },
      identityText: setup.identityText, write: setup.write, graceText: (meter) => this.graceText(meter), ...(setup.page !== undefined && { page: setup.page }), thread: this.words(), showPlay: playText, ...(setup.interrupt !== undefined && { machine: { interrupt: setup.interrupt } }), ...(setup.files !== undefined && { files: setup.files }), ...(setup.timeSeconds !== undefined && { timeSeconds: setup.timeSeconds }), ...(start.openFiles !== undefined && { openFiles: start.openFiles }),
    });
    this.host = new ThreadHost(inner, start.recording, setup.kind, (item) => this.judge(item), setup.library);
    const options = { host: this.host, listener: this.host, outsideWords: setup.outsideWords, ...(setup.interrupt === undefined ? {} : { interrupt: setup.interrupt }) };
    this.machine = start.machine === undefined ? Machine.create(options) : Machine.restore(start.machine, options);
  }

  get realm(): Realm {
    return this.host.inner.realm;
  }

  get recording(): Recording {
    return this.host.recording;
  }

  get inner(): RealmHost {
    return this.host.inner;
  }

  private graceText({ ergLeft }: Meter): string {
    if (this.grace === undefined) return `${ergLeft} ERG left for this line`;
    return graceText(this.grace, Math.max(0, this.lineErg - ergLeft));
  }

  /** What of an item is recorded. Faults: THREAD_MUTABLE_OUTSIDE, THREAD_NOT_COMMITTABLE. */
  private judge(item: ExecutedItem): ExecutedItem | undefined {
    this.linkCheck ??= new LinkCheck(this.machine, this.recording.wordsBefore);
    this.linkCheck.check(item);
    if (item.kind !== "word" || item.xt >= FIRST_USER_XT) return item;
    switch (dispositionOf(item.xt)) {
      case "kept":
        return item;
      case "cut":
        return undefined;
      case "literal":
        return { kind: "literal", value: this.machine.stackValues().at(-1) as Value };
      case "refused":
        return refuse({ code: "THREAD_NOT_COMMITTABLE", word: primitiveName(item.xt), reason: refusalOf(item.xt) ?? "" });
    }
  }

  run(source: string, options: SourceOptions): RunResult {
    this.undoBarrier = false;
    this.lineErg = options.ergLimit ?? 0;
    this.host.hasChanged = false;
    return this.machine.run(source, options);
  }

  /** Defines a word anew with the value it has (R3). Faults: THREAD_NOT_RECORDING, THREAD_NOT_COMMITTABLE, LANG_UNKNOWN_WORD. */
  importWord(name: string): RunResult {
    if (this.recording.phase === "off") refuse({ code: "THREAD_NOT_RECORDING", word: "import" });
    return this.run(importSource(this.machine, name), { mode: "program", sourceName: "import" });
  }

  resume(input: Uint8Array | undefined): RunResult {
    return this.machine.resume(input);
  }

  directoryText(): string {
    return showPlace(this.inner.directory, this.setup.signer);
  }

  /** Links what was recorded (R3), `anyhow` before it is ready as well. Faults: THREAD_NOT_READY, THREAD_NOTHING_TO_COMMIT, what linking refuses. */
  link(when: "ready" | "anyhow" = "ready"): Program {
    const { phase } = this.recording;
    if (phase === "off") refuse({ code: "THREAD_NOT_RECORDING", word: "ct" });
    if (phase === "recording" && when === "ready") refuse({ code: "THREAD_NOT_READY" });
    return this.program();
  }

  /** Moves to a newer base, pending work kept. */
  sync(base: RealmBase): RebaseReport {
    return rebase(this.realm, base);
  }

  /**
   * The recorded work is on the ledger: the realm starts from `base`, what was hidden at `bt` comes back. Where both
   * wrote, what was committed is what there is.
   */
  committed(base: BaseState): void {
    const { before, hidden, openFiles } = this.recording;
    if (before !== undefined) {
      const written = this.realm.pending();
      this.realm.rollback(before);
      const tried = withoutWritten(this.realm.pending(), written);
      this.realm.rollback(NOTHING_PENDING);
      this.realm.add(tried);
    }
    this.realm.moveTo(base);
    this.inner.openFiles = openFiles;
    this.showHidden(hidden);
    this.host.recording = NO_RECORDING;
  }

  private program(): Program {
    const { lines, wordsBefore } = this.recording;
    if (lines.length === 0) refuse({ code: "THREAD_NOTHING_TO_COMMIT" });
    return buildProgram(this.machine, lines.flatMap((line) => line.items), { wordsBefore });
  }

  private words(): ThreadWords {
    return { bt: () => this.begin(), rt: () => this.ready(), at: () => this.abort(), vt: () => this.source() };
  }

  private begin(): void {
    if (this.recording.phase !== "off") refuse({ code: "THREAD_ALREADY_RECORDING" });
    const { directory, openFiles } = this.inner;
    this.host.forgetItems();
    this.linkCheck = undefined;
    this.inner.openFiles = NO_OPEN_FILES;
    const start = { hidden: this.machine.takeStack(), before: this.realm.savepoint(), directory, openFiles, wordsBefore: this.machine.wordCount };
    this.hideTried();
    this.host.recording = beginRecording(start, this.surroundings(this.inner.directory));
    this.undoBarrier = true;
  }

  /** What was tried without recording is no part of the package, so the lines behind `bt` must not see it either (G23). */
  private hideTried(): void {
    if (this.realm.isClean) return;
    this.realm.rollback(NOTHING_PENDING);
    this.stayInDirectory();
    this.setup.write(utf8("what was tried before bt is set aside until at or ct\n"));
  }

  /** Goes home if the directory went away with what was dropped. */
  private stayInDirectory(): void {
    const { domain, path } = this.inner.directory;
    if (path !== "/" && this.realm.entry(domain, path)?.kind !== "directory") this.inner.directory = { domain: this.setup.signer, path: "/" };
  }

  /** What the recorded lines find when they run again in a fresh thread: where paths start from, and the base of numbers. */
  private surroundings(directory: Place): readonly ExecutedItem[] {
    const { signer } = this.setup;
    const path: Value = { kind: "text", value: showPlace(directory, signer) };
    const { base } = this.machine.vm;
    return [
      ...(needsDirectory(directory, signer) ? ([{ kind: "literal", value: path }, { kind: "word", xt: CD }] as const) : []),
      ...(base === DECIMAL ? [] : ([{ kind: "literal", value: { kind: "cell", value: BigInt(base) } }, { kind: "word", xt: builtinXt("base") }, { kind: "word", xt: builtinXt("!") }] as const)),
    ];
  }

  private ready(): void {
    if (this.recording.phase === "off") refuse({ code: "THREAD_NOT_RECORDING", word: "rt" });
    this.host.flush();
    this.host.recording = { ...this.recording, phase: "ready" };
    this.host.hasChanged = true;
  }

  private abort(): void {
    const { phase, before, hidden, directory, openFiles } = this.recording;
    if (phase === "off" && this.realm.isClean) refuse({ code: "THREAD_NOT_RECORDING", word: "at" });
    this.host.forgetItems();
    this.undoBarrier = true;
    if (phase === "off") {
      this.realm.rollback(NOTHING_PENDING);
      return this.stayInDirectory();
    }
    this.realm.rollback(before as Savepoint);
    this.inner.directory = directory;
    this.inner.openFiles = openFiles;
    this.showHidden(hidden);
    this.host.recording = NO_RECORDING;
  }

  private source(): string {
    if (this.recording.phase === "off") refuse({ code: "THREAD_NOT_RECORDING", word: "vt" });
    return this.recording.lines.length === 0 ? "" : decompile(this.program());
  }

  private showHidden(hidden: Recording["hidden"]): void {
    this.machine.takeStack();
    this.machine.putStack(hidden);
  }
}

const NOTHING_PENDING: Savepoint = { chain: undefined };

function refuse(fault: ThreadFault): never {
  throw new FaultError<ThreadFault>(fault);
}
