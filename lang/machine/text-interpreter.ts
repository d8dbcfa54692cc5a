import { fromUtf8 } from "../base/bytes.ts";
import { FLAG, WORDLIST, foldName, isOpenWordlist } from "../words.ts";
import type { SourceSpot } from "../fault.ts";
import { LIMITS } from "../limits.ts";
import { readNumber } from "../numbers/read-number.ts";
import { OP } from "../primitives/structure.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { builtinXt, rowOf } from "../primitives/table.ts";
import type { Value } from "../value.ts";
import { text as textValue } from "../values/construct.ts";
import { VALUE_LIMITS } from "../values/limits.ts";
import { chargeDigits } from "../values/prices.ts";
import { takeCommand } from "./command-token.ts";
import { enter } from "./interpreter.ts";
import { KEPT_BYTES } from "./lines.ts";
import { lossyText } from "./lossy-text.ts";
import { readQuoted } from "./quoted.ts";
import { SCAN_SHIFT, SHORT_NUMBER, TOKEN_ERG } from "./reading-prices.ts";
import type { QueuedItem, Source } from "./sources.ts";
import { HALT_AT, MODE } from "./mode.ts";
import { makeSpot } from "./spots.ts";
import { noteToken } from "./token-origins.ts";
import type { Vm } from "./vm.ts";

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
    if (token.length === 0) return vm.input.endOfLine(source);
    vm.charge(TOKEN_ERG);
    source.column = token.start;
    source.tokenLength = token.length;
    const first = source.first;
    source.first = false;
    this.#interpret(source, this.#decode(source.address + token.start, token.length), first);
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
    if (xt >= FIRST_USER_XT) this.#vm.touched.add(xt);
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
    if (source.lineIndex < 0) source.lineIndex = vm.lines.add(source.name, source.lineNumber, this.#keptText(source));
    return { line: source.lineIndex, column: source.column, length: source.tokenLength };
  }

  /** Notes that code at `address` comes from the token being interpreted. */
  note(address: number): void {
    const { line, column, length } = this.place();
    if (line >= 0) this.#vm.lines.note(address, line, column, length);
  }

  /** As much of the line as is kept for messages: a string given to EVALUATE may have millions of bytes. */
  #keptText({ address, length }: Source): string {
    const { bytes } = this.#vm;
    let kept = Math.min(length, KEPT_BYTES);
    while (kept < length && kept > 0 && ((bytes[address + kept] as number) & 0xc0) === 0x80) kept -= 1;
    return lossyText(bytes.subarray(address, address + kept));
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

  // --- tokens --------------------------------------------------------------------------------

  #interpret(source: Source, name: string, first: boolean): void {
    if (name.length <= LIMITS.nameLength && this.#named(source, name, first)) return;
    if (this.#literal(source, name)) return;
    throw this.unknown(name);
  }

  /** A local, a command, or a word; false if the name is none of these. */
  #named(source: Source, name: string, first: boolean): boolean {
    const vm = this.#vm;
    const folded = foldName(name);
    const local = vm.compiling ? vm.compiler.localIndex(folded) : -1;
    if (local >= 0) vm.compiler.emit(OP.local, local);
    else if (source.mode !== "shell" || !this.#shell(source, folded, first)) {
      const xt = this.find(name);
      if (xt === 0) return false;
      this.#token(source, xt);
    }
    return true;
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
    if (name.length > SHORT_NUMBER && name.length <= VALUE_LIMITS.integerBits) chargeDigits(vm, name.length);
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
    return noteToken(this.#vm, { xt, line, column });
  }

  // --- reports -------------------------------------------------------------------------------

  /** Tells the listener about the token that was carried out. */
  #finish(source: Source): void {
    const vm = this.#vm;
    const { xt, from, defined } = source.pending as NonNullable<Source["pending"]>;
    source.pending = undefined;
    this.#forgetInner();
    if (vm.sources.stack.length > 1 || vm.compiler.definition !== undefined) return;
    const { listener } = vm;
    const refers = [...vm.touched].filter((each) => each !== xt);
    vm.touched.clear();
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
