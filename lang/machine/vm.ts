import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import { Dictionary, type Entry } from "../dictionary.ts";
import { Compiler } from "../compiler.ts";
import type { Host, InterpretListener, Meter } from "../host.ts";
import { LIMITS } from "../limits.ts";
import { TAG, type BoxedValue, type Value, type ValueKind } from "../value.ts";
import { convert, type Converted } from "../values/convert.ts";
import { Boxes, tagOf } from "./boxes.ts";
import { FarSpace } from "./far-space.ts";
import * as layout from "./layout.ts";
import { Input } from "./input.ts";
import { Lines } from "./lines.ts";
import { Sources } from "./sources.ts";
import type { OutsideCall, OutsideWordSpec, Waiting } from "./run-result.ts";
import { CATCH_END_AT, FIRST_CODE, HALT_AT, MODE, TRAVERSE_AT } from "./mode.ts";
import { nameOfXt } from "./names.ts";
import { traverse } from "./traverse.ts";
import { Blocks } from "./blocks.ts";
import { Debugger } from "./debug/debugger.ts";
import { enter, enterCatch } from "./interpreter.ts";
import { TextInterpreter } from "./text-interpreter.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { OP } from "../primitives/structure.ts";
import { takeMemory } from "./spare-memory.ts";
import { rowOf } from "../primitives/table.ts";

/** Kinds of fault that no CATCH sees. */
const UNCATCHABLE = new Set(["LANG_OUT_OF_ERG"]);

const CELL_TAG = TAG.cell;

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

/** What a machine can show of itself. */
export interface MachineView {
  readonly helpText: (vm: Vm, name: string) => string;
  readonly seeWord: (vm: Vm, xt: number) => string;
  readonly stackLine: (vm: Vm) => string;
  readonly stackTable: (vm: Vm) => string;
  readonly builtinNames: () => string[];
  readonly wordList: (vm: Vm, part: string) => string;
  readonly locateWord: (vm: Vm, xt: number) => string;
  readonly usesOfWord: (vm: Vm, xt: number) => string;
  readonly seeShellWord: (vm: Vm, name: string) => string | undefined;
}

/** How control came out of the run loop other than by going on. */
export type Stop =
  | { readonly kind: "waiting"; readonly waiting: Waiting }
  | { readonly kind: "outside"; readonly call: OutsideCall }
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "quit" };

/** The second tier, as the interpreter sees it. What it does must not differ from what the interpreter would do. */
export interface Tier {
  /** At a call: true when the word was run, or begun so that the interpreter goes on within it. */
  call(vm: Vm, xt: number): boolean;
  /** At a branch back to `vm.ip`: may run the rest of the word, wholly or in part. */
  back(vm: Vm): void;
  /** The EXECUTE or CATCH at `ip` is about to run that token. */
  executes(ip: number, xt: number): void;
  /** Code from this address on has changed or is gone. */
  forget(codeFrom: number): void;
  /** Constants may hold something else than before. */
  constantsChanged(): void;
  /** This word does something else from now on. */
  changes(xt: number): void;
}

/**
 * The whole state of one machine and the operations that words are made of. Nothing here recurses and
 * nothing lives on the JavaScript stack between two instructions, so a machine can stop anywhere and
 * go on in another process.
 */
export class Vm implements Meter {
  readonly memory: WebAssembly.Memory = takeMemory();
  readonly bytes = new Uint8Array(this.memory.buffer);
  readonly view = new DataView(this.memory.buffer);
  readonly cells = new BigInt64Array(this.memory.buffer, layout.DATA_CELLS, LIMITS.dataStack + 16);
  readonly tags = new Uint8Array(this.memory.buffer, layout.DATA_TAGS, LIMITS.dataStack + 16);
  readonly origins = new Int32Array(this.memory.buffer, layout.DATA_ORIGINS, LIMITS.dataStack + 16);
  readonly rcells = new BigInt64Array(this.memory.buffer, layout.RETURN_CELLS, LIMITS.returnStack + 16);
  /** The low and high halves of the same cells. */
  readonly rwords = new Int32Array(this.memory.buffer, layout.RETURN_CELLS, (LIMITS.returnStack + 16) * 2);
  readonly rtags = new Uint8Array(this.memory.buffer, layout.RETURN_TAGS, LIMITS.returnStack + 16);
  readonly slotCells = new BigInt64Array(this.memory.buffer, layout.SLOT_CELLS, LIMITS.slots);
  readonly slotTags = new Uint8Array(this.memory.buffer, layout.SLOT_TAGS, LIMITS.slots);
  readonly code = new Int32Array(this.memory.buffer, layout.CODE, LIMITS.codeWords);

