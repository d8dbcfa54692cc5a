import type { LangFault } from "../fault.ts";
import { Dictionary, type Entry } from "../dictionary.ts";
import { Compiler } from "../compiler.ts";
import type { Host, InterpretListener } from "../host.ts";
import type { BoxedValue } from "../value.ts";
import * as layout from "./layout.ts";
import { Input } from "./input.ts";
import { Lines } from "./lines.ts";
import { MachineStacks } from "./machine-stacks.ts";
import type { MachineView } from "./machine-view.ts";
import { Sources } from "./sources.ts";
import type { Stop } from "./stop.ts";
import type { OutsideWordSpec } from "./run-result.ts";
import { CATCH_END_AT, FIRST_CODE, HALT_AT, MODE, TRAVERSE_AT } from "./mode.ts";
import { nameOfXt } from "./names.ts";
import type { Tier } from "./tier-port.ts";
import { traverse } from "./traverse.ts";
import { Blocks } from "./blocks.ts";
import { Debugger } from "./debug/debugger.ts";
import { enter, enterCatch } from "./interpreter.ts";
import { TextInterpreter } from "./text-interpreter.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { OP } from "../primitives/structure.ts";
import { rowOf } from "../primitives/table.ts";

/** What made an entry: a token of a line; `xt` 0 for a literal. */
export interface TokenOrigin {
  readonly xt: number;
  readonly line: number;
  readonly column: number;
}

/** What a marker puts back: the dictionary up to `length` words, HERE, and where words are looked up. */
export interface SavedMark {
  readonly length: number;
  readonly here: number;
  readonly searchOrder: readonly number[];
  readonly current: number;
}

/** Handing output over, whatever its length. */
const WRITE_ERG = 20;
/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/**
 * The whole state of one machine and the operations that words are made of. Nothing here recurses and
 * nothing lives on the JavaScript stack between two instructions, so a machine can stop anywhere and
 * go on in another process.
 */
export class Vm extends MachineStacks {
  readonly code = this.arrays.code;

  /** Index of the next instruction. */
  ip = HALT_AT;
  /** Calls in progress. */
  depth = 0;
  /** Index of the innermost CATCH frame on the return stack, plus one; 0 for none. */
  handler = 0;
  codeEnd = FIRST_CODE;

  mode: number = MODE.text;
  stop: Stop | undefined;
  /** The word being executed, for faults. */
  op = 0;
  /** Where entries come from are noted only when someone may look. */
  track = false;
  origin = 0;
  /** Compiles what runs often; undefined leaves everything to the interpreter. */
  tier: Tier | undefined;
  columns = 80;
  interactive = false;

  /** Boxed literals of compiled code, by the operand of its instructions. */
  readonly literals: BoxedValue[] = [];
  readonly dictionary = new Dictionary();
  readonly sources = new Sources();
  readonly lines = new Lines();
  readonly blocks: Blocks = new Blocks(this);
  readonly debug: Debugger = new Debugger(this);
  /** Bytes typed that no word has taken yet: the rest of a key that gives several. */
  typed: number[] = [];
  /** Where entries come from, by the complement of what `origins` holds when that is negative. */
  tokens: TokenOrigin[] = [];
  /** The definition that `;` just closed, for the listener; 0 for none. */
  closedDefinition = 0;
  /** Locals that (LOCAL) was given so far, the last first. */
  pendingLocals: string[] = [];
  readonly compiler: Compiler;
  readonly text: TextInterpreter;
  readonly input: Input;
  host: Host;
  listener: InterpretListener | undefined;
  outside: ReadonlyMap<string, OutsideWordSpec>;
  /** The fault that became the THROW number on its way, so that it is not lost when thrown on. */
  thrown: { readonly number: bigint; readonly fault: LangFault } | undefined;
  /** User words looked up by name since the last item was reported. */
  readonly touched = new Set<number>();
  /** What MARKER words put back. */
  readonly marks: SavedMark[] = [];

  readonly shown: MachineView;

  constructor(host: Host, view: MachineView, outside: readonly OutsideWordSpec[], interruptFlag: Int32Array) {
    super(interruptFlag);
    this.host = host;
    this.shown = view;
    this.outside = new Map(outside.map((spec) => [spec.word.toLowerCase(), spec]));
    this.setBase(10);
    this.code[HALT_AT] = OP.halt;
    this.code[CATCH_END_AT] = OP.catchEnd;
    this.code[TRAVERSE_AT] = OP.traverse;
    this.compiler = new Compiler(this);
    this.text = new TextInterpreter(this);
    this.input = new Input(this);
  }

  /** Name of the word being executed. */
  override get word(): string {
    return nameOfXt(this.op, this.dictionary);
  }

  /** Executes a token; when it is done, control goes on at `ip`. */
  enter(xt: number): void {
    enter(this, xt);
  }

  /** Executes a token below a handler. */
  enterCatch(xt: number): void {
    enterCatch(this, xt);
  }

  /** Runs a token for each name of a wordlist; control goes on at `ip` afterwards. */
  traverse(xt: number, wordlist: number): void {
    traverse(this, xt, wordlist);
  }

  /** The name of a word that can be found; undefined if there is no such word. */
  nameOf(xt: number): string | undefined {
    if (xt >= FIRST_USER_XT) return this.dictionary.has(xt) ? this.entry(xt).name : undefined;
    const row = rowOf(xt);
    return row === undefined || row.kind === "structure" ? undefined : row.spec.word;
  }

  /** Seconds since 1970, as state knows them. */
  timeSeconds(): number {
    const seconds = this.host.timeSeconds?.(this) ?? 0;
    return Number.isSafeInteger(seconds) && seconds >= 0 && seconds <= LAST_SECOND ? seconds : 0;
  }

  // --- source and output ---------------------------------------------------------------------

  get in(): number {
    return this.clampIn(this.readCell(layout.TO_IN));
  }

  /** What a number stored to >IN means: a place in the line, its end for anything beyond. */
  clampIn(value: bigint): number {
    const length = this.sources.top?.length ?? 0;
    const at = Number(value);
    return at < 0 || at > length ? length : at;
  }

  set in(value: number) {
    this.writeCell(layout.TO_IN, BigInt(value));
  }

  write(bytes: Uint8Array): void {
    this.charge(WRITE_ERG + (bytes.length >>> 3));
    this.host.write(bytes);
  }

  entry(xt: number): Entry {
    return this.dictionary.entry(xt);
  }
}
