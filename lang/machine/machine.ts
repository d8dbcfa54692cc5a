import { utf8 } from "../base/bytes.ts";
import { isFaultError, type FaultError } from "../base/fault.ts";
import { WORDLIST } from "../words.ts";
import type { LangFault } from "../fault.ts";
import type { Host, InterpretListener } from "../host.ts";
import { LIMITS } from "../limits.ts";
import { THROW, throwNumber } from "../throw-codes.ts";
import type { Value } from "../value.ts";
import { showValue } from "../values/show.ts";
import { reportFault } from "./fault-report.ts";
import { withNearest } from "./unknown-word.ts";
import { linePrice } from "./line-price.ts";
import { changedSince, markLine, markSavedBoxes, releaseLine, rollbackLine, type LineMark } from "./rollback.ts";
import { runMachine } from "./run-loop.ts";
import type { OutsideWordSpec, RunResult } from "./run-result.ts";
import { decodeSnapshot, encodeSnapshot } from "./snapshot.ts";
import type { Mode, Source } from "./sources.ts";
import { takeByte, takeEvent } from "./key-events.ts";
import { MODE } from "./mode.ts";
import { tidyTokens } from "./token-origins.ts";
import { VIEW } from "./view.ts";
import { WasmTier, type TierOptions } from "./wasm/tier.ts";
import { Interrupted } from "./stop.ts";
import { Vm } from "./vm.ts";

export interface MachineOptions {
  readonly host: Host;
  readonly listener?: InterpretListener;
  /** Words the session runs itself; they end a line. */
  readonly outsideWords?: readonly OutsideWordSpec[];
  /** One 32-bit number in shared memory; not zero stops the running line. */
  readonly interrupt?: SharedArrayBuffer;
  /** When words are compiled; "none" leaves all to the interpreter. No program can tell the difference. */
  readonly tier?: TierOptions | "none";
}

export interface SourceOptions {
  readonly mode: Mode;
  /** Shown in faults: "prompt", a file's name. */
  readonly sourceName: string;
  /** ERG this run may use; absent means no limit but what a number can count. */
  readonly ergLimit?: number;
  readonly columns?: number;
  /** Notes where stack entries come from, for `s`. */
  readonly interactive?: boolean;
}

/**
 * A GridScript machine: stacks, memory, dictionary and the source being read. Lines are run one after
 * another until one fails; a line that fails changes nothing but the output and the ERG used (R8).
 */
export class Machine {
  readonly vm: Vm;
  #mark: LineMark | undefined;

