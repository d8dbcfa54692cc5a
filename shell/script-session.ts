import { fromUtf8 } from "../lang/base/bytes.ts";
import { isFaultError } from "../lang/base/fault.ts";
import type { LangFault } from "../lang/fault.ts";
import { IdleWatch, inMinutes, type IdleLimits, type IdleParts } from "./idle.ts";
import { InputLines, MAX_LINE_BYTES } from "./input-lines.ts";
import { renderFault } from "./render/report.ts";
import type { Runner } from "./runner.ts";
import type { InputListener } from "./session-io.ts";

/** Exit status after Ctrl-C, as shells have it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** What the sessions without a terminal share: the first fault ends them with exit status 1. */
abstract class BatchSession implements InputListener {
  protected readonly runner: Runner;
  private over = false;
  private interrupted = false;
  private readonly idle: IdleWatch;

  constructor(runner: Runner, { clock, idle }: IdleParts) {
    this.runner = runner;
    this.idle = new IdleWatch(clock, idle, { warn: () => undefined, end: () => this.endIdle(idle) });
  }

  abstract start(): void;
  abstract onData(bytes: Uint8Array): void;
  abstract onEnd(): void;

  onInterrupt(): void {
    this.interrupted = true;
    this.runner.interrupt();
  }
  onResize(): void {
    // Nothing here depends on the size.
  }
  onCrowded(): void {
    this.runner.stopOutput();
  }
  onClosed(): void {
    this.over = true;
    this.idle.stop();
    this.runner.close();
  }

  notice(text: string): void {
    if (!this.over) this.runner.parts.console.complain(text);
  }

  /** Nothing more can be done before input comes: from now on the other side is idle. */
  protected awaitInput(): void {
    if (this.over) return;
    this.idle.start();
    this.runner.parts.io.resume();
  }

  protected inputCame(): void {
    this.idle.stop();
  }

  private endIdle({ idleMs }: IdleLimits): void {
    this.runner.parts.console.complain(`nothing came on standard input for ${inMinutes(idleMs)}: the session ends\n`);
    this.finish(1);
  }

  /** Runs a piece of source; true if the session goes on. */
  protected async runBytes(bytes: Uint8Array, sourceName: string, linesBefore: number): Promise<boolean> {
    if (this.over) return false;
    let text: string;
    try {
      text = fromUtf8(bytes);
    } catch (error) {
      if (!isFaultError(error)) throw error;
      return this.refuse(error.fault as LangFault);
    }
    const result = await this.runner.run({ text, sourceName, linesBefore });
    if (result.kind === "done") return true;
    this.finish(result.kind === "exit" ? result.exitCode : this.interrupted ? INTERRUPTED : 1);
    return false;
  }

  protected refuse(fault: LangFault): false {
    this.runner.parts.console.complain(renderFault({ fault, trace: [] }));
    this.finish(1);
    return false;
  }

  protected finish(exitCode: number): void {
    if (this.over) return;
    this.over = true;
    this.idle.stop();
    this.runner.close();
    this.runner.parts.io.end(exitCode);
  }
}

/** Bytes typed ahead of a program at a terminal; a pipe is held back by flow control instead. */
const MAX_TYPED_BYTES = 64 * 1024;
const CTRL_C = 3;
const NEWLINE = 10;
/** A program that reads on and on behind the end of its input is stopped: ERG would take too long to. */
const MOST_ENDS_TOLD = 100;

/** `ssh host 'line'`: one piece of source; standard input goes to the program that asks for it. */
export class CommandSession extends BatchSession {
  private readonly command: string;
  private readonly typed: Uint8Array[] = [];
  private typedBytes = 0;
  private inputOver = false;
  private endsTold = 0;
  /** An outside word waits for standard input. */
  private onPacket: () => void = () => undefined;

  constructor(runner: Runner, parts: IdleParts, command: string) {
    super(runner, parts);
    this.command = command;
    runner.onWaiting = () => this.feed();
    runner.askLine = (_prompt, signal) => this.line(signal);
  }

  start(): void {
    const { io } = this.runner.parts;
    io.listen(this);
    if (io.terminal === undefined) io.pause();
    void this.runBytes(Buffer.from(this.command, "utf8"), "command", 0).then((goesOn) => goesOn && this.finish(0));
  }

