import { utf8 } from "../lang/base/bytes.ts";
import type { LangFault } from "../lang/fault.ts";
import { greeting } from "./greeting.ts";
import { IdleWatch, inMinutes, type IdleLimits, type IdleParts } from "./idle.ts";
import { LineEditor } from "./line-editor.ts";
import { promptText } from "./prompt.ts";
import { okText } from "./render/ok.ts";
import { renderFault } from "./render/report.ts";
import { safeText } from "./render/safe-text.ts";
import type { Runner } from "./runner.ts";
import { Pager, type Page } from "./pager.ts";
import type { InputListener, TerminalView } from "./session-io.ts";

const CTRL_C = 3;
/** `ok <123> … ` */
const OK_COLUMNS = 11;

/** A session at a terminal: prompt, line, answer, until Ctrl-D, `bye` or the connection ends. */
export class TerminalSession implements InputListener {
  private readonly runner: Runner;
  private readonly editor: LineEditor;
  private state: "editing" | "running" | "over" = "editing";
  /** What an outside word that asks for a line waits for. */
  private asked: ((line: string) => void) | undefined;
  private pager: Pager | undefined;
  private readonly idle: IdleWatch;
  private pageDone: () => void = () => undefined;

  constructor(runner: Runner, { clock, idle }: IdleParts) {
    this.runner = runner;
    this.idle = new IdleWatch(clock, idle, { warn: () => this.warnIdle(idle), end: () => this.endIdle() });
    const { io } = runner.parts;
    this.editor = new LineEditor({
      write: (text) => io.write(utf8(text)),
      columns: () => io.terminal?.columns ?? 80,
      onLine: (text) => (this.asked === undefined ? void this.run(text) : this.asked(text)),
      onOverlong: (limit) => this.refuseOverlong(limit),
      onCancel: () => (this.asked === undefined ? void this.cancel() : this.runner.interrupt()),
      onEnd: () => (this.asked === undefined ? this.end(0) : this.runner.interrupt()),
    });
    runner.onWaiting = () => this.feedWaiting();
    runner.showPage = (page) => this.page(page);
    runner.askLine = (prompt, signal) => this.ask(prompt, signal);
  }

  start(): void {
    const { node, thread, identity, console, io } = this.runner.parts;
    console.say(greeting(node, identity, node.threadsOf(thread).journals().length));
    io.listen(this);
    this.prompt();
  }

  onData(bytes: Uint8Array): void {
    if (this.state === "over") return;
    if (this.state === "editing") this.idle.start();
    if (this.pager !== undefined) this.turn(this.pager.keys(bytes));
    else if (this.asked !== undefined) this.editor.push(bytes);
    else if (this.state === "running" && bytes.includes(CTRL_C)) {
      this.editor.dropPending();
      this.runner.interrupt();
    } else if (this.state === "running" && this.runner.parts.thread.status().waiting) {
      this.runner.parts.thread.input(bytes);
    } else this.editor.push(bytes);
  }

  onEnd(): void {
    this.end(0);
  }

  onInterrupt(): void {
    if (this.state === "running") this.runner.interrupt();
  }

  onResize(view: TerminalView): void {
    if (this.pager !== undefined) this.pager.resized(view);
    else this.editor.resized();
  }

  onCrowded(): void {
    this.runner.stopOutput();
  }

  onClosed(): void {
    this.state = "over";
    this.idle.stop();
    this.turn(true);
    this.runner.close();
  }

  private prompt(): void {
    if (this.state === "over") return;
    const { console, node, thread } = this.runner.parts;
    if (!console.atLineStart) console.say("\n");
    console.say(this.runner.memory.committed.news(node));
    this.state = "editing";
    this.idle.start();
    this.editor.start(promptText(thread.status()));
  }

  /** Says something between what is typed: the line being edited is drawn again below. */
  notice(text: string): void {
    if (this.state === "over") return;
    const { console } = this.runner.parts;
    if (this.state === "running") return console.complain(text);
    console.say(`\n${text}`);
    this.editor.drawBelow();
  }

  private warnIdle({ idleMs, idleWarningMs }: IdleLimits): void {
    this.notice(`nothing was typed for ${inMinutes(idleMs - idleWarningMs)}: this session ends in ${inMinutes(idleWarningMs)} unless you type\n`);
  }

  private endIdle(): void {
    this.editor.stop();
    this.runner.parts.console.say("\nnothing was typed: the session ends. Log in with the same key, and session resume goes on with what you recorded\n");
    this.end(0);
  }

  private async run(text: string): Promise<void> {
    const { console, thread } = this.runner.parts;
    console.fresh();
    if (text.trim() === "") return this.prompt();
    this.state = "running";
    this.idle.stop();
    const result = await this.runner.run({ text, sourceName: "prompt", linesBefore: 0 });
    if (result.kind === "exit") return this.end(result.exitCode);
    if (result.kind === "done" && !thread.status().unfinished) {
      console.say(`${console.needsSpace ? " " : ""}${okText(result.stack, this.stackColumns())}\n`);
    }
    this.prompt();
  }

  /** `less`: short texts are printed, longer ones take the screen until the reader is done. */
  private page(page: Page): Promise<void> {
    const { io, console } = this.runner.parts;
    const pager = new Pager(page, io.terminal ?? { columns: 80, rows: 24 }, (text) => io.write(utf8(text)));
    if (pager.fits || this.state === "over") return Promise.resolve(console.program(page.content));
    return new Promise((resolve) => {
      this.pager = pager;
      this.pageDone = resolve;
      pager.start();
    });
  }

  private turn(isDone: boolean): void {
    if (!isDone) return;
    this.pager = undefined;
    this.pageDone();
  }

  /** A line for an outside word, edited as any other. */
  private ask(prompt: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.asked = undefined;
        this.editor.stop();
        this.runner.parts.console.fresh();
        reject(signal.reason);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      this.asked = (line) => {
        this.asked = undefined;
        signal.removeEventListener("abort", stop);
        this.runner.parts.console.fresh();
        resolve(line);
      };
      this.editor.start(prompt);
    });
  }

  /** What the user set, but no more than stands on a row beside what was printed before it. */
  private stackColumns(): number {
    return Math.min(this.runner.memory.stackColumns, (this.runner.parts.io.terminal?.columns ?? 80) - OK_COLUMNS);
  }

  /** Ctrl-C at the prompt: the line is dropped, and a definition that was begun with it. */
  private async cancel(): Promise<void> {
    const { thread, console } = this.runner.parts;
    console.fresh();
    if (thread.status().unfinished) {
      this.state = "running";
      const dropped = await thread.undo();
      if (dropped !== undefined) console.say(`dropped: ${safeText(dropped.trim()).slice(0, 60)}\n`);
    }
    this.prompt();
  }

  /** A program waits for a key: it gets what was typed meanwhile. */
  private feedWaiting(): void {
    const typed = this.editor.takePending();
    if (typed.length > 0) this.runner.parts.thread.input(typed);
  }

  private refuseOverlong(limit: number): void {
    const fault: LangFault = { code: "LANG_BAD_INPUT", reason: "line-length", limit };
    this.runner.parts.console.fresh();
    this.runner.parts.console.complain(renderFault({ fault, trace: [] }));
    this.prompt();
  }

  private end(exitCode: number): void {
    if (this.state === "over") return;
    this.state = "over";
    this.idle.stop();
    this.editor.stop();
    this.runner.close();
    this.runner.parts.io.end(exitCode);
  }
}
