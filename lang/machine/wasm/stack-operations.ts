import type { FunctionWriter } from "./function-writer.ts";
import { Refused } from "./stack-writer.ts";
import type { Item, ReturnItem } from "./items.ts";
import type { Operation } from "./operation.ts";

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
    return [entry.item.kind === "cell" && entry.range !== undefined ? { ...entry.item, range: entry.range } : entry.item];
  });
}

const cellOnReturns = (entry: Item): ReturnItem => ({ kind: "cell", item: entry });

export const RETURN_OPERATIONS: Record<string, Operation> = {
  ">r": returns(1, 0, (writer, taken) => (writer.pushReturn(...taken.map(cellOnReturns)), [])),
  "2>r": returns(2, 0, (writer, taken) => (writer.pushReturn(...taken.map(cellOnReturns)), [])),
  "r>": returns(0, 1, (writer) => [writer.popReturn("cell")]),
  "2r>": returns(0, 2, (writer) => [writer.popReturn("cell"), writer.popReturn("cell")].reverse()),
  "r@": returns(0, 1, (writer) => [returnCell(writer, 0)]),
  "2r@": returns(0, 2, (writer) => [returnCell(writer, 1), returnCell(writer, 0)]),
  rdrop: returns(0, 0, (writer) => (writer.popReturn("cell"), [])),
  unloop: returns(0, 0, (writer) => (writer.unloop(), [])),
  i: index(0),
  j: index(1),
  k: index(2),
};

export const STACK_OPERATIONS: Record<string, Operation> = {
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
  "d>s": shuffle(2, 0),
};
