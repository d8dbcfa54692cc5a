/**
 * Writes WebAssembly modules: types, one imported memory, imported functions, own functions, tables,
 * globals, exports and code with structured control. It knows the binary format and nothing of
 * GridScript. What it writes is checked by the engine when the module is compiled.
 * Source: WebAssembly Core Specification 2.0, chapter 5, "Binary Format".
 */
import { assert } from "../../base/assert.ts";
import { BytesOut } from "./bytes-out.ts";

export const I32 = 0x7f;
export const I64 = 0x7e;
const F64 = 0x7c;
export const V128 = 0x7b;
export type ValueType = typeof I32 | typeof I64 | typeof F64 | typeof V128;

/** Opcodes of instructions without an operand. */
export const OP = {
  unreachable: 0x00, return: 0x0f, drop: 0x1a, select: 0x1b,
  i32Eqz: 0x45, i32Eq: 0x46, i32Ne: 0x47, i32LtS: 0x48, i32LtU: 0x49, i32GtS: 0x4a, i32GtU: 0x4b, i32LeU: 0x4d, i32GeU: 0x4f,
  i64Eqz: 0x50, i64Eq: 0x51, i64Ne: 0x52, i64LtS: 0x53, i64LtU: 0x54, i64GtS: 0x55, i64GtU: 0x56, i64LeS: 0x57, i64LeU: 0x58, i64GeS: 0x59, i64GeU: 0x5a,
  i32Add: 0x6a, i32Sub: 0x6b, i32Mul: 0x6c, i32DivU: 0x6e, i32And: 0x71, i32Or: 0x72, i32Xor: 0x73, i32Shl: 0x74, i32ShrU: 0x76,
  i64Clz: 0x79, i64Ctz: 0x7a, i64Popcnt: 0x7b, i64Add: 0x7c, i64Sub: 0x7d, i64Mul: 0x7e, i64DivS: 0x7f, i64DivU: 0x80, i64RemS: 0x81, i64RemU: 0x82,
  i64And: 0x83, i64Or: 0x84, i64Xor: 0x85, i64Shl: 0x86, i64ShrS: 0x87, i64ShrU: 0x88, i64Rotl: 0x89,
  i32WrapI64: 0xa7, i64ExtendI32S: 0xac, i64ExtendI32U: 0xad, i64TruncF64S: 0xb0, f64ConvertI64S: 0xb9,
} as const;
export type PlainOp = (typeof OP)[keyof typeof OP];

/** Opcodes of loads and stores; the operand is a constant offset. */
export const ACCESS = {
  i32Load: 0x28, i64Load: 0x29, f64Load: 0x2b, i32Load8U: 0x2d, i64Load8U: 0x31, i64Load16U: 0x33, i64Load32U: 0x35,
  i32Store: 0x36, i64Store: 0x37, f64Store: 0x39, i32Store8: 0x3a, i64Store8: 0x3c, i64Store16: 0x3d, i64Store32: 0x3e,
} as const;
export type AccessOp = (typeof ACCESS)[keyof typeof ACCESS];

/** An open block, loop or if: what a branch names. */
export interface Label {
  /** Structures open when it was opened, itself included. */
  readonly level: number;
}

/** The body of one function. Parameters are the first locals. */
export class CodeBuilder {
  readonly #out = new BytesOut();
  readonly #types: (params: readonly ValueType[], results: readonly ValueType[]) => number;
  readonly #locals: ValueType[] = [];
  readonly #paramCount: number;
  /** Offsets of branches that are seldom taken. */
  readonly #unlikely: number[] = [];
  #level = 1;

  constructor(types: (params: readonly ValueType[], results: readonly ValueType[]) => number, paramCount: number) {
    this.#types = types;
    this.#paramCount = paramCount;
  }

  /** Index of a new local. */
  local(type: ValueType): number {
    this.#locals.push(type);
    return this.#paramCount + this.#locals.length - 1;
  }

