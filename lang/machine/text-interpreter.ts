import { fromUtf8 } from "../base/bytes.ts";
import { FLAG, WORDLIST, foldName, isOpenWordlist } from "../words.ts";
import type { Entry } from "../dictionary.ts";
import type { SourceSpot } from "../fault.ts";
import { LIMITS } from "../limits.ts";
import { readNumber } from "../numbers/read-number.ts";
import { OP } from "../primitives/structure.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { builtinXt, rowOf } from "../primitives/table.ts";
import type { Value } from "../value.ts";
import { text as textValue } from "../values/construct.ts";
import { takeCommand } from "./command-token.ts";
import { enter } from "./interpreter.ts";
import { LAST_BLOCK } from "./blocks.ts";
import { BLK, BLOCK_SIZE, FRAME } from "./layout.ts";
import { lossyText } from "./lossy-text.ts";
import { readQuoted } from "./quoted.ts";
import { BLOCK_ERG, LINE_ERG, SCAN_SHIFT, TOKEN_ERG } from "./reading-prices.ts";
import type { Mode, QueuedItem, Source } from "./sources.ts";
import { HALT_AT, MODE } from "./mode.ts";
import { makeSpot } from "./spots.ts";
import type { SavedMark, Vm } from "./vm.ts";

/**
 * Reads source token by token and executes or compiles. One call of `step` handles one token and
 * returns; what a token starts runs in the run loop, so nesting of sources costs no JavaScript stack.
 */
export class TextInterpreter {
  readonly #vm: Vm;

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  /** Handles the next token, or the end of the line or source. */
  step(): void {
    const vm = this.#vm;
    const source = vm.sources.top as Source;
    if (source.kind === "block") vm.blocks.refresh(source);
    if (source.pending !== undefined) this.#finish(source);
    const queued = source.queue.shift();
    if (queued !== undefined) return this.#carryOut(queued);
    const token = this.parseName();
    if (token.length === 0) return this.#endOfLine(source);
    vm.charge(TOKEN_ERG);
    source.column = token.start;
    source.tokenLength = token.length;
    const first = source.first;
    source.first = false;
    this.#interpret(source, this.#decode(source.address + token.start, token.length), first);
  }

