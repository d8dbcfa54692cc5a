import { TO_IN } from "../layout.ts";
import { ACCESS, I64, OP } from "./encoder.ts";
import type { ChargePlan } from "./charge-plan.ts";
import type { FunctionWriter } from "./function-writer.ts";
import { ERG_LOCAL, Refused, ROOM_LOCAL } from "./stack-writer.ts";
import type { Item, ReturnItem } from "./items.ts";
import { startLoop } from "./counted-loops.ts";
import type { ModuleContext } from "./module-context.ts";
import { operationOf } from "./operations.ts";
import { slotCellAt, slotTagAt } from "./registers.ts";
import type { Effect } from "./stack-analysis.ts";
import type { Step } from "./blocks.ts";

/** A function of the same module. */
export interface Callee {
  readonly index: number;
  readonly effect: Effect & { readonly kind: "static" };
}

/** What steps refer to outside of their function. */
export interface StepPlan {
  readonly charges: ChargePlan;
  /** Undefined when the word has no function here. */
  callee(code: number): Callee | undefined;
}

/** Writes what stands between branches. */
export class StepWriter {
  readonly #writer: FunctionWriter;
  readonly #module: ModuleContext;
  readonly #plan: StepPlan;
  makesCalls = false;

  constructor(writer: FunctionWriter, module: ModuleContext, plan: StepPlan) {
    this.#writer = writer;
    this.#module = module;
    this.#plan = plan;
  }

  /** Writes one step; false when compiled code does not go on behind it. */
  write(step: Step): boolean {
    const writer = this.#writer;
    const { body } = writer;
    switch (step.kind) {
      case "charge":
        this.#pay(step);
        return true;
      case "literal":
        writer.push({ kind: "const", value: BigInt.asIntN(64, step.value) });
        return true;
      case "primitive":
        operationOf(step.code)?.write(writer, step.ip, this.#module);
        return true;
      case "pick":
        writer.push(writer.peek(step.depth));
        return true;
      case "roll":
        this.#roll(step.ip, step.depth);
        return true;
      case "call":
        return this.#call(step);
      case "drop":
        writer.pop();
        return true;
      case "enter":
        writer.pushReturn({ kind: "call", returnTo: step.returnTo });
        writer.mostInlined = Math.max(writer.mostInlined, writer.state.returns.filter((each) => each.kind === "call").length);
        return true;
      case "leave":
        if (writer.state.returns.pop()?.kind !== "call") throw new Refused("return stack");
        return true;
      case "do":
        startLoop(writer);
        return true;
      case "unloop":
        writer.unloop();
        return true;
      case "locals":
        this.#takeLocals(step.count, step.initialised);
        return true;
      case "local":
        writer.push(this.#localAt(step.index).item);
        return true;
      case "toLocal": {
        const item = writer.pop();
        const { at } = this.#localAt(step.index);
        writer.state.returns[at] = { kind: "local", item };
        return true;
      }
      case "dropLocals": {
        const base = this.#localsBase();
        for (const each of writer.state.returns.slice(base)) writer.repay(each);
        writer.state.returns.length = base;
        return true;
      }
      case "addField":
        writer.cell(writer.peek());
        body.i64(BigInt(step.offset)).op(OP.i64Add);
        writer.replace(1, ["cell"]);
        return true;
      case "fromSlots":
        this.#fromSlots(step.ip, step.slot, step.count);
        return true;
      case "toSlot":
        body.i32(slotCellAt(step.slot));
        writer.cell(writer.peek());
        body.access(ACCESS.i64Store).i32(slotTagAt(step.slot)).i32(0).access(ACCESS.i32Store8);
        writer.replace(1, []);
        return true;
      case "deferCheck":
        writer.guard(step.ip, () => body.i32(slotCellAt(step.slot)).access(ACCESS.i64Load).i64(BigInt(step.xt)).op(OP.i64Ne));
        this.charge(step.ip, 2);
        return true;
    }
  }

  /** Takes what the plan says for this charge. */
  #pay(step: Step & { readonly kind: "charge" }): void {
    const { taken, ahead } = this.#plan.charges.payments.get(step) ?? { taken: step.erg, ahead: 0 };
    if (taken > 0) this.charge(step.ip, taken);
    this.#writer.ahead += ahead;
  }

  /** Takes ERG; leaves before the instruction when there is not enough. */
  charge(ip: number, erg: number): void {
    const { body } = this.#writer;
    body.get(ERG_LOCAL).i32(erg).op(OP.i32Sub).set(ERG_LOCAL);
    this.#writer.guardErg(ip, erg, () => body.get(ERG_LOCAL).i32(0).op(OP.i32LtS));
  }

  #roll(ip: number, depth: number): void {
    const writer = this.#writer;
    this.charge(ip, depth);
    const taken = Array.from({ length: depth + 1 }, (_, i) => writer.peek(depth - i));
    writer.replace(depth + 1, [...taken.slice(1), taken[0] as Item]);
  }

