import { isFaultError, FaultError } from "../lang/base/fault.ts";
import type { FaultReport } from "../lang/fault.ts";
import type { Identity, LineOutcome, NodeApi, ThreadApi } from "../node/api.ts";
import type { CommandContext, SessionMemory } from "./commands/command.ts";
import { Committed } from "./commands/committed.ts";
import { commandNamed } from "./commands/table.ts";
import type { Console } from "./console.ts";
import type { ShellFault } from "./fault.ts";
import type { ShellLog } from "./log.ts";
import type { Page } from "./pager.ts";
import { renderFault } from "./render/report.ts";
import type { SessionIo } from "./session-io.ts";

export interface RunnerParts {
  readonly node: NodeApi;
  readonly thread: ThreadApi;
  readonly identity: Identity;
  readonly io: SessionIo;
  readonly console: Console;
  readonly log: ShellLog;
  /** Half of what the guard lets wait for a client; named when output is stopped. */
  readonly unreadLimitBytes: number;
}
export interface Piece {
  readonly text: string;
  readonly sourceName: string;
  /** Lines of the same source that came before this piece. */
  readonly linesBefore: number;
}
/** Columns for the stack after `ok`, until a user sets others. */
const STACK_COLUMNS = 60;
export type PieceResult = { readonly kind: "done"; readonly stack: readonly string[] } | { readonly kind: "failed"; readonly code: string } | { readonly kind: "exit"; readonly exitCode: number };

/** Runs source in a session's thread, outside words included, and prints what comes of it. */
export class Runner {
  readonly parts: RunnerParts;
  private running: AbortController | undefined;
  private unread = false;
  private identity: Identity;
  readonly memory: SessionMemory = { stackColumns: STACK_COLUMNS, committed: new Committed() };
  /** Called each time a program begins to wait for input. */
  onWaiting: () => void = () => undefined;
  /** Lets the user page through a text; resolves when he is done. Without a terminal nothing is paged. */
  showPage: (page: Page) => Promise<void> = () => Promise.resolve();
  private pages: Page[] = [];
  /** Asks whoever is at the other end for a line; undefined when no more input comes. Rejects when the signal is aborted. */
  askLine: (prompt: string, signal: AbortSignal) => Promise<string | undefined> = () => Promise.resolve(undefined);

  constructor(parts: RunnerParts) {
    this.parts = parts;
    this.identity = parts.identity;
  }

  async run(piece: Piece): Promise<PieceResult> {
    const { console } = this.parts;
    this.running = new AbortController();
    this.unread = false;
    try {
      let rest = piece.text;
      for (;;) {
        const outcome = await this.runSource(rest, piece.sourceName);
        for (const page of this.pages.splice(0)) await this.showPage(page);
        console.endOfLine();
        const linesBefore = piece.linesBefore + newlines(piece.text) - newlines(rest);
        if (this.unread) return this.fail({ fault: this.unreadFault(), trace: [] });
        if (outcome.kind === "fault") return this.fail(shifted(outcome.report, piece.sourceName, linesBefore));
        if (outcome.kind === "exit") return { kind: "exit", exitCode: outcome.code };
        if (outcome.kind === "done") return { kind: "done", stack: outcome.stack };
        rest = await this.runOutside(outcome);
      }
    } catch (error) {
      if (isFaultError(error)) return this.fail({ fault: error.fault, trace: [] });
      return this.fall(error);
    } finally {
      console.endOfLine();
      this.running = undefined;
    }
  }

  /** Stops the line that runs, or the outside word that waits. */
  interrupt(): void {
    this.running?.abort(interruption());
    this.parts.thread.interrupt();
  }

  /** The client does not take the output: whatever prints it is stopped. */
  stopOutput(): void {
    if (this.unread || this.running === undefined) return;
    this.unread = true;
    this.parts.console.mute();
    this.interrupt();
  }

  close(): void {
    this.running?.abort(interruption());
    this.parts.thread.close();
  }

  private runSource(text: string, sourceName: string): Promise<LineOutcome> {
    const { thread, io, console } = this.parts;
    return thread.run(text, {
      mode: "shell",
      sourceName,
      write: (bytes) => console.program(bytes),
      columns: io.terminal?.columns ?? 80,
      interactive: io.terminal !== undefined,
      onWaiting: () => this.onWaiting(),
      onPage: (content, title) => void this.pages.push({ content, title }),
    });
  }

  /** Gives the source behind the word. What the word asks for is taken from there first, as a script has it. */
  private async runOutside(call: LineOutcome & { readonly kind: "outside" }): Promise<string> {
    const command = commandNamed(call.word);
    if (command === undefined) {
      throw new FaultError({ code: "LANG_UNSUPPORTED", word: call.word, instead: "" });
    }
    const { node, thread, io, console } = this.parts;
    const { identity, memory } = this;
    const become = (proved: Identity): void => void (this.identity = proved);
    const signal = (this.running ?? new AbortController()).signal;
    let rest = call.rest;
    const readLine = (prompt: string): Promise<string | undefined> => {
      const line = /^(.*)(?:\n|$)/.exec(rest);
      if (rest === "" || line === null) return this.askLine(prompt, signal);
      rest = rest.slice(line[0].length);
      return Promise.resolve(line[1]);
    };
    const context: CommandContext = { node, thread, identity, become, console, signal, readLine, memory, terminal: io.terminal, agent: io.agent };
    await command.run({ args: call.args, options: call.options }, context);
    return rest;
  }

  private fail(report: FaultReport): PieceResult {
    this.parts.console.complain(renderFault(report));
    return { kind: "failed", code: report.fault.code };
  }

  /** A mistake of ours ends this session, and no other. */
  private fall(error: unknown): PieceResult {
    this.parts.log.warn("session failed", { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    this.parts.console.complain("! this node failed at that line; the session ends, and nothing was committed by it\n");
    return { kind: "exit", exitCode: 1 };
  }

  private unreadFault(): ShellFault {
    return { code: "SHELL_OUTPUT_UNREAD", limitBytes: this.parts.unreadLimitBytes };
  }
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** The same report with lines counted from the start of the whole source, of which the thread saw only a piece. */
function shifted(report: FaultReport, sourceName: string, linesBefore: number): FaultReport {
  if (report.at === undefined || report.at.source !== sourceName || linesBefore === 0) return report;
  return { ...report, at: { ...report.at, line: report.at.line + linesBefore } };
}

/** Why an outside word that waits is stopped; whoever waits rejects with it. */
function interruption(): FaultError<ShellFault> {
  return new FaultError<ShellFault>({ code: "SHELL_INTERRUPTED" });
}
