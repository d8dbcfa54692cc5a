import { DATA_SPACE_END, FAR, PAD, USER } from "../layout.ts";
import { ACCESS, I32, I64, OP, type AccessOp } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { ERG_LOCAL } from "./stack-writer.ts";
import type { Item } from "./items.ts";
import type { ModuleContext } from "./module-context.ts";
import type { Operation } from "./operation.ts";
import { rangeOf } from "./ranges.ts";

/**
 * Checks that the bytes at an address are a program's to use, as Vm.address does, and leaves the address as
 * 32 bits. The stretch that ends beyond HERE is checked first; far space only when that fails. A known
 * address inside data space, or one of a known range, costs nothing here: the tier enters only while data space reaches that
 * far; nor does one that was checked before, because compiled code does not move the end of data space.
 */
function address(writer: FunctionWriter, ip: number, module: ModuleContext, at: Item, size: number): void {
  const { body } = writer;
  if (at.kind === "const" && at.value >= BigInt(USER) && at.value + BigInt(size) <= BigInt(DATA_SPACE_END)) {
    module.needEnd = Math.max(module.needEnd, Number(at.value) + size);
    body.i32(Number(at.value));
    return;
  }
  const range = rangeOf(at);
  if (range !== undefined && range.least >= BigInt(USER) && range.most + BigInt(size) <= BigInt(module.dataEnd)) {
    module.needEnd = Math.max(module.needEnd, Number(range.most) + size);
    writer.cell(at);
    body.op(OP.i32WrapI64);
    return;
  }
  if (at.kind === "cell" && (writer.state.checked.get(at.local) ?? 0) >= size) {
    body.get(at.local).op(OP.i32WrapI64);
    return;
  }
  const local = at.kind === "cell" ? at.local : writer.scratch(I64, 2);
  if (at.kind !== "cell") {
    writer.cell(at);
    body.set(local);
  }
  const far = (less: (offset: bigint) => void): void => {
    const slow = body.unlikely().if();
    writer.guard(ip, () => {
      body.get(local).i64(BigInt(FAR)).op(OP.i64Sub).globalGet(module.farRoom).op(OP.i64GeU);
      less(BigInt(FAR - size));
      body.globalGet(module.farRoom).op(OP.i64GtU).op(OP.i32Or);
    });
    body.end(slow);
  };
  // One compare covers both ends: what lies below USER wraps to a huge number. The span is that of 8 bytes.
  body.get(local).i64(BigInt(USER)).op(OP.i64Sub).get(writer.spanLocal());
  if (size > 8) body.i64(BigInt(size - 8)).op(OP.i64Sub);
  body.op(OP.i64GtU);
  far((offset) => body.get(local).i64(offset).op(OP.i64Sub));
  body.get(local).op(OP.i32WrapI64);
  if (at.kind === "cell") writer.state.checked.set(local, size);
}

/** Reads at the address on top. */
function load(op: AccessOp, size: number): Operation {
  return {
    takes: 1, gives: 1,
    write: (writer, ip, module) => {
      address(writer, ip, module, writer.peek(), size);
      writer.body.access(op);
      writer.replace(1, ["cell"]);
      if (size === 1) writer.narrow({ least: 0n, most: 255n });
    },
  };
}

/** Stores the entry below the address. */
function store(op: AccessOp, size: number): Operation {
  return {
    takes: 2, gives: 0,
    write: (writer, ip, module) => {
      address(writer, ip, module, writer.peek(0), size);
      writer.cell(writer.peek(1));
      writer.body.access(op);
      writer.replace(2, []);
    },
  };
}

const addTo: Operation = {
  takes: 2, gives: 0,
  write: (writer, ip, module) => {
    const at = writer.scratch(I32, 1);
    address(writer, ip, module, writer.peek(0), 8);
    writer.body.tee(at).get(at).access(ACCESS.i64Load);
    writer.cell(writer.peek(1));
    writer.body.op(OP.i64Add).access(ACCESS.i64Store);
    writer.replace(2, []);
  },
};

const loadTwo: Operation = {
  takes: 1, gives: 2,
  write: (writer, ip, module) => {
    const at = writer.scratch(I32, 1);
    address(writer, ip, module, writer.peek(0), 16);
    writer.body.tee(at).access(ACCESS.i64Load, 8).get(at).access(ACCESS.i64Load);
    writer.replace(1, ["cell", "cell"]);
  },
};

const storeTwo: Operation = {
  takes: 3, gives: 0,
  write: (writer, ip, module) => {
    const at = writer.scratch(I32, 1);
    address(writer, ip, module, writer.peek(0), 16);
    writer.body.set(at).get(at);
    writer.cell(writer.peek(2));
    writer.body.access(ACCESS.i64Store, 8).get(at);
    writer.cell(writer.peek(1));
    writer.body.access(ACCESS.i64Store);
    writer.replace(3, []);
  },
};

/** Leaves unless `length` bytes at each address may be used. An empty stretch and a huge one leave as well. */
function guardRanges(writer: FunctionWriter, ip: number, module: ModuleContext, length: Item, addresses: readonly Item[]): void {
  writer.guard(ip, () => {
    for (const [index, at] of addresses.entries()) {
      writer.cell(at);
      writer.cell(length);
      writer.body.call(module.outside());
      if (index > 0) writer.body.op(OP.i32Or);
    }
  });
}