  onData(bytes: Uint8Array): void {
    const { io, thread } = this.runner.parts;
    this.inputCame();
    if (io.terminal === undefined) io.pause();
    else if (bytes.includes(CTRL_C)) return this.onInterrupt();
    else if (this.typedBytes + bytes.length > MAX_TYPED_BYTES) return;
    this.typed.push(bytes);
    this.typedBytes += bytes.length;
    if (thread.status().waiting) this.feed();
    else this.onPacket();
  }

  onEnd(): void {
    this.inputOver = true;
    this.inputCame();
    this.onPacket();
    if (this.runner.parts.thread.status().waiting) this.feed();
  }

  /** The next line of standard input for an outside word that asks. */
  private async line(signal: AbortSignal): Promise<string | undefined> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      const next = this.typed.shift() ?? (await this.nextPacket(signal));
      this.typedBytes -= next?.length ?? 0;
      const end = next?.indexOf(NEWLINE) ?? -1;
      if (next !== undefined && end < 0) pieces.push(next);
      if (next !== undefined && end < 0) continue;
      if (next === undefined && pieces.length === 0) return undefined;
      if (next !== undefined) pieces.push(next.subarray(0, end));
      const left = next?.subarray(end + 1) ?? new Uint8Array(0);
      if (left.length > 0) this.typed.unshift(left);
      this.typedBytes += left.length;
      return Buffer.concat(pieces).toString("utf8");
    }
  }

  private nextPacket(signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (this.inputOver) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.onPacket = () => {
        this.onPacket = () => undefined;
        resolve(this.typed.shift());
      };
      this.awaitInput();
    });
  }

  /** A program waits for input: it gets one packet; the rest stays with the client. After the last it is told the end. */
  private feed(): void {
    const next = this.typed.shift();
    this.typedBytes -= next?.length ?? 0;
    if (next !== undefined) this.runner.parts.thread.input(next);
    else if (this.inputOver && this.endsTold++ < MOST_ENDS_TOLD) this.runner.parts.thread.input(new Uint8Array());
    else if (this.inputOver) this.runner.interrupt();
    else this.awaitInput();
  }
}

/** A script on standard input, run as its lines come, so that it may be of any length. */
export class ScriptSession extends BatchSession {
  private readonly lines = new InputLines();
  private linesBefore = 0;
  /** Whole lines that wait to be run; the client's window bounds how many come while one runs. */
  private readonly waiting: Uint8Array[] = [];
  private busy = false;
  private inputOver = false;
  private overlong = false;
  /** An outside word waits for the next lines. */
  private onLines: () => void = () => undefined;

  start(): void {
    this.runner.askLine = (_prompt, signal) => this.line(signal);
    this.runner.parts.io.listen(this);
    this.awaitInput();
  }

  onData(bytes: Uint8Array): void {
    this.inputCame();
    const whole = this.lines.push(bytes);
    if (whole !== undefined) this.waiting.push(whole);
    if (this.lines.overlong) {
      this.lines.clear();
      this.overlong = true;
    }
    this.runner.parts.io.pause();
    this.onLines();
    void this.work();
  }

  onEnd(): void {
    const rest = this.lines.rest();
    if (rest.length > 0) this.waiting.push(rest);
    this.inputOver = true;
    this.inputCame();
    this.onLines();
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let piece = this.waiting.shift(); piece !== undefined; piece = this.waiting.shift()) {
      if (!(await this.runBytes(piece, "input", this.linesBefore))) return;
      this.count(piece);
    }
    this.busy = false;
    if (this.overlong) this.refuse({ code: "LANG_BAD_INPUT", reason: "line-length", limit: MAX_LINE_BYTES });
    else if (this.inputOver) this.finish(0);
    else this.awaitInput();
  }

  /** The next line for an outside word that asks: it is not run. */
  private line(signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const take = (): void => {
        const piece = this.waiting.shift();
        if (piece === undefined && !this.inputOver && !this.overlong) return this.awaitInput();
        this.onLines = () => undefined;
        if (piece === undefined) return resolve(undefined);
        const end = piece.indexOf(NEWLINE) + 1 || piece.length;
        if (end < piece.length) this.waiting.unshift(piece.subarray(end));
        this.count(piece.subarray(0, end));
        resolve(Buffer.from(piece.subarray(0, end)).toString("utf8").replace(/\r?\n$/, ""));
      };
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.onLines = take;
      take();
    });
  }

  private count(bytes: Uint8Array): void {
    for (const byte of bytes) if (byte === NEWLINE) this.linesBefore++;
  }
}
