import { ACCESS, I32, I64, OP, type CodeBuilder, type Label, type ValueType } from "./encoder.ts";
import type { FlowShape } from "./flow-graph.ts";
import { countRound, indexRange, prepay, queryLoop, roundsLeft, stepRound } from "./counted-loops.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { copyState, ERG_LOCAL, Refused, ROOM_LOCAL } from "./stack-writer.ts";
import type { Item, ReturnItem, StackState } from "./items.ts";
import type { ModuleContext } from "./module-context.ts";
import { SCRATCH_ERG, UNITS } from "./registers.ts";
import { StepWriter, type StepPlan } from "./step-writer.ts";
import type { Block, End } from "./blocks.ts";

export interface FunctionPlan extends StepPlan {
  readonly blocks: readonly Block[];
  readonly shape: FlowShape;
  /** Where the interpreter goes on when there is no room even to begin. */
  readonly entry: number;
}

interface EntryShape {
  readonly data: number;
  readonly returns: readonly ReturnItem[];
  readonly ahead: number;
}

/** Greatest distance between tokens of one EXECUTE: the size of its table. */
const TOKEN_SPAN = 1_024;

/** Nesting that engines accept and compile in reasonable time. */
const NESTING_LIMIT = 200;

/** Writes the function for one graph of blocks: its dominator tree becomes nested blocks and loops. */
export class FunctionCompiler {
  readonly #writer: FunctionWriter;
  readonly #module: ModuleContext;
  readonly #plan: FunctionPlan;
  readonly #labels = new Map<number, Label>();
  /** By the head of a loop: where more rounds are paid for. */
  readonly #refills = new Map<number, Label>();
  readonly #entryShapes = new Map<number, EntryShape>();
  readonly #steps: StepWriter;
  #nesting = 0;

  constructor(writer: FunctionWriter, module: ModuleContext, plan: FunctionPlan) {
    this.#writer = writer;
    this.#module = module;
    this.#plan = plan;
    this.#steps = new StepWriter(writer, module, plan);
  }

  compile(): void {
    const { site, label } = this.#writer.entrySite(this.#plan.entry);
    this.#node(0);
    this.#writer.finish((code) => this.#writeEntry(code, site, label), (code, pad) => this.#writePad(code, pad));
  }

  // --- structure -----------------------------------------------------------------------------

  /** One node of the dominator tree with all it dominates. */
  #node(node: number): void {
    if (++this.#nesting > NESTING_LIMIT) throw new Refused("nesting");
    const { shape } = this.#plan;
    const joined = (shape.children[node] ?? []).filter((child) => shape.joined[child] === 1);
    if (shape.loopHead[node] === 1) {
      this.#loop(node, joined);
    } else this.#within(node, joined);
    this.#nesting -= 1;
  }

