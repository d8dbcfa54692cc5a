import type { ValueKind } from "../value.ts";

/**
 * The shape of a row in the table of primitives. Opcode numbers are public and fixed for ever: a
 * compiled package names words by them. Ranges keep families together; a freed number is never reused.
 *
 *     1–31     structure: literals, calls, branches, loops, exit; instructions with operands
 *    32–255    stack, arithmetic, logic, comparison, memory
 *   256–511    text, numbers of other kinds, conversion
 *   512–767    host: state, files of a domain, coins, identity
 *   768–895    host: Forth-2012 file access
 *   896–1023   host: threads of a session (never in a package)
 *  1024–1535   the compiler and the text interpreter: defining words, control structures, parsing, tools
 */
export interface PrimitiveSpec {
  readonly code: number;
  readonly word: string;
  /** Stack effect as `help` shows it; a test checks it against the real stack. */
  readonly effect: string;
  /** Fixed price in ERG, charged with its block. What depends on operands is charged on top by the word. */
  readonly erg: number;
}

/** What a host word takes from the stack; the machine converts by the one conversion table before the call. */
export type ParameterKind =
  | ValueKind
  | "content" // text or bytes; anything else becomes text
  | "amount" // coins as an exact non-negative number; reaches the host as an integer of base units
  | "path" // text, at most 4,096 bytes, names of at most 255 bytes, no NUL
  | "recipient" // an address, `~`, a `@nick`, or a contact of the signer; text
  | "any";

/** How the word meets the recorder and the consensus rules (R3, R8, G22). */
export type HostAccess =
  | "write" // changes the realm; recorded; runs in packages
  | "read" // reads the realm; recorded, because it may decide what follows; runs in packages
  | "show" // terminal-only, effect ( -- ): cut from what is recorded
  | "files" // Forth file access: the working directory in `grid run`, the realm in a session
  | "thread"; // steers the thread itself: bt, rt, at, vt; never recorded

export interface HostWordSpec extends PrimitiveSpec {
  readonly takes: readonly ParameterKind[];
  /** Kinds of the results; "any" for a word that gives what somebody stored. */
  readonly gives: readonly (ValueKind | "any")[];
  /**
   * The first entry it takes says how many more lie below those of `takes` (0 to `LIMITS.callEntries`); the host gets
   * them after the others. It may give as many before those of `gives`.
   */
  readonly counted?: true;
  readonly access: HostAccess;
  /** The form with inline parameters, in wordlist GRID (R14). Absent: the word has its stack form only. */
  readonly shell?: ShellForm;
  readonly help: string;
  /** What runs on an empty local state, lines parted by \n, and what it prints. Tested. */
  readonly example: { readonly line: string; readonly prints: string };
}

/** A shell word's declared signature: all that the command-line parser knows of it. */
export interface ShellForm {
  readonly word: string;
  readonly params: readonly ShellParam[];
  readonly options?: readonly ShellOption[];
  /** `> file` and `>> file` may follow. */
  readonly redirect?: boolean;
  /** What the call means in stack form. Tokens, never text, so that quoting cannot inject words. */
  readonly rewrite: (call: ShellCall) => readonly StackFormItem[];
}

/** One parameter of a shell word, as `help` names it. */
export interface ShellParam {
  readonly name: string;
  readonly type: ParameterKind;
  /** Optional parameters are taken only when the word is first on its line (R14). */
  readonly optional?: boolean;
  /** Takes all that follows, first on its line only. */
  readonly repeat?: boolean;
}

/** A flag of a shell word; with `value` it takes the word behind it. */
export interface ShellOption {
  readonly flag: string;
  readonly name: string;
  readonly value?: ParameterKind;
  readonly help: string;
}

/** A command line, read: parameters in order, options by name. */
export interface ShellCall {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | true>>;
  readonly redirect?: { readonly append: boolean; readonly path: string };
}

/** One token of what a command line means as GridScript. */
export type StackFormItem = { readonly text: string } | { readonly number: string } | { readonly word: string };