  /** Entries on the data stack. */
  sp = 0;
  /** Cells on the return stack. */
  rp = 0;
  /** Where the locals of the current word begin on the return stack. */
  lp = 0;
  /** Index of the next instruction. */
  ip = HALT_AT;
  /** Calls in progress. */
  depth = 0;
  /** Index of the innermost CATCH frame on the return stack, plus one; 0 for none. */
  handler = 0;
  slotEnd = 0;
  codeEnd = FIRST_CODE;
  here: number = layout.DATA_SPACE;
  /** First address beyond what may be accessed: HERE and some slack, on a page boundary. */
  dataEnd: number = endOfData(layout.DATA_SPACE);
  readonly far = new FarSpace();
  /** Next byte of the ring for strings of S" while interpreting. */
  transient = 0;
  /** Start of pictured numeric output. */
  hold: number = layout.HOLD_END;

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

  ergLimit = Number.MAX_SAFE_INTEGER;
  ergLeft = Number.MAX_SAFE_INTEGER;
  /** Raised by another thread; looked at when ERG is charged. */
  readonly interruptFlag: Int32Array;

  readonly boxes = new Boxes((mark) => this.#markRoots(mark));
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
  /** Handles that must survive besides those on the stacks: what a failing line would put back. */
  readonly extraRoots: ((mark: (handle: number) => void) => void)[] = [];
  /** User words looked up by name since the last item was reported. */
  readonly touched = new Set<number>();
  /** What MARKER words put back. */
  readonly marks: SavedMark[] = [];

  readonly shown: MachineView;

  constructor(host: Host, view: MachineView, outside: readonly OutsideWordSpec[], interruptFlag: Int32Array) {
    this.host = host;
    this.shown = view;
    this.outside = new Map(outside.map((spec) => [spec.word.toLowerCase(), spec]));
    this.interruptFlag = interruptFlag;
    this.setBase(10);
    this.code[HALT_AT] = OP.halt;
    this.code[CATCH_END_AT] = OP.catchEnd;
    this.code[TRAVERSE_AT] = OP.traverse;
    this.compiler = new Compiler(this);
    this.text = new TextInterpreter(this);
    this.input = new Input(this);
  }

  // --- ERG -----------------------------------------------------------------------------------

  charge(erg: number): void {
    this.ergLeft -= erg;
    if (this.ergLeft < 0) this.outOfErg();
  }

  outOfErg(): never {
    this.ergLeft = 0;
    throw this.fault({ code: "LANG_OUT_OF_ERG", ergLimit: this.ergLimit });
  }

  get ergUsed(): number {
    return this.ergLimit - this.ergLeft;
  }

  /** Whether someone asked to stop. The fault is not catchable. */
  checkInterrupt(): void {
    if (Atomics.load(this.interruptFlag, 0) === 0) return;
    throw new Interrupted();
  }

  // --- faults --------------------------------------------------------------------------------

  fault(fault: LangFault): FaultError<LangFault> {
    return new FaultError<LangFault>(fault);
  }

  catchable(fault: { readonly code: string }): boolean {
    return !UNCATCHABLE.has(fault.code);
  }

  /** Name of the word being executed. */
  get word(): string {
    return nameOfXt(this.op, this.dictionary);
  }

  /** Refuses unless the data stack holds at least `count` entries. */
  need(count: number): void {
    if (this.sp < count) throw this.fault({ code: "LANG_UNDERFLOW", word: this.word, needs: count, depth: this.sp });
  }

  room(count: number): void {
    if (this.sp + count > LIMITS.dataStack) throw this.fault({ code: "LANG_OVERFLOW", stack: "data", limit: LIMITS.dataStack });
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

  // --- data stack ----------------------------------------------------------------------------

  /** Pushes a number as a cell; wraps. */
  push(value: bigint): void {
    this.cells[this.sp] = value;
    this.tags[this.sp++] = CELL_TAG;
  }

  pushNumber(value: number): void {
    this.push(BigInt(value));
  }

  pushFlag(flag: boolean): void {
    this.push(flag ? -1n : 0n);
  }

  /** Pushes a double-cell number, the less significant cell first. */
  pushDouble(value: bigint): void {
    this.push(value);
    this.push(value >> 64n);
  }

  pushValue(value: Value): void {
    if (value.kind === "cell") return this.push(value.value);
    const handle = this.boxes.add(value);
    this.cells[this.sp] = BigInt(handle);
    this.tags[this.sp++] = tagOf(value);
  }

  popCell(): bigint {
    const at = --this.sp;
    if (this.tags[at] === CELL_TAG) return this.cells[at] as bigint;
    return this.#convertAt(at, "cell").value;
  }

  popUnsigned(): bigint {
    return BigInt.asUintN(64, this.popCell());
  }

  /** A cell as a JavaScript number; beyond 2^53 it is only good for comparing with limits. */
  popNumber(): number {
    return Number(this.popCell());
  }

  /** Top two cells as a signed 128-bit number. */
  popDouble(): bigint {
    const high = this.popCell();
    return (high << 64n) | BigInt.asUintN(64, this.popCell());
  }

  popUnsignedDouble(): bigint {
    return BigInt.asUintN(128, this.popDouble());
  }

  popValue(): Value {
    this.sp -= 1;
    return this.valueAt(this.sp);
  }

  pop<K extends ValueKind>(kind: K): Converted[K] {
    this.sp -= 1;
    return this.#convertAt(this.sp, kind);
  }

  /** The value in an entry, counted from the bottom. */
  valueAt(index: number): Value {
    const tag = this.tags[index];
    const cell = this.cells[index] as bigint;
    return tag === CELL_TAG ? { kind: "cell", value: cell } : this.boxes.get(Number(cell));
  }

  /** Whether the entry `depth` below the top is boxed. */
  isBoxed(depth: number): boolean {
    return this.tags[this.sp - 1 - depth] !== CELL_TAG;
  }

  /** Copies an entry with tag and origin; indices from the bottom. */
  copyEntry(from: number, to: number): void {
    this.cells[to] = this.cells[from] as bigint;
    this.tags[to] = this.tags[from] as number;
    this.origins[to] = this.origins[from] as number;
  }

  #convertAt<K extends ValueKind>(at: number, kind: K): Converted[K] {
    return convert(this.valueAt(at), kind, this.word, this);
  }

  // --- return stack --------------------------------------------------------------------------

  rroom(count: number): void {
    if (this.rp + count > LIMITS.returnStack) throw this.fault({ code: "LANG_OVERFLOW", stack: "return", limit: LIMITS.returnStack });
  }

  /** Pushes a number of the machine's own, marked as such. */
  rpushFrame(value: number, tag: number): void {
    this.rwords[this.rp * 2] = value;
    this.rwords[this.rp * 2 + 1] = 0;
    this.rtags[this.rp++] = tag;
  }

  /** Moves the top of the data stack over. */
  toR(): void {
    this.rroom(1);
    this.sp -= 1;
    this.rcells[this.rp] = this.cells[this.sp] as bigint;
    this.rtags[this.rp++] = this.tags[this.sp] as number;
  }

  /** Copies the return stack entry `depth` below the top to the data stack, if it is a program's own. */
  copyFromR(depth: number): void {
    const at = this.rp - 1 - depth;
    const tag = at < 0 ? FRAME_TAG : (this.rtags[at] as number);
    if (tag >= FRAME_TAG || (at >= this.lp && this.lp > 0 && at < this.lp + (this.rwords[this.lp * 2 - 1] as number))) {
      throw this.fault({ code: "LANG_RETURN_UNDERFLOW", word: this.word });
    }
    this.cells[this.sp] = this.rcells[at] as bigint;
    this.tags[this.sp++] = tag;
  }

  fromR(): void {
    this.copyFromR(0);
    this.rp -= 1;
  }

  // --- slots ---------------------------------------------------------------------------------

  newSlots(count: number): number {
    if (this.slotEnd + count > LIMITS.slots) throw this.fault({ code: "LANG_TOO_LARGE", what: "values and constants", limit: LIMITS.slots });
    this.slotEnd += count;
    return this.slotEnd - count;
  }

  popToSlot(slot: number): void {
    this.sp -= 1;
    this.slotCells[slot] = this.cells[this.sp] as bigint;
    this.slotTags[slot] = this.tags[this.sp] as number;
  }

  pushFromSlot(slot: number): void {
    this.cells[this.sp] = this.slotCells[slot] as bigint;
    this.tags[this.sp++] = this.slotTags[slot] as number;
  }

  // --- memory --------------------------------------------------------------------------------

  /** Checks that `size` bytes at an address are a program's to use, and gives the address. */
  address(address: bigint, size: number): number {
    const at = Number(address);
    if (at >= layout.USER && at + size <= this.dataEnd) return at;
    return this.#farAddress(at, size, address);
  }

  #farAddress(at: number, size: number, address: bigint): number {
    if (at >= layout.FAR && at + size <= this.far.end) return at;
    throw this.fault({ code: "LANG_BAD_ADDRESS", word: this.word, address: BigInt.asUintN(64, address).toString(16) });
  }

