import { assert } from "../../base/assert.ts";
import { CodeBuilder, I32, I64, OP, type ValueType } from "./encoder.ts";
import type { Item, Range, ReturnItem, StackState } from "./items.ts";
import type { ModuleBuilder } from "./module-builder.ts";

/** An entry that holds a value, as opposed to what the machine put there itself. */
export type HoldingItem = Extract<ReturnItem, { readonly item: Item }>;

export function holds(entry: ReturnItem): entry is HoldingItem {
  return "item" in entry;
}

/** What an operation leaves: a value on the WebAssembly stack, or an item that is known already. */
export type Result = "cell" | "flag" | Item;

/** Locals that every function has. */
export const ERG_LOCAL = 0;
export const ROOM_LOCAL = 1;
const FIRST_INPUT = 2;

/** Most locals of one function: bounds frames of the native stack and records of leaving. */
const LOCAL_LIMIT = 400;

/** The word cannot be compiled; the interpreter keeps it. Never seen outside this folder. */
export class Refused extends Error {}

/** What a function takes and leaves on the data stack, and what lies on the return stack where it begins. */
export interface FunctionShape {
  readonly inputs: number;
  readonly gives: number;
  readonly returns: readonly ReturnItem["kind"][];
}

/** Keeps both stacks of one function in locals and constants; words that only move entries write no code. */
export class StackWriter {
  readonly body: CodeBuilder;
  readonly index: number;
  protected readonly final: CodeBuilder;
  protected readonly types: ValueType[] = [];
  readonly #dataHomes: number[] = [];
  readonly #returnHomes: number[] = [];
  readonly #prepaidEnds: number[] = [];
  readonly #scratch = new Map<string, number>();
  readonly inputs: number;
  readonly gives: number;
  state: StackState = { data: [], returns: [], checked: new Map() };
  /** Greatest numbers of entries seen, for the checks at entry. */
  mostData = 0;
  mostReturns = 0;
  mostHeld = 0;
  mostInlined = 0;
  usesSpan = false;

  constructor(module: ModuleBuilder, shape: FunctionShape) {
    const cells = shape.returns.filter((kind) => kind !== "locals" && kind !== "call").length;
    const params: ValueType[] = [I32, I32, ...Array.from({ length: shape.inputs + cells }, () => I64 as ValueType)];
    const { index, code } = module.function(params, [I32, ...Array.from({ length: shape.gives }, () => I64 as ValueType)]);
    this.index = index;
    this.final = code;
    this.body = code.part();
    this.types.push(...params);
    this.inputs = shape.inputs;
    this.gives = shape.gives;
    for (let i = 0; i < shape.inputs; i += 1) this.#dataHomes.push(FIRST_INPUT + i);
    this.state.data = this.#dataHomes.map((local) => ({ kind: "cell", local }));
    let next = FIRST_INPUT + shape.inputs;
    for (const [at, kind] of shape.returns.entries()) {
      if (kind === "locals") this.state.returns.push({ kind, count: countLocals(shape.returns, at) });
      else if (kind === "call") throw new Refused("entry below a call");
      else this.state.returns.push({ kind, item: { kind: "cell", local: next++ } });
    }
  }

  get localCount(): number {
    return this.types.length;
  }

  // --- items ---------------------------------------------------------------------------------

  /** Leaves an entry as 64 bits on the WebAssembly stack. */
  cell(item: Item): void {
    if (item.kind === "const") this.body.i64(item.value);
    else if (item.kind === "cell") this.body.get(item.local);
    else this.body.i64(0n).get(item.local).op(OP.i64ExtendI32U).op(OP.i64Sub);
  }

  /** Leaves an entry's truth as 32 bits, not zero for true. */
  truth(item: Item): void {
    if (item.kind === "const") this.body.i32(item.value === 0n ? 0 : 1);
    else if (item.kind === "flag") this.body.get(item.local);
    else this.body.get(item.local).i64(0n).op(OP.i64Ne);
  }

  /** The entry `depth` below the top. */
  peek(depth = 0): Item {
    const item = this.state.data[this.state.data.length - 1 - depth];
    if (item === undefined) throw new Refused("stack effect");
    return item;
  }

  pop(): Item {
    const item = this.peek();
    this.state.data.pop();
    return item;
  }

  push(...items: Item[]): void {
    this.state.data.push(...items);
    this.mostData = Math.max(this.mostData, this.state.data.length);
  }

  pushReturn(...items: ReturnItem[]): void {
    this.state.returns.push(...items);
    this.mostReturns = Math.max(this.mostReturns, this.state.returns.length);
  }

  popReturn(kind: HoldingItem["kind"]): Item {
    const top = this.state.returns.pop();
    if (top === undefined || top.kind !== kind || !holds(top)) throw new Refused("return stack");
    return top.item;
  }