  #call(step: Step & { readonly kind: "call" }): boolean {
    const callee = this.#plan.callee(step.code);
    if (callee === undefined) {
      this.#writer.bail(step.ip);
      return false;
    }
    this.#callFunction(callee, step);
    return true;
  }

  #callFunction(callee: Callee, { returnTo, catches }: Step & { readonly kind: "call" }): void {
    const writer = this.#writer;
    const { body } = writer;
    const { takes, gives } = callee.effect;
    this.makesCalls = true;
    const before = catches === true ? writer.scratch(I64, 6) : 0;
    if (catches === true) body.i32(TO_IN).access(ACCESS.i64Load).set(before);
    const args = Array.from({ length: takes }, (_, i) => writer.peek(takes - 1 - i));
    body.get(ERG_LOCAL).get(ROOM_LOCAL);
    for (const arg of args) writer.cell(arg);
    body.call(callee.index);
    writer.state.data.length -= takes;
    const below = writer.saveState();
    writer.mostHeld = Math.max(writer.mostHeld, below.data.length);
    writer.replace(0, Array.from({ length: gives }, () => "cell" as const));
    body.set(ERG_LOCAL);
    const after = writer.saveState();
    writer.state = below;
    if (catches === true) writer.guardCatch(returnTo, { takes, at: before });
    else writer.guardCall(returnTo);
    writer.state = after;
  }

  #takeLocals(count: number, initialised: number): void {
    const writer = this.#writer;
    const taken = Array.from({ length: initialised }, (_, i) => writer.peek(initialised - 1 - i));
    writer.replace(initialised, []);
    const items = Array.from({ length: count }, (_, i): Item => taken[i] ?? { kind: "const", value: 0n });
    writer.pushReturn({ kind: "locals", count }, ...items.map((item): ReturnItem => ({ kind: "local", item })));
  }

  #localsBase(): number {
    const base = this.#writer.state.returns.findLastIndex((each) => each.kind === "locals" || each.kind === "call");
    if (this.#writer.state.returns[base]?.kind !== "locals") throw new Refused("locals");
    return base;
  }

  #localAt(index: number): { readonly at: number; readonly item: Item } {
    const at = this.#localsBase() + 1 + index;
    const entry = this.#writer.state.returns[at];
    if (entry?.kind !== "local") throw new Refused("locals");
    return { at, item: entry.item };
  }

  #fromSlots(ip: number, slot: number, count: number): void {
    const writer = this.#writer;
    const { body } = writer;
    writer.guard(ip, () => body.i32(slotTagAt(slot)).access(count === 2 ? ACCESS.i64Load16U : ACCESS.i64Load8U).i64(0n).op(OP.i64Ne));
    for (let i = 0; i < count; i += 1) body.i32(slotCellAt(slot + i)).access(ACCESS.i64Load);
    writer.replace(0, Array.from({ length: count }, () => "cell" as const));
  }
}
