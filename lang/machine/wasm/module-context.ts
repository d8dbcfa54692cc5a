import { FAR, MEMORY_PAGES, USER } from "../layout.ts";
import { I32, I64, OP } from "./encoder.ts";
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
  readonly #outside: number;

  constructor() {
    this.module.importMemory("machine", "memory", MEMORY_PAGES);
    this.span = this.module.global(I64, true, 0n);
    this.farRoom = this.module.global(I64, true, 0n);
    this.record = this.module.global(I32, true, 0n);
    this.#outside = this.#writeOutside();
  }

  /** Function ( address length -- flag ): whether these bytes are not a program's to use, or none, or absurdly many. */
  outside(): number {
    return this.#outside;
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