  /** A piece of code of the same function, written apart and put in place by `splice`. Locals belong to the whole. */
  part(): CodeBuilder {
    return new CodeBuilder(this.#types, this.#paramCount);
  }

  /** Puts a part here. Labels of the part count from where it is put. */
  splice(part: CodeBuilder): this {
    assert(part.#level === 1 && part.#locals.length === 0, "a part is closed and has no locals of its own");
    for (const offset of part.#unlikely) this.#unlikely.push(this.#out.length + offset);
    this.#out.bytes(part.#out.finish());
    return this;
  }

  /** Says that the `if` or `br_if` written next is seldom taken: what it leads to is laid out of the way. */
  unlikely(): this {
    this.#unlikely.push(this.#out.length);
    return this;
  }

  get localCount(): number {
    return this.#paramCount + this.#locals.length;
  }

  /** Bytes of code so far. */
  get size(): number {
    return this.#out.length;
  }

  op(code: PlainOp): this {
    this.#out.byte(code);
    return this;
  }

  i32(value: number): this {
    this.#out.byte(0x41);
    this.#out.signed(value);
    return this;
  }

  i64(value: bigint): this {
    this.#out.byte(0x42);
    this.#out.signed64(value);
    return this;
  }

  get(local: number): this {
    return this.#indexed(0x20, local);
  }

  set(local: number): this {
    return this.#indexed(0x21, local);
  }

  tee(local: number): this {
    return this.#indexed(0x22, local);
  }

  globalGet(global: number): this {
    return this.#indexed(0x23, global);
  }

  globalSet(global: number): this {
    return this.#indexed(0x24, global);
  }

  call(func: number): this {
    return this.#indexed(0x10, func);
  }

  callIndirect(type: number, table: number): this {
    this.#indexed(0x11, type);
    this.#out.unsigned(table);
    return this;
  }

  /** A load or store at the address on the stack plus `offset`. Alignment is only a hint, so none is promised. */
  access(code: AccessOp, offset = 0): this {
    this.#out.byte(code);
    this.#out.unsigned(0);
    this.#out.unsigned(offset);
    return this;
  }

  /** Loads or stores 16 bytes. */
  vector(code: "load" | "store", offset = 0): this {
    this.#out.byte(0xfd);
    this.#out.unsigned(code === "load" ? 0x00 : 0x0b);
    this.#out.unsigned(0);
    this.#out.unsigned(offset);
    return this;
  }

  memoryCopy(): this {
    for (const byte of [0xfc, 0x0a, 0, 0]) this.#out.byte(byte);
    return this;
  }

  memoryFill(): this {
    for (const byte of [0xfc, 0x0b, 0]) this.#out.byte(byte);
    return this;
  }

  block(results: readonly ValueType[] = []): Label {
    return this.#open(0x02, results);
  }

  loop(): Label {
    return this.#open(0x03, []);
  }

  if(results: readonly ValueType[] = []): Label {
    return this.#open(0x04, results);
  }

  else(): this {
    this.#out.byte(0x05);
    return this;
  }

  end(label: Label): this {
    assert(label.level === this.#level, "structures close in the order they were opened");
    this.#level -= 1;
    this.#out.byte(0x0b);
    return this;
  }

  br(label: Label): this {
    return this.#indexed(0x0c, this.#level - label.level);
  }

  brIf(label: Label): this {
    return this.#indexed(0x0d, this.#level - label.level);
  }

  brTable(labels: readonly Label[], otherwise: Label): this {
    this.#out.byte(0x0e);
    this.#out.unsigned(labels.length);
    for (const label of labels) this.#out.unsigned(this.#level - label.level);
    this.#out.unsigned(this.#level - otherwise.level);
    return this;
  }

  /** Locals and code as the code section holds them, and where in them branches are that are seldom taken. */
  finish(): { readonly bytes: Uint8Array; readonly unlikely: readonly number[] } {
    assert(this.#level === 1, "every structure is closed");
    const body = new BytesOut();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count += 1;
      else runs.push({ type, count: 1 });
    }
    body.unsigned(runs.length);
    for (const run of runs) {
      body.unsigned(run.count);
      body.byte(run.type);
    }
    const start = body.length;
    body.bytes(this.#out.finish());
    body.byte(0x0b);
    return { bytes: body.finish(), unlikely: this.#unlikely.map((offset) => start + offset) };
  }

  #indexed(code: number, index: number): this {
    this.#out.byte(code);
    this.#out.unsigned(index);
    return this;
  }

  #open(code: number, results: readonly ValueType[]): Label {
    this.#out.byte(code);
    const single = results[0];
    if (single === undefined) this.#out.byte(0x40);
    else if (results.length === 1) this.#out.byte(single);
    else this.#out.signed(this.#types([], results));
    this.#level += 1;
    return { level: this.#level };
  }
}