/** Leaves ERG for length / 16 bytes on the WebAssembly stack. The length is known to be below 2^31. */
function bytesCost(writer: FunctionWriter, length: Item): void {
  writer.cell(length);
  writer.body.op(OP.i32WrapI64).i32(4).op(OP.i32ShrU);
}

function payBytes(writer: FunctionWriter, length: Item): void {
  writer.body.get(ERG_LOCAL);
  bytesCost(writer, length);
  writer.body.op(OP.i32Sub).set(ERG_LOCAL);
}

/** Charges for the bytes; leaves when there is not that much ERG. */
function chargeBytes(writer: FunctionWriter, ip: number, length: Item): void {
  writer.guard(ip, () => {
    writer.body.get(ERG_LOCAL);
    bytesCost(writer, length);
    writer.body.op(OP.i32LtS);
  });
  payBytes(writer, length);
}

const move: Operation = {
  takes: 3, gives: 0,
  write: (writer, ip, module) => {
    const taken = [writer.peek(2), writer.peek(1), writer.peek(0)];
    writer.guard(ip, () => {
      for (const each of taken) writer.cell(each);
      writer.body.get(ERG_LOCAL).call(module.copy());
    });
    payBytes(writer, writer.peek(0));
    writer.replace(3, []);
  },
};

/** `takes` is 3 when the byte is on the stack. */
function fill(byte: number | undefined): Operation {
  const takes = byte === undefined ? 3 : 2;
  return {
    takes, gives: 0,
    write: (writer, ip, module) => {
      const [to, length] = [writer.peek(takes - 1), writer.peek(takes - 2)];
      guardRanges(writer, ip, module, length, [to]);
      chargeBytes(writer, ip, length);
      writer.cell(to);
      writer.body.op(OP.i32WrapI64);
      if (byte !== undefined) writer.body.i32(byte);
      else {
        writer.cell(writer.peek(0));
        writer.body.op(OP.i32WrapI64);
      }
      writer.cell(length);
      writer.body.op(OP.i32WrapI64).memoryFill();
      writer.replace(takes, []);
    },
  };
}

/** Copies byte by byte upwards or downwards; where that would repeat a pattern the interpreter does it. */
function copyBytes(direction: "up" | "down"): Operation {
  return {
    takes: 3, gives: 0,
    write: (writer, ip, module) => {
      const { body } = writer;
      const [from, to, length] = [writer.peek(2), writer.peek(1), writer.peek(0)];
      guardRanges(writer, ip, module, length, [from, to]);
      const [first, second] = direction === "up" ? [to, from] : [from, to];
      writer.guard(ip, () => {
        writer.cell(first);
        writer.cell(second);
        body.op(OP.i64Sub).i64(1n).op(OP.i64Sub);
        writer.cell(length);
        body.i64(1n).op(OP.i64Sub).op(OP.i64LtU).get(ERG_LOCAL).op(OP.i64ExtendI32U);
        writer.cell(length);
        body.op(OP.i64LtU).op(OP.i32Or);
      });
      body.get(ERG_LOCAL);
      writer.cell(length);
      body.op(OP.i32WrapI64).op(OP.i32Sub).set(ERG_LOCAL);
      for (const each of [to, from, length]) {
        writer.cell(each);
        body.op(OP.i32WrapI64);
      }
      body.memoryCopy();
      writer.replace(3, []);
    },
  };
}

const cutString: Operation = {
  takes: 3, gives: 2,
  write: (writer) => {
    const [address, length, count] = [writer.peek(2), writer.peek(1), writer.peek(0)];
    writer.cell(address);
    writer.cell(count);
    writer.body.op(OP.i64Add);
    writer.cell(length);
    writer.cell(count);
    writer.body.op(OP.i64Sub);
    writer.replace(3, ["cell", "cell"]);
  },
};

const pad: Operation = { takes: 0, gives: 1, write: (writer) => writer.replace(0, [{ kind: "const", value: BigInt(PAD) }]) };

const count: Operation = {
  takes: 1, gives: 2,
  write: (writer, ip, module) => {
    const at = writer.peek();
    address(writer, ip, module, at, 1);
    writer.body.access(ACCESS.i64Load8U);
    const length = writer.keep();
    writer.cell(at);
    writer.body.i64(1n).op(OP.i64Add);
    writer.cell(length);
    writer.replace(1, ["cell", "cell"]);
  },
};

const aligned: Operation = {
  takes: 1, gives: 1,
  write: (writer) => {
    writer.cell(writer.peek());
    writer.body.i64(7n).op(OP.i64Add).i64(-8n).op(OP.i64And);
    writer.replace(1, ["cell"]);
  },
};

export const MEMORY_OPERATIONS: Readonly<Record<string, Operation>> = {
  "@": load(ACCESS.i64Load, 8),
  "!": store(ACCESS.i64Store, 8),
  "c@": load(ACCESS.i64Load8U, 1),
  "c!": store(ACCESS.i64Store8, 1),
  "+!": addTo,
  "2@": loadTwo,
  "2!": storeTwo,
  count,
  move,
  cmove: copyBytes("up"),
  "cmove>": copyBytes("down"),
  "/string": cutString,
  fill: fill(undefined),
  erase: fill(0),
  blank: fill(32),
  aligned,
  pad,
};
