import { FAR, MEMORY_PAGES, USER } from "../layout.ts";
import { LIMITS } from "../../limits.ts";
import { ACCESS, I32, I64, OP, V128, type CodeBuilder } from "./encoder.ts";
import { ModuleBuilder } from "./module-builder.ts";

/** What all functions of one module share. */
export class ModuleContext {
  readonly module = new ModuleBuilder();
  /** Greatest distance from USER at which 8 bytes may be used: set at entry from the machine's registers. */
  readonly span: number;
  /** Bytes of far space in use. */
  readonly farRoom: number;
  /** Where the next record of leaving goes. */
  readonly record: number;
  /** Addresses that compiled code uses unchecked end here at most; below this, the tier does not enter. */
  needEnd = 0;
  #outside: number | undefined;
  #highProduct: number | undefined;
  #copy: number | undefined;

  /** How far data space reaches now. */
  readonly dataEnd: number;

  constructor(dataEnd: number) {
    this.dataEnd = dataEnd;
    this.module.importMemory("machine", "memory", MEMORY_PAGES);
    this.span = this.module.global(I64, true, 0n);
    this.farRoom = this.module.global(I64, true, 0n);
    this.record = this.module.global(I32, true, 0n);
  }

  /** Function ( address length -- flag ): whether these bytes are not a program's to use, or none, or absurdly many. */
  outside(): number {
    return (this.#outside ??= this.#writeOutside());
  }

  /** Function ( a b -- high ): the upper 64 bits of the unsigned product. */
  highProduct(): number {
    return (this.#highProduct ??= this.#writeHighProduct());
  }

  /** From products of halves. Source: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm M. */
  #writeHighProduct(): number {
    const { index, code } = this.module.function([I64, I64], [I64]);
    const [carry, middle] = [code.local(I64), code.local(I64)];
    const low = (local: number): void => void code.get(local).i64(0xffff_ffffn).op(OP.i64And);
    const high = (local: number): void => void code.get(local).i64(32n).op(OP.i64ShrU);
    low(0), low(1);
    code.op(OP.i64Mul).i64(32n).op(OP.i64ShrU).set(carry);
    high(0), low(1);
    code.op(OP.i64Mul).get(carry).op(OP.i64Add).set(middle);
    low(0), high(1);
    code.op(OP.i64Mul);
    low(middle);
    code.op(OP.i64Add).set(carry);
    high(0), high(1);
    code.op(OP.i64Mul);
    high(middle);
    code.op(OP.i64Add);
    high(carry);
    code.op(OP.i64Add);
    return index;
  }

  /**
   * Function ( from to length erg -- flag ): copies bytes, overlapping or not, if both stretches are a program's to use, not
   * empty and not absurdly long, and there is ERG for them. Otherwise nothing happens and the flag is 1.
   */
  copy(): number {
    return (this.#copy ??= this.#writeCopy());
  }

  /**
   * memory.copy leaves compiled code for a library function, which takes longer than moving a few bytes.
   * Short stretches are read whole before any of it is written, from both ends towards the middle.
   */
  #writeCopy(): number {
    const { index, code } = this.module.function([I64, I64, I64, I32], [I32]);
    const [from, to, length] = [0, 1, 2];
    const room = code.local(I64);
    // Both in data space, as most are: offsets from USER are at most the room less the length.
    code.globalGet(this.span).i64(8n).op(OP.i64Add).get(length).op(OP.i64Sub).set(room);
    for (const at of [from, to]) code.get(at).i64(BigInt(USER)).op(OP.i64Sub).get(room).op(OP.i64GtU);
    code.op(OP.i32Or).get(length).i64(1n).op(OP.i64Sub).i64(BigInt(LIMITS.dataSpace)).op(OP.i64GeU).op(OP.i32Or);
    const other = code.unlikely().if();
    for (const at of [from, to]) code.get(at).get(length).call(this.outside());
    code.op(OP.i32Or);
    const outside = code.if();
    code.i32(1).op(OP.return).end(outside).end(other);
    code.get(3).get(length).op(OP.i32WrapI64).i32(4).op(OP.i32ShrU).op(OP.i32LtU);
    const short = code.unlikely().if();
    code.i32(1).op(OP.return).end(short);
    this.#writeStretch(code, { from, to, length });
    code.i32(0);
    return index;
  }

  /** The copying itself, all of it known to be allowed. */
  #writeStretch(code: CodeBuilder, wide: { readonly from: number; readonly to: number; readonly length: number }): void {
    const [from, to, length, end, target] = Array.from({ length: 5 }, () => code.local(I32)) as [number, number, number, number, number];
    const vectors = Array.from({ length: 8 }, () => code.local(V128));
    const cells = [code.local(I64), code.local(I64)];
    for (const [narrow, source] of [[from, wide.from], [to, wide.to], [length, wide.length]] as const) code.get(source).op(OP.i32WrapI64).set(narrow);
    code.get(from).get(length).op(OP.i32Add).set(end).get(to).get(length).op(OP.i32Add).set(target);
    for (const half of [1, 2, 4]) {
      code.get(length).i32(16 * half).op(OP.i32GeU).get(length).i32(32 * half).op(OP.i32LeU).op(OP.i32And);
      const fits = code.if();
      for (let i = 0; i < half; i += 1) code.get(from).vector("load", i * 16).set(vectors[i] as number);
      for (let i = 0; i < half; i += 1) code.get(end).i32(16 * half).op(OP.i32Sub).vector("load", i * 16).set(vectors[half + i] as number);
      for (let i = 0; i < half; i += 1) code.get(to).get(vectors[i] as number).vector("store", i * 16);
      for (let i = 0; i < half; i += 1) code.get(target).i32(16 * half).op(OP.i32Sub).get(vectors[half + i] as number).vector("store", i * 16);
      code.i32(0).op(OP.return).end(fits);
    }
    code.get(length).i32(8).op(OP.i32GeU).get(length).i32(16).op(OP.i32LeU).op(OP.i32And);
    const short = code.if();
    code.get(from).access(ACCESS.i64Load).set(cells[0] as number).get(end).i32(8).op(OP.i32Sub).access(ACCESS.i64Load).set(cells[1] as number);
    code.get(to).get(cells[0] as number).access(ACCESS.i64Store).get(target).i32(8).op(OP.i32Sub).get(cells[1] as number).access(ACCESS.i64Store);
    code.i32(0).op(OP.return).end(short);
    code.get(to).get(from).get(length).memoryCopy();
  }

  #writeOutside(): number {
    const { index, code } = this.module.function([I64, I64], [I32]);
    const offset = code.local(I64);
    const room = code.local(I64);
    const beyond = (): void => {
      code.get(offset).get(room).op(OP.i64GtU).get(1).get(room).get(offset).op(OP.i64Sub).op(OP.i64GtU).op(OP.i32Or);
    };
    code.get(0).i64(BigInt(USER)).op(OP.i64Sub).set(offset).globalGet(this.span).i64(8n).op(OP.i64Add).set(room);
    beyond();
    code.get(0).i64(BigInt(FAR)).op(OP.i64Sub).set(offset).globalGet(this.farRoom).set(room);
    beyond();
    code.op(OP.i32And).get(1).i64(1n).op(OP.i64Sub).i64(1n << 30n).op(OP.i64GeU).op(OP.i32Or);
    return index;
  }
}