  /** Pops a length and an address and gives the bytes, not copied. */
  popBytes(): Uint8Array {
    const length = this.popNumber();
    const address = this.popCell();
    if (length === 0) return this.bytes.subarray(0, 0);
    if (length < 0) throw this.fault({ code: "LANG_BAD_ADDRESS", word: this.word, address: BigInt.asUintN(64, address).toString(16) });
    const at = this.address(address, length);
    return this.bytes.subarray(at, at + length);
  }

  pushString(address: number, length: number): void {
    this.pushNumber(address);
    this.pushNumber(length);
  }

  /** Copies bytes to the ring of transient strings and gives their address. */
  transientString(bytes: Uint8Array): number {
    if (bytes.length > layout.TRANSIENT_SIZE) throw this.fault({ code: "LANG_TOO_LARGE", what: "string", limit: layout.TRANSIENT_SIZE });
    if (this.transient + bytes.length > layout.TRANSIENT_SIZE) this.transient = 0;
    const at = layout.TRANSIENT + this.transient;
    this.bytes.set(bytes, at);
    this.transient += bytes.length;
    return at;
  }

  /** Moves HERE. Faults: LANG_MEMORY_FULL. */
  allot(size: number): void {
    const here = this.here + size;
    if (!(here >= layout.DATA_SPACE && here <= layout.DATA_SPACE_END)) throw this.fault({ code: "LANG_MEMORY_FULL", limitBytes: LIMITS.dataSpace });
    this.setHere(here);
  }

