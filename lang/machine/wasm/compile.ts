import { DATA_CELLS, DATA_TAGS, RETURN_CELLS } from "../layout.ts";
import { Closure, type ClosureOptions, type EntryPoint, type PlannedFunction } from "./closure.ts";
import { ACCESS, I32, I64, OP } from "./encoder.ts";
import { FunctionCompiler } from "./function-compiler.ts";
import { FunctionWriter } from "./function-writer.ts";
import { Refused } from "./stack-writer.ts";
import { ModuleContext } from "./module-context.ts";
import { RECORDS, SCRATCH_END, SCRATCH_FAR, SCRATCH_SPAN } from "./registers.ts";
import type { Site } from "./sites.ts";
import type { Callee } from "./step-writer.ts";
import type { CodeSource } from "./blocks.ts";

/** A module that runs one entry point, and how to rebuild the interpreter's stacks when it leaves. */
export interface CompiledCode {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly sites: readonly Site[];
  readonly entry: EntryPoint;
  readonly takes: number;
  readonly gives: number;
  /** Data space must reach this far. */
  readonly needEnd: number;
  /** Highest address of code that it was made from. */
  readonly codeTop: number;
  /** Constants that it was made from, by slot. */
  readonly constants: ReadonlyMap<number, bigint>;
}

/** Largest module that an engine is given. */
const MOST_BYTES = 256 << 10;

/** Words tried again without one that could not be written. */
const ATTEMPTS = 8;

/** Compiles an entry point and all it calls; undefined when the interpreter must keep it. */
export function compileEntry(entry: EntryPoint, options: ClosureOptions): CompiledCode | undefined {
  const constants = new Map<number, bigint>();
  const noting = { ...options, source: noteConstants(options.source, constants) };
  const refused = new Set<number>();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const closure = new Closure(entry, noting, refused);
    const plan = closure.plan();
    if (plan === undefined) return undefined;
    const outcome = writeModule(plan, { closure, entry, dataEnd: options.source.dataEnd });
    if (typeof outcome !== "number") return outcome.bytes.length <= MOST_BYTES ? { ...outcome, constants } : undefined;
    if (outcome === entry.start) return undefined;
    refused.add(outcome);
  }
  return undefined;
}

/** The same source, which notes what it says of constants. */
function noteConstants(source: CodeSource, noted: Map<number, bigint>): CodeSource {
  return {
    code: source.code,
    codeEnd: source.codeEnd,
    dataEnd: source.dataEnd,
    entry: (xt) => source.entry(xt),
    deferred: (slot) => source.deferred(slot),
    stringLength: (literal) => source.stringLength(literal),
    constant: (slot) => {
      const value = source.constant(slot);
      if (value !== undefined) noted.set(slot, value);
      return value;
    },
  };
}

/** The module, or the word that could not be written. */
function writeModule(plan: readonly PlannedFunction[], { closure, entry, dataEnd }: { readonly closure: Closure; readonly entry: EntryPoint; readonly dataEnd: number }): Omit<CompiledCode, "constants"> | number {
  const context = new ModuleContext(dataEnd);
  const sites: Site[] = [];
  const functions = new Map<number, { readonly writer: FunctionWriter; readonly callee: Callee | undefined }>();
  for (const one of plan) {
    const { effect } = one;
    const takes = "takes" in effect ? effect.takes : 0;
    const gives = effect.kind === "static" ? effect.gives : 0;
    const returns = one.start === entry.start ? entry.returns : [];
    try {
      const writer = new FunctionWriter(context.module, { inputs: takes, gives, returns }, sites);
      functions.set(one.start, { writer, callee: effect.kind === "static" && returns.length === 0 ? { index: writer.index, effect } : undefined });
    } catch (error) {
      if (error instanceof Refused) return one.start;
      throw error;
    }
  }
  const callee = (code: number): Callee | undefined => functions.get(code)?.callee;
  for (const one of plan) {
    const { writer } = functions.get(one.start) as { writer: FunctionWriter };
    try {
      new FunctionCompiler(writer, context, {
        blocks: one.blocks, shape: one.shape, charges: one.charges, entry: one.start, callee,
      }).compile();
    } catch (error) {
      if (error instanceof Refused) return one.start;
      throw error;
    }
  }
  const { writer } = functions.get(entry.start) as { writer: FunctionWriter };
  writeRun(context, writer, entry);
  return { bytes: context.module.finish(), sites, entry, takes: writer.inputs, gives: writer.gives, needEnd: context.needEnd, codeTop: closure.codeTop };
}

/**
 * The function the tier calls: ( data returns room erg -- erg ), the first two being indices of the lowest
 * entry it takes. Takes inputs from the stacks in memory, leaves results there; -1 when code was left.
 */
function writeRun(context: ModuleContext, writer: FunctionWriter, entry: EntryPoint): void {
  const { index, code } = context.module.function([I32, I32, I32, I32], [I32]);
  const data = code.local(I32);
  const returns = code.local(I32);
  const erg = code.local(I32);
  const results = Array.from({ length: writer.gives }, () => code.local(I64));
  code.i32(SCRATCH_SPAN).access(ACCESS.i32Load).op(OP.i64ExtendI32U).globalSet(context.span);
  code.i32(SCRATCH_FAR).access(ACCESS.i32Load).op(OP.i64ExtendI32U).globalSet(context.farRoom);
  code.i32(RECORDS).globalSet(context.record);
  code.get(0).i32(3).op(OP.i32Shl).set(data).get(1).i32(3).op(OP.i32Shl).set(returns);
  code.get(3).get(2);
  for (let i = 0; i < writer.inputs; i += 1) code.get(data).access(ACCESS.i64Load, DATA_CELLS + i * 8);
  for (const [i, kind] of entry.returns.entries()) if (kind !== "locals") code.get(returns).access(ACCESS.i64Load, RETURN_CELLS + i * 8);
  code.call(writer.index);
  for (const local of results.toReversed()) code.set(local);
  code.tee(erg).i32(0).op(OP.i32LtS);
  const left = code.if();
  code.i32(SCRATCH_END).globalGet(context.record).access(ACCESS.i32Store).i32(-1).op(OP.return).end(left);
  for (const [i, local] of results.entries()) {
    code.get(data).get(local).access(ACCESS.i64Store, DATA_CELLS + i * 8);
    code.get(0).i32(0).access(ACCESS.i32Store8, DATA_TAGS + i);
  }
  code.get(erg);
  context.module.exportFunction("run", index);
}
