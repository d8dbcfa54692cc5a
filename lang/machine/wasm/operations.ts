import { I32, I64, OP, type PlainOp } from "./encoder.ts";
import { Refused, type FunctionWriter, type Item, type Result, type ReturnItem } from "./function-writer.ts";
import { MEMORY_OPERATIONS } from "./memory-operations.ts";
import type { ModuleContext } from "./module-context.ts";
import { codeOf } from "./word-codes.ts";

/**
 * What compiled code does for a word of the table, given cells. The answer must be that of the word's row;
 * where only cells of some values are easy, a guard leaves the others to the interpreter.
 */
export interface Operation {
  readonly takes: number;
  readonly gives: number;
  write(writer: FunctionWriter, ip: number, module: ModuleContext): void;
}

/** Moves entries: `order` names, bottom first, what is there afterwards; 0 is the lowest entry taken. */
function shuffle(takes: number, ...order: number[]): Operation {
  return {
    takes, gives: order.length,
    write: (writer) => {
      const taken = Array.from({ length: takes }, (_, i) => writer.peek(takes - 1 - i));
      writer.replace(takes, order.map((index) => taken[index] as Item));
    },
  };
}

type Fold = (a: bigint, b: bigint) => bigint;
const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);
const item = (value: bigint): Item => ({ kind: "const", value: wrap(value) });

/** Two cells to one by one instruction. */
function binary(op: PlainOp, fold: Fold): Operation {
  return {
    takes: 2, gives: 1,
    write: (writer) => {
      const [a, b] = [writer.peek(1), writer.peek(0)];
      if (a.kind === "const" && b.kind === "const") return writer.replace(2, [item(fold(a.value, b.value))]);
      writer.cell(a);
      writer.cell(b);
      writer.body.op(op);
      writer.replace(2, ["cell"]);
    },
  };
}

/** One cell and a number to one cell by one instruction. */
function withNumber(op: PlainOp, number: bigint, fold: (a: bigint) => bigint): Operation {
  return {
    takes: 1, gives: 1,
    write: (writer) => {
      const a = writer.peek();
      if (a.kind === "const") return writer.replace(1, [item(fold(a.value))]);
      writer.cell(a);
      writer.body.i64(number).op(op);
      writer.replace(1, ["cell"]);
    },
  };
}

function compare(op: PlainOp): Operation {
  return {
    takes: 2, gives: 1,
    write: (writer) => {
      writer.cell(writer.peek(1));
      writer.cell(writer.peek(0));
      writer.body.op(op);
      writer.replace(2, ["flag"]);
    },
  };
}

function compareZero(op: PlainOp): Operation {
  return {
    takes: 1, gives: 1,
    write: (writer) => {
      writer.cell(writer.peek());
      writer.body.i64(0n).op(op);
      writer.replace(1, ["flag"]);
    },
  };
}

/** `0=` of a flag is the other flag. */
const isZero: Operation = {
  takes: 1, gives: 1,
  write: (writer) => {
    const a = writer.peek();
    if (a.kind === "flag") writer.body.get(a.local).op(OP.i32Eqz);
    else {
      writer.cell(a);
      writer.body.op(OP.i64Eqz);
    }
    writer.replace(1, ["flag"]);
  },
};

const isNotZero: Operation = {
  takes: 1, gives: 1,
  write: (writer) => {
    const a = writer.peek();
    if (a.kind === "flag") return;
    writer.truth(a);
    writer.replace(1, ["flag"]);
  },
};

/** Logic of two flags stays a flag. */
function logic(op: PlainOp, flagOp: PlainOp, fold: Fold): Operation {
  const cells = binary(op, fold);
  return {
    takes: 2, gives: 1,
    write: (writer, ip, module) => {
      const [a, b] = [writer.peek(1), writer.peek(0)];
      if (a.kind !== "flag" || b.kind !== "flag") return cells.write(writer, ip, module);
      writer.body.get(a.local).get(b.local).op(flagOp);
      writer.replace(2, ["flag"]);
    },
  };
}

const invert: Operation = {
  takes: 1, gives: 1,
  write: (writer) => {
    const a = writer.peek();
    if (a.kind === "flag") {
      writer.body.get(a.local).op(OP.i32Eqz);
      return writer.replace(1, ["flag"]);
    }
    writer.cell(a);
    writer.body.i64(-1n).op(OP.i64Xor);
    writer.replace(1, ["cell"]);
  },
};

const negate: Operation = {
  takes: 1, gives: 1,
  write: (writer) => {
    writer.body.i64(0n);
    writer.cell(writer.peek());
    writer.body.op(OP.i64Sub);
    writer.replace(1, ["cell"]);
  },
};

const abs: Operation = {
  takes: 1, gives: 1,
  write: (writer) => {
    const a = writer.peek();
    writer.body.i64(0n);
    writer.cell(a);
    writer.body.op(OP.i64Sub);
    writer.cell(a);
    writer.cell(a);
    writer.body.i64(0n).op(OP.i64LtS).op(OP.select);
    writer.replace(1, ["cell"]);
  },
};

