import type { ShellOption, ShellParam } from "../../lang/primitives/spec.ts";
import type { Draft, Identity, NodeApi, ThreadApi } from "../../node/api.ts";
import type { Console } from "../console.ts";
import type { SigningAgent, TerminalView } from "../session-io.ts";
import type { Committed } from "./committed.ts";

/**
 * An outside word (R8): it stands last on its line, and the session runs it, because it waits for people or
 * blocks. The language knows only its signature. One file for each; `table.ts` collects them.
 */
export interface Command {
  readonly word: string;
  readonly params: readonly ShellParam[];
  readonly options?: readonly ShellOption[];
  readonly help: string;
  readonly example: string;
  /** Throws FaultError for what the user is told; the thread is then as before. */
  readonly run: (call: CommandCall, context: CommandContext) => Promise<void>;
}

/** What stood behind the word, read by its declaration. */
export interface CommandCall {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | true>>;
}

/** What a command may use of its session. */
export interface CommandContext {
  readonly node: NodeApi;
  readonly thread: ThreadApi;
  readonly identity: Identity;
  /** The session's user proved who he is. */
  readonly become: (identity: Identity) => void;
  readonly console: Console;
  readonly terminal: TerminalView | undefined;
  readonly agent: SigningAgent | undefined;
  /** A line that the user types or pastes, or the next of a script; of several lines after a paste. Undefined at the end of the input. */
  readonly readLine: (prompt: string) => Promise<string | undefined>;
  /** What commands of one session leave for each other. */
  readonly memory: SessionMemory;
  /** Aborted by Ctrl-C and when the connection ends; its reason is the fault to show. */
  readonly signal: AbortSignal;
}

export interface SessionMemory {
  /** A package that was signed and has no receipt yet. */
  flight?: Flight | undefined;
  /** Columns for the stack after `ok`; 0 shows its depth only. */
  stackColumns: number;
  /** Packages that have receipts, while those may change. */
  readonly committed: Committed;
}
export interface Flight {
  readonly packageId: Uint8Array;
  readonly draft: Draft | undefined;
  /** Recorded lines when it was signed. */
  readonly pendingLines: number;
}