  /** What lies beyond the accessible part is always zero. */
  setHere(here: number): void {
    this.here = here;
    const end = endOfData(here);
    if (end < this.dataEnd) this.bytes.fill(0, end, this.dataEnd);
    this.dataEnd = end;
  }

  alignHere(): void {
    this.allot(-this.here & 7);
  }

  readCell(address: number): bigint {
    return this.view.getBigInt64(address, true);
  }

  writeCell(address: number, value: bigint): void {
    this.view.setBigInt64(address, value, true);
  }

  get baseAddress(): number {
    return layout.BASE;
  }

  setBase(base: number): void {
    this.writeCell(layout.BASE, BigInt(base));
  }

  /** BASE, if it is one. Faults: LANG_RESULT_RANGE. */
  get base(): number {
    const base = Number(this.readCell(layout.BASE));
    if (base < 2 || base > 36) throw this.fault({ code: "LANG_RESULT_RANGE", word: "base" });
    return base;
  }

  get compiling(): boolean {
    return this.readCell(layout.STATE) !== 0n;
  }

  setCompiling(on: boolean): void {
    this.writeCell(layout.STATE, on ? -1n : 0n);
  }

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

  /** Puts a byte before the pictured number being made. Faults: THROW -17. */
  holdByte(byte: number): void {
    if (this.hold <= layout.HOLD_BUFFER) throw this.fault({ code: "LANG_THROW", number: -17, message: "pictured numeric output string overflow" });
    this.hold -= 1;
    this.bytes[this.hold] = byte;
  }

  // --- output --------------------------------------------------------------------------------

  write(bytes: Uint8Array): void {
    this.charge(WRITE_ERG + (bytes.length >>> 3));
    this.host.write(bytes);
  }

  // --- values held ---------------------------------------------------------------------------

  entry(xt: number): Entry {
    return this.dictionary.entry(xt);
  }

  #markRoots(mark: (handle: number) => void): void {
    for (let i = 0; i < this.sp; i += 1) if (this.tags[i] !== CELL_TAG) mark(Number(this.cells[i]));
    for (let i = 0; i < this.rp; i += 1) {
      const tag = this.rtags[i] as number;
      if (tag !== CELL_TAG && tag < FRAME_TAG) mark(Number(this.rcells[i]));
    }
    for (let i = 0; i < this.slotEnd; i += 1) if (this.slotTags[i] !== CELL_TAG) mark(Number(this.slotCells[i]));
    for (const roots of this.extraRoots) roots(mark);
  }
}

const FRAME_TAG = 16;
/** What may be accessed ends at a page boundary beyond HERE and some slack, whatever way HERE came there. */
function endOfData(here: number): number {
  return Math.min(layout.DATA_SPACE_END, (here + LIMITS.dataSlack + 0xffff) & ~0xffff);
}

/** Handing output over, whatever its length. */
const WRITE_ERG = 20;
/** The end of the year 9999. */
const LAST_SECOND = 253_402_300_799;

/** Stops a program from outside; no CATCH sees it. */
export class Interrupted extends FaultError<LangFault> {
  constructor() {
    super({ code: "LANG_ABORT", message: "interrupted" });
  }
}