/** The first of two entries if the comparison holds, else the second. */
function choose(op: PlainOp): Operation {
  return {
    takes: 2, gives: 1,
    write: (writer) => {
      const [a, b] = [writer.peek(1), writer.peek(0)];
      for (const each of [a, b, a, b]) writer.cell(each);
      writer.body.op(op).op(OP.select);
      writer.replace(2, ["cell"]);
    },
  };
}

/** Shifting by 64 and more gives 0 here, while WebAssembly counts modulo 64. */
function shift(op: PlainOp, fold: Fold): Operation {
  return {
    takes: 2, gives: 1,
    write: (writer) => {
      const [a, by] = [writer.peek(1), writer.peek(0)];
      if (by.kind === "const" && (by.value < 0n || by.value > 63n)) return writer.replace(2, [item(0n)]);
      if (by.kind === "const" && a.kind === "const") return writer.replace(2, [item(fold(a.value, by.value))]);
      writer.cell(a);
      writer.cell(by);
      writer.body.op(op);
      if (by.kind !== "const") {
        writer.body.i64(0n);
        writer.cell(by);
        writer.body.i64(64n).op(OP.i64LtU).op(OP.select);
      }
      writer.replace(2, ["cell"]);
    },
  };
}

/**
 * Floored division. By zero is a fault and by -1 could overflow: both are left to the interpreter. By a
 * power of two it is a shift and a mask.
 */
function divide(want: "quotient" | "remainder" | "both"): Operation {
  return {
    takes: 2, gives: want === "both" ? 2 : 1,
    write: (writer, ip) => {
      const [a, b] = [writer.peek(1), writer.peek(0)];
      const results: Result[] = want === "both" ? ["cell", "cell"] : ["cell"];
      if (b.kind === "const" && b.value > 0n && (b.value & (b.value - 1n)) === 0n) {
        if (want !== "quotient") {
          writer.cell(a);
          writer.body.i64(b.value - 1n).op(OP.i64And);
        }
        if (want !== "remainder") {
          writer.cell(a);
          writer.body.i64(BigInt(b.value.toString(2).length - 1)).op(OP.i64ShrS);
        }
        return writer.replace(2, results);
      }
      if (b.kind !== "const" || b.value === 0n || b.value === -1n) {
        writer.guard(ip, () => {
          writer.cell(b);
          writer.body.i64(1n).op(OP.i64Add).i64(2n).op(OP.i64LtU);
        });
      }
      floored(writer, a, b, want);
      writer.replace(2, results);
    },
  };
}

/** Corrects the truncated quotient and remainder where the remainder's sign is not the divisor's. */
function floored(writer: FunctionWriter, a: Item, b: Item, want: "quotient" | "remainder" | "both"): void {
  const { body } = writer;
  const quotient = writer.scratch(I64, 0);
  const remainder = writer.scratch(I64, 1);
  const below = writer.scratch(I32, 0);
  writer.cell(a);
  writer.cell(b);
  body.op(OP.i64DivS).set(quotient);
  writer.cell(a);
  body.get(quotient);
  writer.cell(b);
  body.op(OP.i64Mul).op(OP.i64Sub).set(remainder);
  if (b.kind === "const" && b.value > 0n) body.get(remainder).i64(0n).op(OP.i64LtS).set(below);
  else {
    body.get(remainder);
    writer.cell(b);
    body.op(OP.i64Xor).i64(0n).op(OP.i64LtS).get(remainder).i64(0n).op(OP.i64Ne).op(OP.i32And).set(below);
  }
  if (want !== "quotient") {
    body.get(remainder);
    writer.cell(b);
    body.i64(0n).get(below).op(OP.select).op(OP.i64Add);
  }
  if (want !== "remainder") body.get(quotient).get(below).op(OP.i64ExtendI32U).op(OP.i64Sub);
}

const within: Operation = {
  takes: 3, gives: 1,
  write: (writer) => {
    const [x, low, high] = [writer.peek(2), writer.peek(1), writer.peek(0)];
    for (const each of [x, high]) {
      writer.cell(each);
      writer.cell(low);
      writer.body.op(OP.i64Sub);
    }
    writer.body.op(OP.i64LtU);
    writer.replace(3, ["flag"]);
  },
};

const singleToDouble: Operation = {
  takes: 1, gives: 2,
  write: (writer) => {
    const a = writer.peek();
    writer.cell(a);
    writer.body.i64(63n).op(OP.i64ShrS);
    writer.replace(1, [a, "cell"]);
  },
};

/** Moves or copies between the stacks: `move` gets the entries taken and gives what is pushed. */
function returns(takes: number, gives: number, move: (writer: FunctionWriter, taken: readonly Item[]) => readonly Item[]): Operation {
  return {
    takes, gives,
    write: (writer) => {
      const taken = Array.from({ length: takes }, (_, i) => writer.peek(takes - 1 - i));
      writer.replace(takes, move(writer, taken));
    },
  };
}

function returnCell(writer: FunctionWriter, depth: number): Item {
  const entry = writer.state.returns[writer.state.returns.length - 1 - depth];
  if (entry?.kind !== "cell") throw new Refused("return stack");
  return entry.item;
}