  /** Takes `count` entries off and puts what an operation left in their place. */
  replace(count: number, results: readonly Result[]): void {
    this.state.data.length -= count;
    const base = this.state.data.length;
    const items: Item[] = results.map((result) => (typeof result === "string" ? { kind: "const", value: 0n } : result));
    this.state.data.push(...items);
    for (let i = results.length - 1; i >= 0; i -= 1) {
      const result = results[i];
      if (result !== "cell" && result !== "flag") continue;
      const local = this.#vacant(result === "cell" ? I64 : I32, result === "cell" ? this.dataHome(base + i) : undefined);
      this.#set(local);
      this.state.data[base + i] = { kind: result, local };
    }
    this.mostData = Math.max(this.mostData, this.state.data.length);
  }

  /** Notes what the top entry can be. */
  narrow(range: Range | undefined): void {
    const top = this.state.data.at(-1);
    if (range !== undefined && top?.kind === "cell") this.state.data[this.state.data.length - 1] = { ...top, range };
  }

  /** Forgets what is known of values: others come here as well. */
  forgetValues(): void {
    const { data, returns, checked } = this.state;
    const plain = (item: Item): Item => (item.kind === "cell" ? { kind: "cell", local: item.local } : item);
    this.state.data = data.map(plain);
    this.state.returns = returns.map((each) => (holds(each) ? { ...each, item: plain(each.item) } : each));
    checked.clear();
  }

  /** Stores the 64 bits on the WebAssembly stack; `home` is preferred when nothing else is there. */
  keep(home?: number): Item {
    const local = this.#vacant(I64, home);
    this.#set(local);
    return { kind: "cell", local };
  }

  /** A local for use within one operation. */
  scratch(type: ValueType, number: number): number {
    const key = `${type}/${number}`;
    let local = this.#scratch.get(key);
    if (local === undefined) this.#scratch.set(key, (local = this.#newLocal(type)));
    return local;
  }

  /** Holds, from entry on, how far data space reaches (ModuleContext.span). */
  spanLocal(): number {
    this.usesSpan = true;
    return this.scratch(I64, 3);
  }

  /** Where an entry at that height lives when control comes together. */
  dataHome(height: number): number {
    return (this.#dataHomes[height] ??= this.#newLocal(I64));
  }

  /** Index at which the prepaid rounds of the loop end whose own index lies at that height of the return stack. */
  prepaidEnd(height: number): number {
    return (this.#prepaidEnds[height] ??= this.#newLocal(I64));
  }

  returnHome(height: number): number {
    return (this.#returnHomes[height] ??= this.#newLocal(I64));
  }

  /** Brings every entry home, all at once, so that homes may be exchanged. */
  settle(): void {
    const { data, returns } = this.state;
    const moves: number[] = [];
    const move = (item: Item, home: number): Item => {
      if (item.kind === "cell" && item.local === home) return item;
      this.cell(item);
      moves.push(home);
      return { kind: "cell", local: home };
    };
    const settledData = data.map((item, height) => move(item, this.dataHome(height)));
    const settledReturns = returns.map((each, height): ReturnItem => (holds(each) ? { ...each, item: move(each.item, this.returnHome(height)) } : each));
    for (const home of moves.toReversed()) this.#set(home);
    this.state = { data: settledData, returns: settledReturns, checked: this.state.checked };
  }

  /** The entries at home, for a place that others lead to as well. */
  homeState(shape: { readonly data: number; readonly returns: readonly ReturnItem[] }): StackState {
    return {
      data: Array.from({ length: shape.data }, (_, height) => ({ kind: "cell", local: this.dataHome(height) })),
      returns: shape.returns.map((each, height) => (holds(each) ? { ...each, item: { kind: "cell", local: this.returnHome(height) } } : each)),
      checked: new Map(),
    };
  }

  saveState(): StackState {
    return copyState(this.state);
  }

  #set(local: number): void {
    this.body.set(local);
    this.state.checked.delete(local);
  }

  #vacant(type: ValueType, preferred: number | undefined): number {
    const used = new Set<number>();
    const use = (item: Item): void => void (item.kind !== "const" && used.add(item.local));
    for (const item of this.state.data) use(item);
    for (const each of this.state.returns) if (holds(each)) use(each.item);
    if (preferred !== undefined && !used.has(preferred)) return preferred;
    const pool = type === I64 ? this.#cellPool : this.#flagPool;
    const vacant = pool.find((local) => !used.has(local));
    if (vacant !== undefined) return vacant;
    const local = this.#newLocal(type);
    pool.push(local);
    return local;
  }

  readonly #cellPool: number[] = [];
  readonly #flagPool: number[] = [];

  #newLocal(type: ValueType): number {
    if (this.types.length >= LOCAL_LIMIT) throw new Refused("locals");
    this.types.push(type);
    const local = this.final.local(type);
    assert(local === this.types.length - 1, "locals are numbered in one place");
    return local;
  }
}

/** A copy that one branch may change. */
export function copyState({ data, returns, checked }: StackState): StackState {
  return { data: [...data], returns: [...returns], checked: new Map(checked) };
}

/** Locals that follow their frame. */
function countLocals(kinds: readonly ReturnItem["kind"][], frame: number): number {
  let end = frame + 1;
  while (kinds[end] === "local") end += 1;
  return end - frame - 1;
}
