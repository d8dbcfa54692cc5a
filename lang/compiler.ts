import { FLAG } from "./words.ts";
import type { Entry } from "./dictionary.ts";
import { LIMITS } from "./limits.ts";
import { FIXED_KINDS, type ControlItem } from "./control-stack.ts";
import type { Vm } from "./machine/vm.ts";
import { OP, STRUCTURE } from "./primitives/structure.ts";
import { FIRST_USER_XT } from "./primitives/first-user-xt.ts";
import { rowOf } from "./primitives/table.ts";
import type { Value } from "./value.ts";

/** The definition being compiled. */
export interface Definition {
  readonly xt: number;
  /** First word of its code. */
  readonly start: number;
  /** Names of its locals by index, folded; hidden once DOES> begins a part of its own. */
  locals: string[];
  /** Operand of LOCALS that holds how many there are; 0 before locals are declared. */
  localsAt: number;
}

const ERG = new Map(STRUCTURE.map((spec) => [spec.code, spec]));

/**
 * Lays down code. Blocks of ERG are made here: the first instruction of a block is preceded by a charge
 * that grows with each instruction until the block ends, at a branch, a branch's target, a call or a
 * word that may run other code.
 */
export class Compiler {
  definition: Definition | undefined;
  control: ControlItem[] = [];
  /** Operand of the open block's charge; 0 when no block is open. */
  #block = 0;
  readonly #vm: Vm;

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  get block(): number {
    return this.#block;
  }

  set block(at: number) {
    this.#block = at;
  }

  /** Lays down an instruction of the structure family. */
  emit(op: number, ...operands: number[]): void {
    const spec = ERG.get(op);
    this.#instruction(op, spec?.erg ?? 0, operands);
    if (spec?.ends === true) this.closeBlock();
  }

  /** Ends the block of ERG: what follows is charged on its own. */
  closeBlock(): void {
    this.#block = 0;
  }

  /** What COMPILE, does: the token's meaning, to happen when the definition runs. */
  compileXt(xt: number): void {
    if (xt >= FIRST_USER_XT) return this.#compileUser(this.#vm.entry(xt));
    const row = rowOf(xt);
    if (row === undefined || row.kind === "structure") throw this.#vm.fault({ code: "LANG_BAD_ADDRESS", word: "compile,", address: String(xt) });
    this.#instruction(xt, row.spec.erg, []);
    if (row.kind === "host" || row.spec.ends === true) this.closeBlock();
  }

