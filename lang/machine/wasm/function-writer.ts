import { TAG } from "../../value.ts";
import { HANDLER_SIZE } from "../catch-frames.ts";
import { FRAME } from "../layout.ts";
import { CATCH_END_AT } from "../mode.ts";
import { I32, OP, type CodeBuilder, type Label, type ValueType } from "./encoder.ts";
import type { Item, ReturnItem } from "./items.ts";
import type { ModuleBuilder } from "./module-builder.ts";
import type { RecordSource, ReturnSource, Site } from "./sites.ts";
import { ERG_LOCAL, holds, StackWriter, type FunctionShape } from "./stack-writer.ts";

interface Pad {
  readonly label: Label;
  readonly locals: readonly number[];
  readonly writesErg: boolean;
}

/**
 * Writes one function. Where compiled code may have to leave, a site notes how both stacks are to be rebuilt,
 * and a pad at the end of the function stores the locals that this needs.
 */
export class FunctionWriter extends StackWriter {
  readonly #pads = new Map<string, Pad>();
  readonly #sites: Site[];
  /** ERG taken ahead of its block at this place: given back when compiled code is left here. */
  ahead = 0;

  constructor(module: ModuleBuilder, shape: FunctionShape, sites: Site[]) {
    super(module, shape);
    this.#sites = sites;
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
    const labels = pads.map(() => this.final.block([I32])).toReversed();
    const entry = this.final.part();
    before(entry);
    this.final.splice(entry).splice(this.body);
    this.final.op(OP.unreachable);
    for (const [index, pad] of pads.entries()) {
      this.final.end(labels[index] as Label);
      writePad(this.final, { ...pad, types: pad.locals.map((local) => this.types[local] as ValueType) });
    }
    this.final.op(OP.unreachable);
  }

  /** A site for the check at entry, made before the body so that its pad is known. */
  entrySite(ip: number): { readonly site: number; readonly label: Label } {
    const { site, pad } = this.#site(ip, 0, "erg");
    return { site, label: pad.label };
  }
}
