import { divide } from "./division.ts";
import { OP, type PlainOp } from "./encoder.ts";
import type { Range } from "./items.ts";
import { known, type Operation } from "./operation.ts";
import { differenceOf, maskOf, productOf, rangeOf, sumOf } from "./ranges.ts";

function exactly(value: bigint): Range {
  return { least: value, most: value };
}

type Fold = (a: bigint, b: bigint) => bigint;

type Combine = (a: Range | undefined, b: Range | undefined) => Range | undefined;

/** Two cells to one by one instruction. */
function binary(op: PlainOp, fold: Fold, range?: Combine): Operation {
  return {
    takes: 2, gives: 1,
    write: (writer) => {
      const [a, b] = [writer.peek(1), writer.peek(0)];
      if (a.kind === "const" && b.kind === "const") return writer.replace(2, [known(fold(a.value, b.value))]);
      writer.cell(a);
      writer.cell(b);
      writer.body.op(op);
      writer.replace(2, ["cell"]);
      writer.narrow(range?.(rangeOf(a), rangeOf(b)));
    },
  };
}

/** One cell and a number to one cell by one instruction. */
function withNumber(op: PlainOp, number: bigint, fold: (a: bigint) => bigint, range?: (a: Range | undefined) => Range | undefined): Operation {
  return {
    takes: 1, gives: 1,
    write: (writer) => {
      const a = writer.peek();
      if (a.kind === "const") return writer.replace(1, [known(fold(a.value))]);
      writer.cell(a);
      writer.body.i64(number).op(op);
      writer.replace(1, ["cell"]);
      writer.narrow(range?.(rangeOf(a)));
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
function logic(op: PlainOp, flagOp: PlainOp, fold: Fold, range?: Combine): Operation {
  const cells = binary(op, fold, range);
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
      if (by.kind === "const" && (by.value < 0n || by.value > 63n)) return writer.replace(2, [known(0n)]);
      if (by.kind === "const" && a.kind === "const") return writer.replace(2, [known(fold(a.value, by.value))]);
      writer.cell(a);
      writer.cell(by);
      writer.body.op(op);
      if (by.kind !== "const") {
        writer.body.i64(0n);
        writer.cell(by);
        writer.body.i64(64n).op(OP.i64LtU).op(OP.select);
      }
      writer.replace(2, ["cell"]);
      if (op === OP.i64Shl && by.kind === "const") writer.narrow(productOf(rangeOf(a), exactly(1n << by.value)));
    },
  };
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

/** Nothing to throw, as most often; all else is the interpreter's. `flag` lies below so many entries that go with it. */
function raiseIf(flag: number): Operation {
  return {
    takes: flag + 1, gives: 0,
    write: (writer, ip) => {
      writer.guard(ip, () => writer.truth(writer.peek(flag)));
      writer.replace(flag + 1, []);
    },
  };
}

function constant(value: bigint): Operation {
  return { takes: 0, gives: 1, write: (writer) => writer.replace(0, [known(value)]) };
}

export const CELL_OPERATIONS: Record<string, Operation> = {
  "+": binary(OP.i64Add, (a, b) => a + b, sumOf),
  "-": binary(OP.i64Sub, (a, b) => a - b, differenceOf),
  "*": binary(OP.i64Mul, (a, b) => a * b, productOf),
  "/": divide("quotient"),
  mod: divide("remainder"),
  "/mod": divide("both"),
  "1+": withNumber(OP.i64Add, 1n, (a) => a + 1n, (a) => sumOf(a, exactly(1n))),
  "1-": withNumber(OP.i64Sub, 1n, (a) => a - 1n, (a) => differenceOf(a, exactly(1n))),
  "cell+": withNumber(OP.i64Add, 8n, (a) => a + 8n, (a) => sumOf(a, exactly(8n))),
  "char+": withNumber(OP.i64Add, 1n, (a) => a + 1n, (a) => sumOf(a, exactly(1n))),
  cells: withNumber(OP.i64Shl, 3n, (a) => a << 3n, (a) => productOf(a, exactly(8n))),
  "2*": withNumber(OP.i64Shl, 1n, (a) => a << 1n, (a) => productOf(a, exactly(2n))),
  "2/": withNumber(OP.i64ShrS, 1n, (a) => a >> 1n),
  negate,
  abs,
  min: choose(OP.i64LtS),
  max: choose(OP.i64GtS),
  and: logic(OP.i64And, OP.i32And, (a, b) => a & b, maskOf),
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
  true: constant(-1n),
  false: constant(0n),
  bl: constant(32n),
  "s>d": singleToDouble,
  throw: raiseIf(0),
  '(abort")': raiseIf(2),
};
