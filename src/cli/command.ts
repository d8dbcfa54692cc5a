import type { Io } from "./io.ts";

/** Process exit codes; part of the interface, shown by `grid help`. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** One row of the table of commands. Parser, help and tests read it; nothing else knows a command's form. */
export interface Command {
  /** One or two words: "up", "key new". */
  readonly name: string;
  readonly summary: string;
  readonly params: readonly Param[];
  readonly flags: readonly Flag[];
  /** Shown by --help. `line` is what is typed after `grid `. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** More to know, in lines of at most 100 characters. */
  readonly notes?: readonly string[];
  /** Resolves to the exit code. Code is loaded on first use, so that `grid eval` need not load a node. */
  readonly run: (call: CommandCall) => Promise<number>;
}

/** A parameter that stands without a flag. */
export interface Param {
  /** In capitals, as usage lines show it. */
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
  /** Takes all that is left; last. */
  readonly repeat?: boolean;
}

/** A flag; with `value` the next argument belongs to it. */
export interface Flag {
  /** With the dashes: "--data". */
  readonly name: string;
  /** One letter that means the same: "-n". */
  readonly short?: string;
  /** What follows the flag, in capitals; absent for a switch. */
  readonly value?: string;
  /** May stand several times; the values are joined with commas. */
  readonly repeat?: true;
  readonly help: string;
}

/** The arguments of one command, read by its declaration. */
export interface CommandCall {
  /** In order of the row's params; missing optional ones are absent. */
  readonly params: readonly string[];
  /** By name without dashes; a switch is "true". */
  readonly flags: Readonly<Record<string, string>>;
  readonly io: Io;
}

/** The command line itself is wrong: exit code 2. `hint` is what to type instead. */
export class UsageError extends Error {
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.name = "UsageError";
    this.hint = hint;
  }
}

/** The command cannot do its work for a reason outside the program: exit code 1, one line and what to do. */
export class CommandError extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = "CommandError";
    this.remedy = remedy;
  }
}