  #loop(node: number, joined: readonly number[]): void {
    const writer = this.#writer;
    const { body } = writer;
    const prepaid = this.#plan.charges.prepaid.get(node);
    const before = this.#plan.charges.paidBefore.get(node);
    if (before !== undefined) {
      this.#steps.charge(before.ip, before.erg);
      writer.ahead += before.erg;
    }
    const range = prepaid && indexRange(writer);
    writer.settle();
    writer.forgetValues();
    const refill = prepaid === undefined ? undefined : body.loop();
    if (prepaid !== undefined && refill !== undefined) {
      this.#refills.set(node, refill);
      prepay(writer, prepaid, range);
    }
    this.#entryShapes.set(node, this.#shapeNow());
    const label = body.loop();
    const outer = this.#labels.get(node);
    this.#labels.set(node, label);
    this.#within(node, joined);
    body.end(label).op(OP.unreachable);
    if (refill !== undefined) body.end(refill).op(OP.unreachable);
    if (outer !== undefined) this.#labels.set(node, outer);
  }

  /** The node inside of one block for each node it dominates that several branches lead to. */
  #within(node: number, joined: readonly number[]): void {
    const [first, ...rest] = joined;
    if (first === undefined) return this.#block(node);
    const label = this.#writer.body.block();
    this.#labels.set(first, label);
    this.#within(node, rest);
    this.#writer.body.end(label);
    const shape = this.#entryShapes.get(first);
    if (shape === undefined) {
      this.#writer.body.op(OP.unreachable); // every branch to it was cut off before it
      return;
    }
    this.#writer.state = this.#writer.homeState(shape);
    this.#writer.ahead = shape.ahead;
    this.#node(first);
  }

  #block(node: number): void {
    const block = this.#plan.blocks[node] as Block;
    for (const step of block.steps) if (!this.#steps.write(step)) return;
    this.#end(node, block.end);
  }

  /** Goes to another node: by a branch, or by writing it here when nobody else leads there. */
  #go(from: number, to: number): void {
    const { order, joined } = this.#plan.shape;
    const back = (order[to] as number) <= (order[from] as number);
    if (!back && joined[to] !== 1) return this.#node(to);
    this.#writer.settle();
    this.#checkShape(to);
    this.#writer.body.br(this.#labels.get(to) as Label);
  }

  #shapeNow(): EntryShape {
    const { data, returns } = this.#writer.state;
    return { data: data.length, returns: [...returns], ahead: this.#writer.ahead };
  }

  /** All that lead to one place must bring the same number and kinds of entries. */
  #checkShape(node: number): void {
    const now = this.#shapeNow();
    const known = this.#entryShapes.get(node);
    if (known === undefined) {
      this.#entryShapes.set(node, now);
      return;
    }
    const same = known.ahead === now.ahead && known.data === now.data && known.returns.length === now.returns.length && known.returns.every((each, i) => sameKind(each, now.returns[i] as ReturnItem));
    if (!same) throw new Refused("stacks differ where control comes together");
  }

  /** Two ways on; the first is taken if the 32 bits on the WebAssembly stack are not zero. */
  #fork(from: number, first: { readonly to: number; readonly state: StackState }, second: { readonly to: number; readonly state: StackState }): void {
    const { body } = this.#writer;
    const label = body.if();
    const { ahead } = this.#writer;
    this.#writer.state = first.state;
    this.#go(from, first.to);
    body.end(label);
    this.#writer.state = second.state;
    this.#writer.ahead = ahead;
    this.#go(from, second.to);
  }

  #end(node: number, end: End): void {
    const writer = this.#writer;
    switch (end.kind) {
      case "jump":
        return this.#go(node, end.next);
      case "bail":
        return writer.bail(end.ip);
      case "return":
        return this.#return(end.ip);
      case "branch0": {
        const flag = writer.pop();
        const state = writer.saveState();
        if (flag.kind === "const") {
          writer.state = state;
          return this.#go(node, flag.value === 0n ? end.other : end.next);
        }
        writer.truth(flag);
        return this.#fork(node, { to: end.next, state }, { to: end.other, state: copyState(state) });
      }
      case "queryDup0": {
        const kept = writer.saveState();
        const flag = writer.pop();
        writer.truth(flag);
        return this.#fork(node, { to: end.next, state: kept }, { to: end.other, state: writer.saveState() });
      }
      case "of": {
        const [x, key] = [writer.peek(1), writer.peek(0)];
        writer.pop();
        const miss = writer.saveState();
        writer.pop();
        writer.cell(x);
        writer.cell(key);
        writer.body.op(OP.i64Eq);
        return this.#fork(node, { to: end.next, state: writer.saveState() }, { to: end.other, state: miss });
      }
      case "execute":
        return this.#execute(node, end);
      case "queryDo": {
        const skipped = writer.saveState();
        skipped.data.length -= 2;
        queryLoop(writer);
        return this.#fork(node, { to: end.next, state: writer.saveState() }, { to: end.other, state: skipped });
      }
      case "loop": {
        const again = countRound(writer);
        return this.#again(node, end, again);
      }
      case "plusLoop":
        stepRound(writer);
        return this.#again(node, end, undefined);
    }
  }

  /** The end of a round: back to the head of the loop if the flag on the WebAssembly stack is not zero, else on. */
  #again(node: number, { next, other }: { readonly next: number; readonly other: number }, limit: Item | undefined): void {
    const writer = this.#writer;
    const again = writer.saveState();
    const done = writer.saveState();
    done.returns.length -= 2;
    const { ahead } = writer;
    const label = writer.body.if();
    this.#go(node, other);
    writer.body.end(label);
    writer.state = again;
    writer.ahead = ahead;
    if (limit !== undefined) this.#refill(other, limit);
    writer.state = done;
    writer.ahead = ahead;
    this.#go(node, next);
  }

  /** All rounds that were paid for are done: pays for more, unless the loop has come to its end. */
  #refill(head: number, limit: Item): void {
    const writer = this.#writer;
    const more = roundsLeft(writer, limit);
    writer.settle();
    writer.body.br(this.#refills.get(head) as Label).end(more);
  }

  /** Compares the token with those seen here and goes to what is to be done for it; any other is the interpreter's. */
  #execute(node: number, { ip, cases }: End & { readonly kind: "execute" }): void {
    const writer = this.#writer;
    const { body } = writer;
    if (cases.length === 0) return writer.bail(ip);
    const before = writer.saveState();
    const { ahead } = writer;
    const tokens = cases.map((each) => each.xt);
    const lowest = Math.min(...tokens);
    const span = Math.max(...tokens) - lowest + 1;
    if (span > TOKEN_SPAN) throw new Refused("tokens far apart");
    const unknown = body.block();
    const labels = cases.map(() => body.block()).toReversed();
    writer.cell(writer.peek());
    const offset = writer.scratch(I64, 0);
    body.i64(BigInt(lowest)).op(OP.i64Sub).tee(offset).i64(BigInt(span)).op(OP.i64GeU).unlikely().brIf(unknown);
    body.get(offset).op(OP.i32WrapI64);
    body.brTable(Array.from({ length: span }, (_, i) => labels[tokens.indexOf(lowest + i)] ?? unknown), unknown);
    for (const [index, each] of cases.entries()) {
      body.end(labels[index] as Label);
      writer.state = copyState(before);
      writer.ahead = ahead;
      this.#go(node, each.to);
    }
    body.end(unknown);
    writer.state = before;
    writer.ahead = ahead;
    writer.bail(ip);
  }

  #return(ip: number): void {
    const writer = this.#writer;
    if (writer.state.returns.length > 0) return writer.bail(ip);
    if (writer.state.data.length !== writer.gives) throw new Refused("stack effect");
    writer.body.get(ERG_LOCAL);
    if (writer.ahead !== 0) writer.body.i32(writer.ahead).op(OP.i32Add);
    for (const item of writer.state.data) writer.cell(item);
    writer.body.op(OP.return);
  }

  // --- entry and pads ------------------------------------------------------------------------

  /** Takes the room this function and its frame need, and leaves at once when there is less. */
  #writeEntry(code: CodeBuilder, site: number, label: Label): void {
    const writer = this.#writer;
    const own = Math.max(UNITS.data * writer.mostData, UNITS.returns * (writer.mostReturns + 1), UNITS.call * (1 + writer.mostInlined));
    const passed = Math.max(UNITS.call * (1 + writer.mostInlined), UNITS.data * writer.mostHeld, UNITS.returns * (writer.mostReturns + 1), writer.localCount + UNITS.frame);
    code.i32(site).get(ROOM_LOCAL).i32(Math.max(own, passed)).op(OP.i32LtS).unlikely().brIf(label).op(OP.drop);
    if (this.#steps.makesCalls) code.get(ROOM_LOCAL).i32(passed).op(OP.i32Sub).set(ROOM_LOCAL);
    if (writer.usesSpan) code.globalGet(this.#module.span).set(writer.spanLocal());
  }

  /** Stores a record: the locals that the site needs, then the site's number, which is on the WebAssembly stack. */
  #writePad(code: CodeBuilder, pad: { readonly locals: readonly number[]; readonly types: readonly ValueType[]; readonly writesErg: boolean }): void {
    const { record } = this.#module;
    const site = this.#siteLocal;
    code.set(site);
    for (const [index, local] of pad.locals.entries()) {
      code.globalGet(record).get(local);
      if (pad.types[index] === I32) code.op(OP.i64ExtendI32U);
      code.access(ACCESS.i64Store, index * 8);
    }
    code.globalGet(record).get(site).access(ACCESS.i32Store, pad.locals.length * 8);
    code.globalGet(record).i32((pad.locals.length + 1) * 8).op(OP.i32Add).globalSet(record);
    if (pad.writesErg) code.i32(SCRATCH_ERG).get(ERG_LOCAL).access(ACCESS.i32Store);
    code.i32(-1);
    for (let i = 0; i < this.#writer.gives; i += 1) code.i64(0n);
    code.op(OP.return);
  }

  get #siteLocal(): number {
    return this.#writer.scratch(I32, 2);
  }
}

function sameKind(a: ReturnItem, b: ReturnItem): boolean {
  if (a.kind === "loop") return b.kind === "loop" && a.prepaid?.end === b.prepaid?.end && a.prepaid?.erg === b.prepaid?.erg && a.range === b.range;
  return a.kind === b.kind && (a.kind !== "call" || (b.kind === "call" && a.returnTo === b.returnTo));
}
