import { assert } from "../../base/assert.ts";
import { TAG } from "../../value.ts";
import { HANDLER_SIZE } from "../interpreter.ts";
import { FRAME } from "../layout.ts";
import { CATCH_END_AT } from "../mode.ts";
import { CodeBuilder, I32, I64, OP, type Label, type ValueType } from "./encoder.ts";
import type { Item, Range, ReturnItem, StackState } from "./items.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import type { RecordSource, ReturnSource, Site } from "./sites.ts";

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

interface Pad {
  readonly label: Label;
  readonly locals: readonly number[];
  readonly writesErg: boolean;
}

/**
 * Writes one function. Stack entries are locals or constants; words that only move entries write no code.
 * Where compiled code may have to leave, a site notes how both stacks are to be rebuilt, and a pad at the
 * end of the function stores the locals that this needs.
 */
export class FunctionWriter {
  readonly body: CodeBuilder;
  readonly index: number;
  readonly #final: CodeBuilder;
  readonly #types: ValueType[] = [];
  readonly #pads = new Map<string, Pad>();
  readonly #dataHomes: number[] = [];
  readonly #returnHomes: number[] = [];
  readonly #prepaidEnds: number[] = [];
  readonly #scratch = new Map<string, number>();
  readonly #sites: Site[];
  readonly inputs: number;
  readonly gives: number;
  state: StackState = { data: [], returns: [], checked: new Map() };
  /** Greatest numbers of entries seen, for the checks at entry. */
  mostData = 0;
  mostReturns = 0;
  mostHeld = 0;
  mostInlined = 0;
  usesSpan = false;
  /** ERG taken ahead of its block at this place: given back when compiled code is left here. */
  ahead = 0;

  constructor(module: ModuleBuilder, shape: { readonly inputs: number; readonly gives: number; readonly returns: readonly ReturnItem["kind"][] }, sites: Site[]) {
    const cells = shape.returns.filter((kind) => kind !== "locals" && kind !== "call").length;
    const params: ValueType[] = [I32, I32, ...Array.from({ length: shape.inputs + cells }, () => I64 as ValueType)];
    const { index, code } = module.function(params, [I32, ...Array.from({ length: shape.gives }, () => I64 as ValueType)]);
    this.index = index;
    this.#final = code;
    this.body = code.part();
    this.#types.push(...params);
    this.#sites = sites;
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
    return this.#types.length;
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

  /** Takes a loop off the return stack: what was paid for rounds that will not be is given back. */
  unloop(): void {
    this.repay(this.state.returns.at(-1));
    this.popReturn("loop");
    this.popReturn("loop");
  }

  /** Gives back what was paid for later rounds of a loop that is being left, if that is its index. */
  repay(entry: ReturnItem | undefined): void {
    if (entry?.kind !== "loop" || entry.prepaid === undefined) return;
    const { end, erg } = entry.prepaid;
    this.body.get(ERG_LOCAL).get(end);
    this.cell(entry.item);
    this.body.op(OP.i64Sub).op(OP.i32WrapI64).i32(1).op(OP.i32Sub).i32(erg).op(OP.i32Mul).op(OP.i32Add).set(ERG_LOCAL);
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

  // --- leaving -------------------------------------------------------------------------------

  /** Leaves compiled code before the instruction at `ip` if `condition` is not zero: it has an operand that is not easy. */
  guard(ip: number, condition: () => void): void {
    this.#leaveIf(this.#site(ip, 0, "operand"), condition);
  }

  /** Leaves before the instruction at `ip` if `condition` is not zero: ERG is short. `refund` is to be given back. */
  guardErg(ip: number, refund: number, condition: () => void): void {
    this.#leaveIf(this.#site(ip, refund, "erg"), condition);
  }

  #leaveIf({ site, pad }: { readonly site: number; readonly pad: Pad }, condition: () => void): void {
    this.body.i32(site);
    condition();
    this.body.unlikely().brIf(pad.label).op(OP.drop);
  }

  /** Leaves compiled code before the instruction at `ip`, always. */
  bail(ip: number): void {
    const { site, pad } = this.#site(ip, 0, "operand");
    this.body.i32(site).br(pad.label);
  }

  /** After a call: leaves when the called word left. The interpreter returns from it to `returnTo`. */
  guardCall(returnTo: number): void {
    this.#guardCall(this.#site(returnTo, 0, "call", () => [{ kind: FRAME.call, returnTo }]));
  }

  /** After a call below a handler: thrown out of, or done, the interpreter goes on at `returnTo`. The called word took `takes` entries; local `at` holds what `>in` was before. */
  guardCatch(returnTo: number, { takes, at }: { readonly takes: number; readonly at: number }): void {
    this.mostReturns = Math.max(this.mostReturns, this.state.returns.length + HANDLER_SIZE + 1);
    const above = (source: (item: Item) => RecordSource): readonly ReturnSource[] => [
      { kind: FRAME.handler, handler: { returnTo, takes, in: source({ kind: "cell", local: at }) } }, { kind: FRAME.call, returnTo: CATCH_END_AT },
    ];
    this.#guardCall(this.#site(returnTo, 0, "call", above));
  }

  #guardCall({ site, pad }: { readonly site: number; readonly pad: Pad }): void {
    this.body.i32(site).get(ERG_LOCAL).i32(0).op(OP.i32LtS).unlikely().brIf(pad.label).op(OP.drop);
  }