  compileLiteral(value: Value): void {
    if (value.kind !== "cell") {
      this.#vm.literals.push(value);
      return this.emit(OP.box, this.#vm.literals.length - 1);
    }
    const low = Number(BigInt.asIntN(32, value.value));
    if (BigInt(low) === value.value) this.emit(OP.lit, low);
    else this.emit(OP.lit64, low, Number(value.value >> 32n));
  }

  /** A string in far space whose address and length are pushed. */
  compileString(bytes: Uint8Array): void {
    this.emit(OP.string, ...this.#farString(bytes, 0));
  }

  /** A counted string in far space; at most 255 bytes. */
  compileCounted(bytes: Uint8Array): void {
    if (bytes.length > 255) throw this.#vm.fault({ code: "LANG_TOO_LARGE", what: "counted string", limit: 255 });
    this.emit(OP.counted, ...this.#farString(bytes, 1));
  }

  // --- definitions ---------------------------------------------------------------------------

  /** Begins code of a colon word; the name is hidden until `;`. */
  begin(name: string): Entry {
    if (this.definition !== undefined) throw this.#vm.fault({ code: "LANG_UNBALANCED", word: ":", opened: ":" });
    const vm = this.#vm;
    const place = vm.text.place();
    this.closeBlock();
    const entry = vm.dictionary.define({ name, kind: "colon", data: 0, flags: FLAG.hidden, code: vm.codeEnd, line: place.line, column: place.column });
    this.definition = { xt: entry.xt, start: vm.codeEnd, locals: [], localsAt: 0 };
    vm.setCompiling(true);
    return entry;
  }

  /** Ends it: all structures must be closed. */
  end(word: string): Entry {
    const { xt } = this.requireDefinition(word);
    this.checkClosed(word);
    this.exit();
    this.closeBlock();
    this.definition = undefined;
    this.#vm.closedDefinition = xt;
    this.#vm.setCompiling(false);
    const entry = this.#vm.entry(xt);
    this.#vm.dictionary.change(entry, { flags: entry.flags & ~FLAG.hidden, end: this.#vm.codeEnd });
    return entry;
  }

  requireDefinition(word: string): Definition {
    if (this.definition === undefined) throw this.#vm.fault({ code: "LANG_COMPILE_ONLY", word });
    return this.definition;
  }

  exit(): void {
    this.emit(this.definition?.localsAt ? OP.exitLocals : OP.exit);
  }

  /** The rest is what the latest word made by CREATE will do. */
  does(): void {
    const definition = this.requireDefinition("does>");
    this.checkClosed("does>");
    this.emit(OP.does);
    this.exit();
    definition.locals = [];
    definition.localsAt = 0;
  }

  /** Takes locals: the first `initialised` get their values from the stack, the last from the top. */
  declareLocals(names: readonly string[], initialised: number): void {
    const definition = this.requireDefinition("{:");
    if (definition.localsAt !== 0) throw this.#vm.fault({ code: "LANG_UNSUPPORTED", word: "{:", instead: "one {: … :} for all locals of a definition" });
    this.checkClosed("{:");
    if (names.length > LIMITS.locals) throw this.#vm.fault({ code: "LANG_TOO_LARGE", what: "locals", limit: LIMITS.locals });
    this.emit(OP.locals, names.length, initialised);
    definition.localsAt = this.#vm.codeEnd - 2;
    definition.locals = [...names];
  }

  /** Index of a local by folded name, or -1. */
  localIndex(folded: string): number {
    return this.definition === undefined ? -1 : this.definition.locals.lastIndexOf(folded);
  }

  // --- control structures --------------------------------------------------------------------

  pushControl(item: ControlItem): void {
    if (this.control.length >= LIMITS.controlStack) throw this.#vm.fault({ code: "LANG_OVERFLOW", stack: "control", limit: LIMITS.controlStack });
    this.control.push(item);
  }

  popControl(kind: ControlItem["kind"], word: string): ControlItem {
    const item = this.control.pop();
    if (item === undefined || item.kind !== kind) {
      throw this.#vm.fault({ code: "LANG_UNBALANCED", word, ...(item !== undefined && { opened: item.word }) });
    }
    return item;
  }

  checkClosed(word: string): void {
    const open = this.control.at(-1);
    if (open !== undefined) throw this.#vm.fault({ code: "LANG_UNBALANCED", word, opened: open.word });
  }

  /** A branch forward, to be resolved by `resolve`. */
  forward(op: number, word: string): void {
    this.requireDefinition(word);
    this.emit(op, 0);
    this.pushControl({ kind: "orig", at: this.#vm.codeEnd - 1, leaves: [], word });
  }

  resolve(word: string): void {
    this.patch(this.popControl("orig", word).at);
  }

  /** Lets a branch end here. */
  patch(operand: number): void {
    this.closeBlock();
    this.#vm.code[operand] = this.#vm.codeEnd;
  }

  markHere(kind: "dest" | "do", word: string, leaves: number[] = []): void {
    this.requireDefinition(word);
    this.closeBlock();
    this.pushControl({ kind, at: this.#vm.codeEnd, leaves, word });
  }

  back(op: number, word: string): void {
    this.emit(op, this.popControl("dest", word).at);
  }

  /** Begins a counted loop. */
  startLoop(op: number, word: string): void {
    this.requireDefinition(word);
    if (op === OP.queryDo) this.emit(op, 0);
    else this.emit(op);
    this.markHere("do", word, op === OP.queryDo ? [this.#vm.codeEnd - 1] : []);
  }

  endLoop(op: number, word: string): void {
    const { at, leaves } = this.popControl("do", word);
    this.emit(op, at);
    for (const operand of leaves) this.patch(operand);
    this.closeBlock();
  }

  /** A branch out of the innermost counted loop. */
  leave(): void {
    this.requireDefinition("leave");
    const loop = this.control.findLast((item) => item.kind === "do");
    if (loop === undefined) throw this.#vm.fault({ code: "LANG_UNBALANCED", word: "leave" });
    this.emit(OP.leave, 0);
    loop.leaves.push(this.#vm.codeEnd - 1);
  }

  /** Brings the item `depth` below the top up; structures that are not branches stay where they are. */
  rollControl(depth: number, copy: boolean): void {
    const index = this.control.length - 1 - depth;
    const item = this.control[index];
    const word = copy ? "cs-pick" : "cs-roll";
    if (item === undefined) throw this.#vm.fault({ code: "LANG_UNBALANCED", word });
    const fixed = this.control.slice(index).find((each) => FIXED_KINDS.has(each.kind));
    if (fixed !== undefined || (copy && item.kind !== "dest")) throw this.#vm.fault({ code: "LANG_UNBALANCED", word, opened: (fixed ?? item).word });
    if (!copy) this.control.splice(index, 1);
    this.pushControl(item);
  }

  #compileUser(entry: Entry): void {
    if (entry.kind === "synonym") return this.compileXt(entry.data);
    this.emit(entry.kind === "colon" ? OP.call : OP.word, entry.xt);
  }

  #instruction(op: number, erg: number, operands: readonly number[]): void {
    const vm = this.#vm;
    this.requireDefinition(vm.word);
    const start = this.definition?.start ?? 0;
    if (vm.codeEnd + 8 > LIMITS.codeWords || vm.codeEnd + 8 - start > LIMITS.definitionWords) {
      throw vm.fault({ code: "LANG_TOO_LARGE", what: "compiled code (words)", limit: vm.codeEnd - start + 8 > LIMITS.definitionWords ? LIMITS.definitionWords : LIMITS.codeWords });
    }
    if (this.#block === 0) {
      vm.code[vm.codeEnd] = OP.charge;
      vm.code[vm.codeEnd + 1] = 0;
      this.#block = vm.codeEnd + 1;
      vm.codeEnd += 2;
    }
    vm.code[this.#block] = (vm.code[this.#block] as number) + erg;
    vm.text.note(vm.codeEnd);
    vm.code[vm.codeEnd++] = op;
    for (const operand of operands) vm.code[vm.codeEnd++] = operand;
  }

  /** Literal index and address of a string kept in far space, with `counted` bytes of count before it. */
  #farString(bytes: Uint8Array, counted: 0 | 1): [number, number] {
    const vm = this.#vm;
    vm.charge(vm.far.searchErg);
    const address = vm.far.reserve(bytes.length + counted);
    if (address === undefined) throw vm.fault({ code: "LANG_MEMORY_FULL", limitBytes: LIMITS.farSpace });
    if (counted === 1) vm.bytes[address] = bytes.length;
    vm.bytes.set(bytes, address + counted);
    vm.literals.push({ kind: "bytes", value: bytes.slice() });
    return [vm.literals.length - 1, address];
  }
}