  constructor(vm: Vm) {
    this.vm = vm;
    vm.extraRoots.push((mark) => this.#mark !== undefined && markSavedBoxes(this.#mark, mark));
  }

  static create(options: MachineOptions): Machine {
    const flag = options.interrupt === undefined ? NEVER : new Int32Array(options.interrupt);
    const vm = new Vm(options.host, VIEW, options.outsideWords ?? [], flag);
    vm.listener = options.listener;
    if (options.tier !== "none") vm.tier = new WasmTier(vm, options.tier);
    vm.dictionary.searchOrder = [WORDLIST.forth];
    return new Machine(vm);
  }

  /** The machine that a snapshot was taken of. Faults: CODEC_MALFORMED. */
  static restore(snapshot: Uint8Array, options: MachineOptions): Machine {
    const machine = Machine.create(options);
    machine.#mark = decodeSnapshot(snapshot, machine.vm);
    if (machine.#mark !== undefined) machine.vm.dictionary.mark();
    return machine;
  }

  /** The whole machine as bytes, between lines or while it waits. */
  snapshot(): Uint8Array {
    this.vm.boxes.collect();
    return encodeSnapshot(this.vm, this.#mark);
  }

  /** Runs a source. A machine that waits must be resumed, not run. */
  run(source: string, options: SourceOptions): RunResult {
    const { vm } = this;
    vm.ergLimit = options.ergLimit ?? Number.MAX_SAFE_INTEGER;
    vm.ergLeft = vm.ergLimit;
    vm.columns = options.columns ?? 80;
    vm.interactive = options.interactive ?? false;
    vm.track = vm.interactive || ASKS_FOR_ORIGINS.test(source.slice(0, LOOKED_AT));
    vm.thrown = undefined;
    vm.debug.beginRun();
    const refusal = checkSource(source);
    if (refusal !== undefined) return { kind: "fault", report: { fault: refusal, trace: [] }, ergUsed: 0 };
    // Forth source is a file to its program (11.6.1.2218), whatever gave it; shell lines come from the user.
    const bottom = vm.sources.push({ kind: "lines", id: options.mode === "shell" ? 0 : 1, name: options.sourceName, mode: options.mode, text: utf8(source) });
    vm.in = 0;
    return this.#goOn(bottom);
  }

  /** Gives a waiting machine what it waits for; undefined says that nothing more will come. */
  resume(input: Uint8Array | undefined): RunResult {
    const { vm } = this;
    const bottom = vm.sources.stack[0];
    if (vm.stop?.kind !== "waiting" || bottom === undefined) throw new Error("the machine does not wait");
    const { waiting } = vm.stop;
    if (waiting.for === "key" && waiting.debugger !== undefined) return this.#resumeDebugger(waiting.debugger, input, bottom);
    vm.stop = undefined;
    vm.mode = MODE.code;
    if (waiting.for === "key") {
      vm.typed.push(...(input ?? []).slice(0, MOST_TYPED));
      vm.pushNumber(waiting.event === true ? takeEvent(vm.typed) : takeByte(vm.typed));
    }
    if (waiting.for === "line") {
      const address = Number(vm.popCell());
      const line = (input ?? new Uint8Array(0)).subarray(0, waiting.limitBytes);
      vm.bytes.set(line, vm.address(BigInt(address), line.length));
      vm.pushNumber(line.length);
    }
    return this.#goOn(bottom);
  }

  /** A key at a pause; the answer may be a fault of its own, out of ERG say. */
  #resumeDebugger(paused: "code" | "text", key: Uint8Array | undefined, bottom: Source): RunResult {
    const { vm } = this;
    vm.mode = MODE[paused];
    try {
      const answer = vm.debug.answer(key);
      if (answer === "stop") throw new Interrupted();
      if (answer === "wait") vm.mode = MODE.stopped;
      else vm.stop = undefined;
    } catch (error) {
      if (!isFaultError(error)) throw error;
      vm.stop = undefined;
      return this.#fail(error);
    }
    return this.#goOn(bottom);
  }

  /** User's words defined so far. */
  get wordCount(): number {
    return this.vm.dictionary.entries.length;
  }

  get depth(): number {
    return this.vm.sp;
  }

  /** The data stack, bottom first. */
  stackValues(): Value[] {
    return Array.from({ length: this.vm.sp }, (_, index) => this.vm.valueAt(index));
  }

  /** The data stack as a prompt shows it, bottom first, at most `most` entries from the top. */
  stackShown(most = 16): string[] {
    const { vm } = this;
    const shown = Math.min(most, vm.sp);
    return Array.from({ length: shown }, (_, index) => showValue(vm.valueAt(vm.sp - shown + index), 10, 40));
  }

  /** Takes all entries off the data stack; bottom first. */
  takeStack(): Value[] {
    const values = this.stackValues();
    this.vm.sp = 0;
    return values;
  }

  putStack(values: readonly Value[]): void {
    for (const value of values) this.vm.pushValue(value);
  }

  /** Whether a definition or a waiting program is unfinished. */
  get unfinished(): boolean {
    return this.vm.compiler.definition !== undefined;
  }

  get waiting(): boolean {
    return this.vm.stop?.kind === "waiting";
  }

  /** Runs lines until the source ends or a line stops it. */
  #goOn(bottom: Source): RunResult {
    const { vm } = this;
    for (;;) {
      try {
        if (this.#mark === undefined) {
          if (!this.#nextLine(bottom)) return this.#end({ kind: "done", ergUsed: vm.ergUsed });
          vm.charge(linePrice(vm));
          this.#mark = markLine(vm);
          vm.mode = MODE.text;
        }
        runMachine(vm, "to-the-end");
      } catch (error) {
        if (!isFaultError(error)) throw error;
        return this.#fail(error);
      }
      const { stop } = vm;
      if (stop?.kind === "waiting") return { kind: "waiting", waiting: stop.waiting, ergUsed: vm.ergUsed };
      vm.stop = undefined;
      this.#keep();
      if (stop?.kind === "outside") return this.#end({ kind: "outside", ...stop.call, ergUsed: vm.ergUsed });
      if (stop?.kind === "exit") return this.#end({ kind: "exit", code: stop.code, ergUsed: vm.ergUsed });
      if (stop?.kind === "quit") return this.#end({ kind: "done", ergUsed: vm.ergUsed });
    }
  }

  #nextLine(bottom: Source): boolean {
    const { vm } = this;
    vm.in = 0;
    // Nothing is charged for finding the end: the last line is kept already, and must not fail any more.
    if (bottom.next >= bottom.text.length || !vm.input.refill()) return false;
    if (bottom.lineNumber === 1 && vm.bytes[bottom.address] === 35 && vm.bytes[bottom.address + 1] === 33) bottom.length = 0;
    return true;
  }

  #keep(): void {
    this.vm.debug.endLine();
    this.vm.debug.showChanges();
    if (this.#mark !== undefined) {
      this.vm.listener?.onLine?.(changedSince(this.vm, this.#mark));
      releaseLine(this.vm, this.#mark);
    }
    this.#mark = undefined;
    this.vm.boxes.tidy();
    this.#tidyOrigins();
  }

  /** Puts everything back as it was before the line and says what was wrong. */
  #fail(error: FaultError): RunResult {
    const { vm } = this;
    const { fault } = error;
    const thrown = vm.thrown;
    const shown = fault.code === "LANG_THROW" && thrown !== undefined && thrown.number === throwNumber(fault) ? thrown.fault : fault;
    const report = reportFault(vm, withNearest(vm, shown));
    vm.debug.endLine();
    if (this.#mark !== undefined) rollbackLine(vm, this.#mark);
    this.#mark = undefined;
    if (!(error instanceof Interrupted) && emptiesStack(throwNumber(fault))) vm.sp = 0;
    vm.touched.clear();
    vm.pendingLocals = [];
    vm.closedDefinition = 0;
    return this.#end({ kind: "fault", report, ergUsed: vm.ergUsed });
  }

  #end(result: RunResult): RunResult {
    this.vm.sources.stack.length = 0;
    this.vm.stop = undefined;
    this.vm.mode = MODE.text;
    return result;
  }

  /** Forgets origins that no entry names any more. */
  #tidyOrigins(): void {
    const { vm } = this;
    if (vm.tokens.length < 64) return;
    vm.origin = 0; // nothing runs between lines
    tidyTokens(vm);
    this.#tidyLines();
  }

  /** Forgets the newest source lines when no code, word or entry refers to them: those of a prompt mostly. */
  #tidyLines(): void {
    const { lines, tokens, dictionary } = this.vm;
    const newest = [lines.places.at(-3) ?? -1, ...tokens.map((token) => token.line), ...dictionary.entries.map((entry) => entry.line)];
    lines.truncate(this.vm.codeEnd, newest.reduce((most, line) => Math.max(most, line), -1) + 1);
  }
}

/** Of machines that nobody interrupts. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** ABORT and ABORT" empty the data stack, thrown or not (9.6.2.0670); every other failing line gets its stack back (R8). */
function emptiesStack(number: bigint): boolean {
  return number === THROW.abort || number === THROW.abortQuote;
}

/** A script that looks at its stack with `s` wants to know where the entries come from. */
const ASKS_FOR_ORIGINS = /(?:^|\s)s(?:\s|$)/i;
const LOOKED_AT = 16_384;

/** Bytes of one key, or of what was typed ahead, that a program gets; the rest is dropped. */
const MOST_TYPED = 4_096;

/** What no source may be, before anything of it runs. */
function checkSource(source: string): LangFault | undefined {
  if (source.length > LIMITS.sourceBytes) return { code: "LANG_TOO_LARGE", what: "source (bytes)", limit: LIMITS.sourceBytes };
  if (!source.isWellFormed()) return { code: "LANG_BAD_INPUT", reason: "utf8" };
  return undefined;
}