  /** `above` is what lies on the return stack above the entries known here. */
  #site(ip: number, refund: number, reason: Site["reason"], above: (source: (item: Item) => RecordSource) => readonly ReturnSource[] = () => []): { readonly site: number; readonly pad: Pad } {
    const locals: number[] = [];
    const source = (item: Item): RecordSource => {
      if (item.kind === "const") return { kind: "const", value: item.value };
      let index = locals.indexOf(item.local);
      if (index < 0) index = locals.push(item.local) - 1;
      return { kind: item.kind, index };
    };
    const data = this.state.data.map(source);
    const returns = this.state.returns.map((each): ReturnSource => {
      if (holds(each)) return { kind: each.kind === "loop" ? FRAME.loop : TAG.cell, source: source(each.item) };
      return each.kind === "call" ? { kind: FRAME.call, returnTo: each.returnTo } : { kind: FRAME.locals, count: each.count };
    });
    returns.push(...above(source));
    const prepaid = this.state.returns.flatMap((each) =>
      each.kind === "loop" && each.prepaid !== undefined ? [{ erg: each.prepaid.erg, index: source(each.item), end: source({ kind: "cell", local: each.prepaid.end }) }] : [],
    );
    const pad = this.#pad(locals, reason !== "call");
    return { site: this.#sites.push({ ip, refund: refund + this.ahead, prepaid, reason, data, returns, cells: locals.length }) - 1, pad };
  }

  #set(local: number): void {
    this.body.set(local);
    this.state.checked.delete(local);
  }

  #pad(locals: readonly number[], writesErg: boolean): Pad {
    const key = `${writesErg ? "erg" : "call"} ${locals.join()}`;
    let pad = this.#pads.get(key);
    if (pad === undefined) this.#pads.set(key, (pad = { label: { level: 1 - this.#pads.size }, locals, writesErg }));
    return pad;
  }

  /**
   * Puts the function together: the check at entry, the body, and the pads around both, each the end of
   * a block that a site branches out of with its number. `before` writes the check.
   */
  finish(before: (code: CodeBuilder) => void, writePad: (code: CodeBuilder, pad: { readonly locals: readonly number[]; readonly types: readonly ValueType[]; readonly writesErg: boolean }) => void): void {
    const pads = [...this.#pads.values()];
    const labels = pads.map(() => this.#final.block([I32])).toReversed();
    const entry = this.#final.part();
    before(entry);
    this.#final.splice(entry).splice(this.body);
    this.#final.op(OP.unreachable);
    for (const [index, pad] of pads.entries()) {
      this.#final.end(labels[index] as Label);
      writePad(this.#final, { ...pad, types: pad.locals.map((local) => this.#types[local] as ValueType) });
    }
    this.#final.op(OP.unreachable);
  }

  /** A site for the check at entry, made before the body so that its pad is known. */
  entrySite(ip: number): { readonly site: number; readonly label: Label } {
    const { site, pad } = this.#site(ip, 0, "erg");
    return { site, label: pad.label };
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
    if (this.#types.length >= LOCAL_LIMIT) throw new Refused("locals");
    this.#types.push(type);
    const local = this.#final.local(type);
    assert(local === this.#types.length - 1, "locals are numbered in one place");
    return local;
  }
}

export function copyState({ data, returns, checked }: StackState): StackState {
  return { data: [...data], returns: [...returns], checked: new Map(checked) };
}

/** Locals that follow their frame. */
function countLocals(kinds: readonly ReturnItem["kind"][], frame: number): number {
  let end = frame + 1;
  while (kinds[end] === "local") end += 1;
  return end - frame - 1;
}
