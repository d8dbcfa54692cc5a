import { floored } from "./division.ts";
import { I64, OP, type PlainOp } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import type { Item } from "./items.ts";
import type { ModuleContext } from "./module-context.ts";
import type { Operation } from "./operation.ts";

// Double-cell numbers: the more significant cell is on top. Division is compiled for dividends that fit in one cell, which
// most do; a guard leaves the others, and divisors 0 and -1, to the interpreter.

type Write = (writer: FunctionWriter, taken: readonly Item[], ip: number, module: ModuleContext) => void;

/** An operation whose results `write` leaves on the WebAssembly stack, the lowest first. */
function operation(takes: number, results: readonly ("cell" | "flag")[], write: Write): Operation {
  return {
    takes, gives: results.length,
    write: (writer, ip, module) => {
      write(writer, Array.from({ length: takes }, (_, i) => writer.peek(takes - 1 - i)), ip, module);
      writer.replace(takes, results);
    },
  };
}

/** Writes items and instructions in the order given. */
function put(writer: FunctionWriter, ...parts: readonly (Item | PlainOp | bigint)[]): void {
  for (const part of parts) {
    if (typeof part === "bigint") writer.body.i64(part);
    else if (typeof part === "number") writer.body.op(part);
    else writer.cell(part);
  }
}

type Four = readonly [Item, Item, Item, Item];
type Three = readonly [Item, Item, Item];
type Two = readonly [Item, Item];

const PAIR = ["cell", "cell"] as const;

function local(index: number): Item {
  return { kind: "cell", local: index };
}

function add(writer: FunctionWriter, low: Item, high: Item, otherLow: Item, otherHigh: () => void): void {
  const sum = writer.scratch(I64, 5);
  put(writer, low, otherLow, OP.i64Add);
  writer.body.set(sum);
  put(writer, local(sum), high);
  otherHigh();
  put(writer, OP.i64Add, local(sum), low, OP.i64LtU, OP.i64ExtendI32U, OP.i64Add);
}

const sum = operation(4, PAIR, (writer, taken) => {
  const [low, high, otherLow, otherHigh] = taken as unknown as Four;
  add(writer, low, high, otherLow, () => writer.cell(otherHigh));
});

const addSingle = operation(3, PAIR, (writer, taken) => {
  const [low, high, n] = taken as unknown as Three;
  add(writer, low, high, n, () => put(writer, n, 63n, OP.i64ShrS));
});

const difference = operation(4, PAIR, (writer, taken) => {
  const [low, high, otherLow, otherHigh] = taken as unknown as Four;
  put(writer, low, otherLow, OP.i64Sub);
  put(writer, high, otherHigh, OP.i64Sub, low, otherLow, OP.i64LtU, OP.i64ExtendI32U, OP.i64Sub);
});

const negated = operation(2, PAIR, (writer, taken) => {
  const [low, high] = taken as unknown as Two;
  put(writer, 0n, low, OP.i64Sub);
  put(writer, 0n, high, OP.i64Sub, low, 0n, OP.i64Ne, OP.i64ExtendI32U, OP.i64Sub);
});

/** With m = -1 for a negative number, else 0: (x xor m) - m, over both cells. */
const absolute = operation(2, PAIR, (writer, taken) => {
  const [low, high] = taken as unknown as Two;
  const mask = writer.scratch(I64, 5);
  put(writer, high, 63n, OP.i64ShrS);
  writer.body.set(mask);
  put(writer, low, local(mask), OP.i64Xor, local(mask), OP.i64Sub);
  put(writer, high, local(mask), OP.i64Xor, local(mask), low, OP.i64Eqz, OP.i64ExtendI32U, OP.i64And, OP.i64Add);
});

const isEqual = operation(4, ["flag"], (writer, taken) => {
  const [low, high, otherLow, otherHigh] = taken as unknown as Four;
  put(writer, low, otherLow, OP.i64Xor, high, otherHigh, OP.i64Xor, OP.i64Or, OP.i64Eqz);
});

function isLess(op: PlainOp): Operation {
  return operation(4, ["flag"], (writer, taken) => {
    const [low, high, otherLow, otherHigh] = taken as unknown as Four;
    put(writer, low, otherLow, OP.i64LtU, high, otherHigh, op, high, otherHigh, OP.i64Eq, OP.select);
  });
}