/** Index of the loop `outer` levels out. */
function index(outer: number): Operation {
  return returns(0, 1, (writer) => {
    const entry = writer.state.returns[writer.state.returns.length - 1 - outer * 2];
    if (entry?.kind !== "loop") throw new Refused("loop index");
    return [entry.item];
  });
}

const cellOnReturns = (entry: Item): ReturnItem => ({ kind: "cell", item: entry });

const RETURN_OPERATIONS: Record<string, Operation> = {
  ">r": returns(1, 0, (writer, taken) => (writer.pushReturn(...taken.map(cellOnReturns)), [])),
  "2>r": returns(2, 0, (writer, taken) => (writer.pushReturn(...taken.map(cellOnReturns)), [])),
  "r>": returns(0, 1, (writer) => [writer.popReturn("cell")]),
  "2r>": returns(0, 2, (writer) => [writer.popReturn("cell"), writer.popReturn("cell")].reverse()),
  "r@": returns(0, 1, (writer) => [returnCell(writer, 0)]),
  "2r@": returns(0, 2, (writer) => [returnCell(writer, 1), returnCell(writer, 0)]),
  rdrop: returns(0, 0, (writer) => (writer.popReturn("cell"), [])),
  unloop: returns(0, 0, (writer) => (writer.popReturn("loop"), writer.popReturn("loop"), [])),
  i: index(0),
  j: index(1),
  k: index(2),
};

const STACK_OPERATIONS: Record<string, Operation> = {
  dup: shuffle(1, 0, 0),
  drop: shuffle(1),
  swap: shuffle(2, 1, 0),
  over: shuffle(2, 0, 1, 0),
  rot: shuffle(3, 1, 2, 0),
  "-rot": shuffle(3, 2, 0, 1),
  nip: shuffle(2, 1),
  tuck: shuffle(2, 1, 0, 1),
  "2dup": shuffle(2, 0, 1, 0, 1),
  "2drop": shuffle(2),
  "2swap": shuffle(4, 2, 3, 0, 1),
  "2over": shuffle(4, 0, 1, 2, 3, 0, 1),
  "2rot": shuffle(6, 2, 3, 4, 5, 0, 1),
  chars: shuffle(1, 0),
};

const CELL_OPERATIONS: Record<string, Operation> = {
  "+": binary(OP.i64Add, (a, b) => a + b),
  "-": binary(OP.i64Sub, (a, b) => a - b),
  "*": binary(OP.i64Mul, (a, b) => a * b),
  "/": divide("quotient"),
  mod: divide("remainder"),
  "/mod": divide("both"),
  "1+": withNumber(OP.i64Add, 1n, (a) => a + 1n),
  "1-": withNumber(OP.i64Sub, 1n, (a) => a - 1n),
  "cell+": withNumber(OP.i64Add, 8n, (a) => a + 8n),
  "char+": withNumber(OP.i64Add, 1n, (a) => a + 1n),
  cells: withNumber(OP.i64Shl, 3n, (a) => a << 3n),
  "2*": withNumber(OP.i64Shl, 1n, (a) => a << 1n),
  "2/": withNumber(OP.i64ShrS, 1n, (a) => a >> 1n),
  negate,
  abs,
  min: choose(OP.i64LtS),
  max: choose(OP.i64GtS),
  and: logic(OP.i64And, OP.i32And, (a, b) => a & b),
  or: logic(OP.i64Or, OP.i32Or, (a, b) => a | b),
  xor: logic(OP.i64Xor, OP.i32Xor, (a, b) => a ^ b),
  invert,
  lshift: shift(OP.i64Shl, (a, by) => a << by),
  rshift: shift(OP.i64ShrU, (a, by) => BigInt.asUintN(64, a) >> by),
  "=": compare(OP.i64Eq),
  "<>": compare(OP.i64Ne),
  "<": compare(OP.i64LtS),
  ">": compare(OP.i64GtS),
  "<=": compare(OP.i64LeS),
  ">=": compare(OP.i64GeS),
  "u<": compare(OP.i64LtU),
  "u>": compare(OP.i64GtU),
  "0=": isZero,
  "0<>": isNotZero,
  "0<": compareZero(OP.i64LtS),
  "0>": compareZero(OP.i64GtS),
  within,
  true: returns(0, 1, () => [item(-1n)]),
  false: returns(0, 1, () => [item(0n)]),
  "s>d": singleToDouble,
  "d>s": shuffle(2, 0),
};

/** By word, so that a test can hold them against the table. */
export const OPERATIONS: Readonly<Record<string, Operation>> = { ...STACK_OPERATIONS, ...CELL_OPERATIONS, ...RETURN_OPERATIONS, ...MEMORY_OPERATIONS };

const byCode = new Map(Object.entries(OPERATIONS).map(([word, operation]) => [codeOf(word), operation]));

/** Undefined for a word that only the interpreter runs. */
export function operationOf(code: number): Operation | undefined {
  return byCode.get(code);
}

export function isCompiled(code: number): boolean {
  return byCode.has(code);
}
