import { LIMITS } from "../../limits.ts";
import { BASE, BLK, DATA_SPACE_END, SCR, STATE, TO_IN } from "../layout.ts";
import { ACCESS, OP } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { known, type Operation } from "./operation.ts";
import { SCRATCH_HERE } from "./registers.ts";

// HERE lies in a register of the tier while compiled code runs. What may be accessed goes to a page boundary beyond HERE and
// some slack (vm.ts); where a word would move that boundary the interpreter does it.

const PAGE = 0x10000;
/** Compiled code does not come nearer to the end of data space. */
const LAST = DATA_SPACE_END - LIMITS.dataSlack - 2 * PAGE;

function here(writer: FunctionWriter): void {
  writer.body.i32(SCRATCH_HERE).access(ACCESS.i32Load);
}

/** Leaves when HERE may not move on by so many bytes, at most 64, within the page. */
function guardRoom(writer: FunctionWriter, ip: number, size: () => void): void {
  const { body } = writer;
  writer.guard(ip, () => {
    here(writer);
    body.i32(LIMITS.dataSlack + PAGE - 1).op(OP.i32Add).i32(PAGE - 1).op(OP.i32And);
    size();
    body.op(OP.i32Add).i32(PAGE).op(OP.i32GeU);
    here(writer);
    body.i32(LAST).op(OP.i32GeU).op(OP.i32Or);
  });
}

function advance(writer: FunctionWriter, size: () => void): void {
  writer.body.i32(SCRATCH_HERE);
  here(writer);
  size();
  writer.body.op(OP.i32Add).access(ACCESS.i32Store);
}

function comma(size: 1 | 8): Operation {
  return {
    takes: 1, gives: 0,
    write: (writer, ip) => {
      const bytes = (): void => void writer.body.i32(size);
      guardRoom(writer, ip, bytes);
      here(writer);
      writer.cell(writer.peek());
      writer.body.access(size === 8 ? ACCESS.i64Store : ACCESS.i64Store8);
      advance(writer, bytes);
      writer.replace(1, []);
    },
  };
}

/** Few bytes forward cost nothing beyond the word's price; all else is left to the interpreter. */
const allot: Operation = {
  takes: 1, gives: 0,
  write: (writer, ip) => {
    const size = writer.peek();
    const bytes = (): void => {
      writer.cell(size);
      writer.body.op(OP.i32WrapI64);
    };
    writer.guard(ip, () => {
      writer.cell(size);
      writer.body.i64(64n).op(OP.i64GeU);
    });
    guardRoom(writer, ip, bytes);
    advance(writer, bytes);
    writer.replace(1, []);
  },
};

const align: Operation = {
  takes: 0, gives: 0,
  write: (writer, ip) => {
    const bytes = (): void => {
      writer.body.i32(0);
      here(writer);
      writer.body.op(OP.i32Sub).i32(7).op(OP.i32And);
    };
    guardRoom(writer, ip, bytes);
    advance(writer, bytes);
  },
};

const pushHere: Operation = {
  takes: 0, gives: 1,
  write: (writer) => {
    here(writer);
    writer.body.op(OP.i64ExtendI32U);
    writer.replace(0, ["cell"]);
  },
};

const unused: Operation = {
  takes: 0, gives: 1,
  write: (writer) => {
    writer.body.i64(BigInt(DATA_SPACE_END));
    here(writer);
    writer.body.op(OP.i64ExtendI32U).op(OP.i64Sub);
    writer.replace(0, ["cell"]);
  },
};

function address(at: number): Operation {
  return { takes: 0, gives: 1, write: (writer) => writer.replace(0, [known(BigInt(at))]) };
}

export const DATA_SPACE_OPERATIONS: Readonly<Record<string, Operation>> = {
  here: pushHere,
  unused,
  ",": comma(8),
  "c,": comma(1),
  allot,
  align,
  base: address(BASE),
  state: address(STATE),
  ">in": address(TO_IN),
  blk: address(BLK),
  scr: address(SCR),
};
