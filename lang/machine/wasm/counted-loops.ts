import type { PrepaidLoop } from "./charge-plan.ts";
import { I64, OP, type Label } from "./encoder.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { ERG_LOCAL, Refused } from "./stack-writer.ts";
import type { Item, Range, ReturnItem } from "./items.ts";

// DO and LOOP. The two entries of a loop on the return stack are its limit and its index, as in the interpreter.

type LoopItem = Extract<ReturnItem, { readonly kind: "loop" }>;

/** Rounds that are paid for at once are fewer than this, so that their price cannot overflow. */
const MOST_ROUNDS = 1n << 24n;

/** Moves limit and first index over. */
export function startLoop(writer: FunctionWriter): readonly [Item, Item] {
  const first = writer.pop();
  const limit = writer.pop();
  writer.pushReturn({ kind: "loop", item: limit }, { kind: "loop", item: first });
  return [limit, first];
}

/** `?do`: begins a loop and leaves 32 bits, not zero if there is a round to be run. */
export function queryLoop(writer: FunctionWriter): void {
  const [limit, first] = startLoop(writer);
  writer.cell(limit);
  writer.cell(first);
  writer.body.op(OP.i64Ne);
}

/** Between which numbers the index stays, when both ends are known where the loop is entered. */
export function indexRange(writer: FunctionWriter): Range | undefined {
  const [limit, index] = loopFrame(writer);
  if (limit.item.kind !== "const" || index.item.kind !== "const" || limit.item.value <= index.item.value) return undefined;
  return { least: index.item.value, most: limit.item.value - 1n };
}

/**
 * Pays for the rounds that are left, or for as many as half of the ERG buys and one more; leaves when there is not enough for
 * one. What is paid but not run is given back wherever the loop is left.
 */
export function prepay(writer: FunctionWriter, { ip, erg }: PrepaidLoop, range: Range | undefined): void {
  const { body } = writer;
  const [limit, index] = loopFrame(writer);
  const rounds = writer.scratch(I64, 4);
  writer.cell(limit.item);
  writer.cell(index.item);
  body.op(OP.i64Sub).tee(rounds).i64(1n).op(OP.i64Sub).i64(MOST_ROUNDS).op(OP.i64GeU);
  body.get(rounds).i64(BigInt(erg)).op(OP.i64Mul).get(ERG_LOCAL).op(OP.i64ExtendI32U).op(OP.i64GtU).op(OP.i32Or);
  const tooMany = body.unlikely().if();
  writer.guardErg(ip, 0, () => body.get(ERG_LOCAL).i32(erg).op(OP.i32LtS));
  body.get(ERG_LOCAL).i32(1).op(OP.i32ShrU).i32(erg).op(OP.i32DivU).i32(1).op(OP.i32Add).op(OP.i64ExtendI32U).set(rounds);
  body.end(tooMany);
  body.get(ERG_LOCAL).get(rounds).op(OP.i32WrapI64).i32(erg).op(OP.i32Mul).op(OP.i32Sub).set(ERG_LOCAL);
  const end = writer.prepaidEnd(writer.state.returns.length - 1);
  writer.cell(index.item);
  body.get(rounds).op(OP.i64Add).set(end);
  writer.state.returns.pop();
  writer.state.returns.push({ kind: "loop", item: index.item, prepaid: { end, erg }, ...(range !== undefined && { range }) });
}

/**
 * `loop`: steps by one and leaves 32 bits, not zero if another round follows. When rounds were paid for, zero says only that
 * those are done; the limit is returned, with which the index is to be compared then.
 */
export function countRound(writer: FunctionWriter): Item | undefined {
  const [limit, index] = loopFrame(writer);
  writer.cell(index.item);
  writer.body.i64(1n).op(OP.i64Add);
  writer.cell(keepIndex(writer, index));
  if (index.prepaid === undefined) writer.cell(limit.item);
  else writer.body.get(index.prepaid.end);
  writer.body.op(OP.i64Ne);
  return index.prepaid === undefined ? undefined : limit.item;
}

/** Opens an `if` for the case that there are more rounds than were paid for; none of them is any more. */
export function roundsLeft(writer: FunctionWriter, limit: Item): Label {
  const [, index] = loopFrame(writer);
  writer.cell(index.item);
  writer.cell(limit);
  writer.body.op(OP.i64Ne);
  writer.state.returns.pop();
  writer.state.returns.push({ kind: "loop", item: index.item });
  return writer.body.unlikely().if();
}

/** `+loop`: steps by the entry on top and leaves 32 bits, not zero until the boundary between limit - 1 and limit is crossed. */
export function stepRound(writer: FunctionWriter): void {
  const { body } = writer;
  const step = writer.pop();
  const [limit, index] = loopFrame(writer);
  const before = writer.scratch(I64, 0);
  const after = writer.scratch(I64, 1);
  writer.cell(index.item);
  writer.cell(limit.item);
  body.op(OP.i64Sub).tee(before);
  writer.cell(step);
  body.op(OP.i64Add).set(after);
  body.get(before).get(after).op(OP.i64Xor).get(before);
  writer.cell(step);
  body.op(OP.i64Xor).op(OP.i64And).i64(0n).op(OP.i64GeS);
  body.get(after);
  writer.cell(limit.item);
  body.op(OP.i64Add);
  keepIndex(writer, index);
}

function loopFrame({ state }: FunctionWriter): readonly [LoopItem, LoopItem] {
  const [limit, index] = state.returns.slice(-2);
  if (limit?.kind !== "loop" || index?.kind !== "loop") throw new Refused("loop");
  return [limit, index];
}

/** Stores the new index from the WebAssembly stack. */
function keepIndex(writer: FunctionWriter, before: LoopItem): Item {
  const { returns } = writer.state;
  returns.pop();
  const item = writer.keep(writer.returnHome(returns.length));
  returns.push({ ...before, item });
  return item;
}