  /** Moves the innermost source to its next line or block; false at its end, or if it has neither. */
  refill(): boolean {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source === undefined || source.kind === "memory") return false;
    vm.charge(LINE_ERG);
    if (source.kind === "block") return this.#enterBlock(source, source.block + 1);
    if (!vm.sources.advance(source, vm.bytes)) return false;
    vm.in = 0;
    return true;
  }

  /** Goes on with a string in memory; when it is used up, control returns to `vm.ip`. */
  evaluate(address: number, length: number): void {
    this.#nest();
    this.#vm.sources.push({ kind: "memory", id: -1, name: "evaluate", mode: "forth", address, length });
    this.#vm.in = 0;
    this.#noteBlock();
  }

  /** Goes on with blocks, one after another. Faults: THROW -35. */
  loadBlocks(first: number, last: number): void {
    const vm = this.#vm;
    const address = vm.blocks.read(first);
    this.#nest();
    const source = vm.sources.push({ kind: "block", id: 0, name: `block ${String(first)}`, mode: "forth", address, length: BLOCK_SIZE });
    source.lastBlock = last;
    source.nextBlock = first + 1;
    this.#enterBlock(source, first);
  }

  /** Makes a block the line being read; false if there is none of that number. */
  #enterBlock(source: Source, block: number): boolean {
    const vm = this.#vm;
    if (block > LAST_BLOCK) return false;
    vm.charge(BLOCK_ERG);
    source.block = block;
    source.address = vm.blocks.read(block);
    source.lineNumber = block;
    source.lineIndex = -1;
    vm.in = 0;
    this.#noteBlock();
    return true;
  }

  /** BLK tells which block is being read; 0 for none (7.6.1.0790). */
  #noteBlock(): void {
    this.#vm.writeCell(BLK, BigInt(this.#vm.sources.top?.block ?? 0));
  }

  /** Goes on with a whole text, line by line. A first line that begins `#!grid` makes it shell source. */
  include(content: Uint8Array, name: string): void {
    const vm = this.#vm;
    if (content.length > LIMITS.sourceBytes) throw vm.fault({ code: "LANG_TOO_LARGE", what: "source (bytes)", limit: LIMITS.sourceBytes });
    fromUtf8(content);
    this.#nest();
    const mode: Mode = content[0] === 35 && fromUtf8(content.subarray(0, 6)) === "#!grid" ? "shell" : "forth";
    const source = vm.sources.push({ kind: "lines", id: vm.sources.serial + 1, name, mode, text: content });
    if (content[0] === 35 && content[1] === 33) vm.sources.advance(source, vm.bytes);
    source.length = 0;
    vm.in = 0;
    this.#noteBlock();
  }

  // --- parsing -------------------------------------------------------------------------------

  /** The next token delimited by white space, as offset and length in the line; moves >IN past it. */
  parseName(): { readonly start: number; readonly length: number } {
    const vm = this.#vm;
    const { address, length } = vm.sources.top as Source;
    const { bytes } = vm;
    let at = vm.in;
    const from = at;
    while (at < length && (bytes[address + at] as number) <= 32) at += 1;
    const start = at;
    while (at < length && (bytes[address + at] as number) > 32) at += 1;
    vm.charge((at - from) >> SCAN_SHIFT);
    vm.in = at < length ? at + 1 : at;
    return { start, length: at - start };
  }

  /** What lies before the next delimiter, as offset and length in the line; moves >IN past the delimiter. */
  parse(delimiter: number): { readonly start: number; readonly length: number } {
    const vm = this.#vm;
    const { address, length } = vm.sources.top as Source;
    const start = vm.in;
    let at = start;
    const matches = (byte: number): boolean => byte === delimiter || (delimiter === 32 && byte < 32);
    while (at < length && !matches(vm.bytes[address + at] as number)) at += 1;
    vm.charge((at - start) >> SCAN_SHIFT);
    vm.in = at < length ? at + 1 : at;
    return { start, length: at - start };
  }

  /** Whether the delimiter that `parse` stopped at was there. */
  get lastByte(): number {
    const vm = this.#vm;
    return vm.bytes[(vm.sources.top as Source).address + vm.in - 1] as number;
  }

  /** A parsed stretch of the line as bytes, not copied. */
  slice({ start, length }: { readonly start: number; readonly length: number }): Uint8Array {
    const { address } = this.#vm.sources.top as Source;
    return this.#vm.bytes.subarray(address + start, address + start + length);
  }

  /** The next token as a name. Faults: LANG_MISSING_NAME. */
  parseWord(): string {
    const vm = this.#vm;
    const token = this.parseName();
    if (token.length === 0) throw vm.fault({ code: "LANG_MISSING_NAME", word: vm.word });
    return this.#decode((vm.sources.top as Source).address + token.start, token.length);
  }

  /** Parses a name and finds it. Faults: LANG_UNKNOWN_WORD. */
  parseXt(): number {
    const name = this.parseWord();
    const xt = this.find(name);
    if (xt === 0) throw this.unknown(name);
    return xt;
  }

  find(name: string): number {
    const xt = this.#vm.dictionary.find(name);
    if (xt >= FIRST_USER_XT) this.#vm.touched.push(xt);
    return xt;
  }

  /** A synonym's original; every other token itself. */
  resolve(xt: number): number {
    let resolved = xt;
    while (resolved >= FIRST_USER_XT && this.#vm.entry(resolved).kind === "synonym") resolved = this.#vm.entry(resolved).data;
    return resolved;
  }

  /** Like names are added when the fault is reported (unknown-word.ts). */
  unknown(name: string): Error {
    return this.#vm.fault({ code: "LANG_UNKNOWN_WORD", word: name.slice(0, 80), nearest: [] });
  }

  isImmediate(xt: number): boolean {
    if (xt >= FIRST_USER_XT) {
      const entry = this.#vm.entry(xt);
      return (entry.flags & FLAG.immediate) !== 0;
    }
    const row = rowOf(xt);
    return row?.kind === "primitive" && row.spec.immediate === true;
  }

  isCompileOnly(xt: number): boolean {
    if (xt >= FIRST_USER_XT) return (this.#vm.entry(xt).flags & FLAG.compileOnly) !== 0;
    const row = rowOf(xt);
    return row?.kind === "primitive" && row.spec.compileOnly === true;
  }

  // --- places --------------------------------------------------------------------------------

  /** The token being interpreted, as an index into the machine's table of lines and a column in bytes. */
  place(): { readonly line: number; readonly column: number; readonly length: number } {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source === undefined) return { line: -1, column: 0, length: 0 };
    if (source.lineIndex < 0) source.lineIndex = vm.lines.add(source.name, source.lineNumber, this.lineText(source));
    return { line: source.lineIndex, column: source.column, length: source.tokenLength };
  }

  /** Notes that code at `address` comes from the token being interpreted. */
  note(address: number): void {
    const { line, column, length } = this.place();
    if (line >= 0) this.#vm.lines.note(address, line, column, length);
  }

  lineText(source: Source): string {
    return lossyText(this.#vm.bytes.subarray(source.address, source.address + source.length));
  }

  /** Where the token being interpreted stands. */
  spot(): SourceSpot | undefined {
    const source = this.#vm.sources.top;
    if (source === undefined) return undefined;
    return makeSpot(source.name, source.lineNumber, this.lineText(source), source.column, source.tokenLength);
  }

  // --- returning -----------------------------------------------------------------------------

  /** Goes back to the source and position that a CATCH noted. */
  unwindTo(depth: number, position: number, lineStart: number, lineNumber: number): void {
    const vm = this.#vm;
    vm.sources.stack.length = depth;
    this.returnTo(position, lineStart, lineNumber);
  }

  /** Goes back to a position that the innermost source was at. */
  returnTo(position: number, lineStart: number, lineNumber: number): void {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source === undefined) return;
    if (source.kind === "lines" && source.lineStart !== lineStart) vm.sources.seek(source, lineStart, lineNumber, vm.bytes);
    if (source.kind === "block") this.#enterBlock(source, lineNumber);
    vm.in = position;
    this.#noteBlock();
  }

  /** Remembers where the dictionary is, for a marker; gives the index of what it remembers. */
  saveMark(): number {
    const { dictionary } = this.#vm;
    const mark: SavedMark = { length: dictionary.entries.length, here: this.#vm.here, searchOrder: [...dictionary.searchOrder], current: dictionary.current };
    this.#vm.marks.push(mark);
    return this.#vm.marks.length - 1;
  }

  /** Forgets the words from this many on, and compiled code that may know one of them. */
  dropWords(length: number): void {
    const vm = this.#vm;
    const codes = vm.dictionary.entries.slice(length).map(({ code }) => code).filter((code) => code !== 0);
    vm.dictionary.truncate(length);
    vm.tier?.forget(codes.reduce((least, code) => Math.min(least, code), vm.codeEnd));
  }

  /** Carries out a marker: its word and all later ones are forgotten, HERE goes back. Code stays, unreachable by name. */
  forget(entry: Entry): void {
    const vm = this.#vm;
    const mark = vm.marks[entry.data] as SavedMark;
    this.dropWords(mark.length);
    vm.dictionary.searchOrder = [...mark.searchOrder];
    vm.dictionary.current = mark.current;
    vm.setHere(mark.here);
  }

  // --- tokens --------------------------------------------------------------------------------

  #interpret(source: Source, name: string, first: boolean): void {
    const vm = this.#vm;
    const folded = foldName(name);
    if (vm.compiling) {
      const local = vm.compiler.localIndex(folded);
      if (local >= 0) return vm.compiler.emit(OP.local, local);
    }
    if (source.mode === "shell" && this.#shell(source, folded, first)) return;
    const xt = this.find(name);
    if (xt !== 0) return this.#token(source, xt);
    if (this.#literal(source, name)) return;
    throw this.unknown(name);
  }

  /** A user's command, or what `command-token.ts` knows; false if the token is neither. */
  #shell(source: Source, folded: string, first: boolean): boolean {
    const vm = this.#vm;
    if (!first && builtinXt(folded) !== 0) return false;
    const own = vm.dictionary.findIn(folded, WORDLIST.grid);
    if (own === 0) return takeCommand(vm, source, folded, first);
    this.#token(source, own);
    return true;
  }

  /** Executes or compiles a token. */
  #token(source: Source, xt: number): void {
    const vm = this.#vm;
    vm.op = xt;
    const compiling = vm.compiling;
    if (compiling && !this.isImmediate(xt)) return vm.compiler.compileXt(xt);
    if (!compiling && this.isCompileOnly(xt)) throw vm.fault({ code: "LANG_COMPILE_ONLY", word: vm.word });
    source.pending = { xt, from: vm.in, defined: vm.dictionary.entries.length, column: source.column };
    vm.ip = HALT_AT;
    vm.mode = MODE.code;
    if (vm.track) vm.origin = ~this.#originOf(xt);
    enter(vm, xt);
  }

  /** The rest of a shell word's stack form. */
  #carryOut(item: QueuedItem): void {
    const vm = this.#vm;
    const source = vm.sources.top as Source;
    if ("text" in item) return this.#value(textValue(item.text));
    if ("word" in item) return this.#token(source, builtinXt(foldName(item.word)));
    const number = readNumber(item.number, 10);
    if (number?.kind !== "single") throw this.unknown(item.number);
    this.#value(number.value);
  }

  /** Quoted text or a number; false if the token is neither. */
  #literal(source: Source, name: string): boolean {
    const vm = this.#vm;
    const quoted = readQuoted(vm, source, name);
    if (quoted !== undefined) {
      this.#value(textValue(quoted));
      return true;
    }
    const number = readNumber(name, vm.base, source.mode === "forth" ? "cell" : "integer");
    if (number === undefined) return false;
    if (number.kind === "single") this.#value(number.value);
    else {
      this.#value(number.low);
      this.#value(number.high);
    }
    return true;
  }

  #value(value: Value): void {
    const vm = this.#vm;
    if (vm.compiling) return vm.compiler.compileLiteral(value);
    vm.room(1);
    vm.pushValue(value);
    if (vm.track) vm.origins[vm.sp - 1] = ~this.#originOf(0);
    if (vm.sources.stack.length === 1) vm.listener?.onItem({ kind: "literal", value });
  }

  #originOf(xt: number): number {
    const { line, column } = this.place();
    return this.#vm.tokenOrigin(xt, line, column);
  }

  // --- ends ----------------------------------------------------------------------------------

  #endOfLine(source: Source): void {
    const vm = this.#vm;
    if (vm.sources.stack.length === 1) {
      vm.mode = MODE.stopped;
      return;
    }
    if (source.kind === "block") {
      if (source.nextBlock <= source.lastBlock) return void this.#enterBlock(source, source.nextBlock++);
    } else if (this.refill()) return;
    vm.sources.stack.pop();
    const outer = vm.sources.top as Source;
    vm.in = outer.in;
    this.#noteBlock();
    const top = vm.rp - 1;
    if (top < 0 || vm.rtags[top] !== FRAME.source) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: source.name });
    vm.rp = top;
    vm.ip = vm.rwords[top * 2] as number;
    vm.mode = MODE.code;
  }

  /** Suspends the current source; code goes on at `vm.ip` when the nested one is used up. */
  #nest(): void {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source !== undefined) source.in = vm.in;
    vm.rroom(1);
    vm.rpushFrame(vm.ip, FRAME.source);
    vm.mode = MODE.text;
  }

  /** Tells the listener about the token that was carried out. */
  #finish(source: Source): void {
    const vm = this.#vm;
    const { xt, from, defined } = source.pending as NonNullable<Source["pending"]>;
    source.pending = undefined;
    this.#forgetInner();
    if (vm.sources.stack.length > 1 || vm.compiler.definition !== undefined) return;
    const { listener } = vm;
    const refers = vm.touched.filter((each) => each !== xt);
    vm.touched = [];
    if (listener === undefined) return;
    const entries = vm.dictionary.entries.slice(defined).filter(({ wordlist }) => isOpenWordlist(wordlist));
    const text = vm.in > from ? lossyText(vm.bytes.subarray(source.address + from, source.address + vm.in)).trim() : "";
    const made = entries.map((entry) => entry.xt);
    const parsed = { ...(text !== "" && { text }), ...(made.length > 0 && { defines: made }), ...(refers.length > 0 && { refers }) };
    const closed = vm.closedDefinition;
    vm.closedDefinition = 0;
    if (closed !== 0) listener.onItem({ kind: "define", xt: closed, ...(refers.length > 0 && { refers }) });
    else if (made.length === 1) listener.onItem({ kind: "define", xt: made[0] as number, by: xt, ...parsed });
    else listener.onItem({ kind: "word", xt, ...parsed });
  }

  /** A definition that began and ended inside of one token of the line (`include`, `evaluate`) is that token's doing. */
  #forgetInner(): void {
    const vm = this.#vm;
    const started = vm.sources.stack[0]?.pending?.defined;
    if (started !== undefined && vm.closedDefinition >= FIRST_USER_XT + started) vm.closedDefinition = 0;
  }

  #decode(address: number, length: number): string {
    return fromUtf8(this.#vm.bytes.subarray(address, address + length));
  }
}