const isZero = operation(2, ["flag"], (writer, taken) => put(writer, taken[0] as Item, taken[1] as Item, OP.i64Or, OP.i64Eqz));
const isNegative = operation(2, ["flag"], (writer, taken) => put(writer, taken[1] as Item, 0n, OP.i64LtS));

const doubled = operation(2, PAIR, (writer, taken) => {
  const [low, high] = taken as unknown as Two;
  put(writer, low, 1n, OP.i64Shl);
  put(writer, high, 1n, OP.i64Shl, low, 63n, OP.i64ShrU, OP.i64Or);
});

const halved = operation(2, PAIR, (writer, taken) => {
  const [low, high] = taken as unknown as Two;
  put(writer, low, 1n, OP.i64ShrU, high, 63n, OP.i64Shl, OP.i64Or);
  put(writer, high, 1n, OP.i64ShrS);
});

const unsignedProduct = operation(2, PAIR, (writer, taken, _ip, module) => {
  const [a, b] = taken as unknown as Two;
  put(writer, a, b, OP.i64Mul);
  put(writer, a, b);
  writer.body.call(module.highProduct());
});

/** The upper half of the signed product: that of the unsigned one, less what the signs stand for. */
function signedHigh(writer: FunctionWriter, module: ModuleContext, a: Item, b: Item): void {
  put(writer, a, b);
  writer.body.call(module.highProduct());
  put(writer, a, 63n, OP.i64ShrS, b, OP.i64And, OP.i64Sub, b, 63n, OP.i64ShrS, a, OP.i64And, OP.i64Sub);
}

const product = operation(2, PAIR, (writer, taken, _ip, module) => {
  const [a, b] = taken as unknown as Two;
  put(writer, a, b, OP.i64Mul);
  signedHigh(writer, module, a, b);
});

/** Leaves for a divisor of 0 or -1. */
function guardDivisor(writer: FunctionWriter, ip: number, divisor: Item): void {
  writer.guard(ip, () => put(writer, divisor, 1n, OP.i64Add, 2n, OP.i64LtU));
}

/** a * b / c where the product fits in a cell. */
function scaled(want: "quotient" | "both"): Operation {
  return operation(3, want === "both" ? PAIR : ["cell"], (writer, taken, ip, module) => {
    const [a, b, c] = taken as unknown as Three;
    const low = writer.scratch(I64, 5);
    guardDivisor(writer, ip, c);
    put(writer, a, b, OP.i64Mul);
    writer.body.set(low);
    writer.guard(ip, () => {
      signedHigh(writer, module, a, b);
      put(writer, local(low), 63n, OP.i64ShrS, OP.i64Ne);
    });
    floored(writer, local(low), c, want);
  });
}

const unsignedDivision = operation(3, PAIR, (writer, taken, ip) => {
  const [low, high, divisor] = taken as unknown as Three;
  writer.guard(ip, () => put(writer, high, 0n, OP.i64Ne, divisor, OP.i64Eqz, OP.i32Or));
  put(writer, low, divisor, OP.i64RemU, low, divisor, OP.i64DivU);
});

function signedDivision(write: (writer: FunctionWriter, dividend: Item, divisor: Item) => void): Operation {
  return operation(3, PAIR, (writer, taken, ip) => {
    const [low, high, divisor] = taken as unknown as Three;
    guardDivisor(writer, ip, divisor);
    writer.guard(ip, () => put(writer, low, 63n, OP.i64ShrS, high, OP.i64Ne));
    write(writer, low, divisor);
  });
}

export const DOUBLE_OPERATIONS: Readonly<Record<string, Operation>> = {
  "d+": sum,
  "d-": difference,
  "m+": addSingle,
  dnegate: negated,
  dabs: absolute,
  "d=": isEqual,
  "d<": isLess(OP.i64LtS),
  "du<": isLess(OP.i64LtU),
  "d0=": isZero,
  "d0<": isNegative,
  "d2*": doubled,
  "d2/": halved,
  "um*": unsignedProduct,
  "m*": product,
  "*/": scaled("quotient"),
  "*/mod": scaled("both"),
  "um/mod": unsignedDivision,
  "fm/mod": signedDivision((writer, a, b) => floored(writer, a, b, "both")),
  "sm/rem": signedDivision((writer, a, b) => put(writer, a, b, OP.i64RemS, a, b, OP.i64DivS)),
};
