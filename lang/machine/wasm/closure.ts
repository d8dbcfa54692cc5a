import { planCharges, type ChargePlan } from "./charge-plan.ts";
import { shapeOf, type FlowShape } from "./flow-graph.ts";
import type { ReturnItem } from "./items.ts";
import { effectOfGraph, NO_EFFECT, UNKNOWN, type Effect } from "./stack-analysis.ts";
import type { Block, CallChoice, CodeSource, ExecuteTarget, Frame } from "./blocks.ts";
import { buildGraph } from "./word-graph.ts";

/** Where compiled code is to begin: at a word, or at a loop within one, with what then lies on the return stack. */
export interface EntryPoint {
  readonly start: number;
  readonly returns: readonly ReturnItem["kind"][];
}

export interface ClosureOptions {
  readonly source: CodeSource;
  /** Tokens seen at an EXECUTE. */
  readonly targets: (ip: number) => readonly ExecuteTarget[];
  /** Told how many steps were looked at, whatever comes of it: what compiling costs. */
  readonly spent?: (steps: number) => void;
}

/** A function to be written: its graph with short words copied in. */
export interface PlannedFunction {
  readonly start: number;
  readonly blocks: readonly Block[];
  readonly shape: FlowShape;
  readonly charges: ChargePlan;
  readonly effect: Effect;
}

/**
 * Bounds of one closure, and so of the time it takes: about 10 µs for each step. They count what is there, so that the same
 * program is always compiled alike; they decide what is compiled, never what a program answers.
 */
const LIMITS = { words: 250, steps: 4_000, wordSteps: 3_000, inlineSteps: 40, inlineDepth: 5, inlineSelf: 2, grownSteps: 1_500, grownInAll: 3_000 } as const;

/**
 * All that one piece of compiled code consists of: a word, the words it calls, and theirs. Finds which of
 * them have a fixed stack effect and a structured graph; calls of the others are left to the interpreter.
 */
export class Closure {
  readonly #options: ClosureOptions;
  readonly #entry: EntryPoint;
  readonly #refused: ReadonlySet<number>;
  readonly #graphs = new Map<number, readonly Block[]>();
  readonly #effects = new Map<number, Effect>();
  readonly #sizes = new Map<number, number>();
  readonly #targets = new Map<number, readonly ExecuteTarget[]>();
  /** Steps that copies of words have added to all functions. */
  #grown = 0;
  /** Highest address of code that was looked at. */
  codeTop = 0;

  /** `refused` are words, by their code, that could not be compiled before. */
  constructor(entry: EntryPoint, options: ClosureOptions, refused: ReadonlySet<number>) {
    this.#entry = entry;
    this.#options = options;
    this.#refused = refused;
  }

  /** The functions, that of the entry first; undefined when the entry itself cannot be compiled. */
  plan(): readonly PlannedFunction[] | undefined {
    if (!this.#collect()) return undefined;
    this.#findEffects();
    const planned = new Map<number, PlannedFunction>();
    const work = [this.#entry.start];
    for (let start = work.pop(); start !== undefined; start = work.pop()) {
      if (planned.has(start)) continue;
      const one = this.#planOne(start);
      if (one === undefined) {
        if (start === this.#entry.start) return undefined;
        this.#effects.set(start, NO_EFFECT);
        return this.#again(start);
      }
      planned.set(start, one);
      for (const block of one.blocks) for (const step of block.steps) work.push(...this.#calledBy(step));
    }
    return [...planned.values()];
  }

  effectOf(code: number): Effect {
    return this.#effects.get(code) ?? NO_EFFECT;
  }

  #again(start: number): readonly PlannedFunction[] | undefined {
    return new Closure(this.#entry, this.#options, new Set([...this.#refused, start])).#planInto(this);
  }

  #planInto(outer: Closure): readonly PlannedFunction[] | undefined {
    const planned = this.plan();
    outer.codeTop = Math.max(outer.codeTop, this.codeTop);
    outer.#effects.clear();
    for (const [code, effect] of this.#effects) outer.#effects.set(code, effect);
    return planned;
  }

  #calledBy(step: Block["steps"][number]): number[] {
    return step.kind === "call" ? [step.code] : [];
  }

  /** Graphs of all words that can be reached, nothing copied in. */
  #collect(): boolean {
    const work = [this.#entry.start];
    let steps = 0;
    for (let start = work.pop(); start !== undefined; start = work.pop()) {
      if (this.#graphs.has(start) || this.#refused.has(start)) continue;
      const called = new Set<number>();
      const blocks = this.#graph(start, (code) => (called.add(code), "call"));
      const size = blocks?.reduce((sum, block) => sum + block.steps.length, 0) ?? 0;
      steps += size;
      if (blocks === undefined || steps > LIMITS.steps || this.#graphs.size >= LIMITS.words) {
        if (start === this.#entry.start) return false;
        continue; // it stays without effect: the interpreter runs it
      }
      this.#graphs.set(start, blocks);
      this.#sizes.set(start, size);
      work.push(...called);
    }
    return true;
  }

  #graph(start: number, choose: (code: number, caller: Frame) => CallChoice): readonly Block[] | undefined {
    const { source } = this.#options;
    const blocks = buildGraph(start, { code: start, depth: 0 }, { source, choose, targets: (ip) => this.#targetsAt(ip), stepLimit: LIMITS.wordSteps });
    this.#options.spent?.(blocks?.reduce((sum, block) => sum + block.steps.length, 0) ?? LIMITS.wordSteps);
    for (const block of blocks ?? []) this.codeTop = Math.max(this.codeTop, block.end.ip, ...block.steps.map((step) => step.ip));
    return blocks;
  }

  /** The same answer as long as this closure lives, whatever is learned meanwhile. */
  #targetsAt(ip: number): readonly ExecuteTarget[] {
    let targets = this.#targets.get(ip);
    if (targets === undefined) this.#targets.set(ip, (targets = [...this.#options.targets(ip)]));
    return targets;
  }

  /** Words that call each other: from "not yet known" on, until nothing changes. */
  #findEffects(): void {
    for (const code of this.#graphs.keys()) this.#effects.set(code, UNKNOWN);
    const rounds = 2 * this.#graphs.size + 8;
    for (let round = 0, changed = true; changed; round += 1) {
      changed = false;
      for (const [code, blocks] of [...this.#graphs].toReversed()) {
        const before = this.effectOf(code);
        if (before.kind === "none") continue;
        const found = round >= rounds ? NO_EFFECT : effectOfGraph(blocks, (called) => this.effectOf(called));
        if (sameEffect(found, before)) continue;
        this.#effects.set(code, found);
        changed = true;
      }
    }
  }

  #planOne(start: number): PlannedFunction | undefined {
    let budget: number = LIMITS.grownSteps;
    const choose = (code: number, caller: Frame): CallChoice => {
      if (this.effectOf(code).kind !== "static") return "bail";
      const size = this.#sizes.get(code) ?? Infinity;
      if (size > LIMITS.inlineSteps || size > budget || this.#grown + size > LIMITS.grownInAll || caller.depth >= LIMITS.inlineDepth || copiesOf(code, caller) > LIMITS.inlineSelf) return "call";
      budget -= size;
      this.#grown += size;
      return "inline";
    };
    const blocks = this.#graph(start, choose);
    if (blocks === undefined) return undefined;
    const successors = blocks.map(successorsOf);
    const shape = shapeOf(successors);
    const effect = effectOfGraph(blocks, (code) => this.effectOf(code));
    if (shape === undefined || effect.kind === "none" || effect.kind === "unknown") return undefined;
    return { start, blocks, shape, charges: planCharges(blocks, successors, shape), effect };
  }
}

/** How often a word is being copied already on the way to a place in it. */
function copiesOf(code: number, frame: Frame): number {
  let copies = 0;
  for (let each: Frame | undefined = frame; each !== undefined; each = each.caller?.frame) if (each.code === code) copies += 1;
  return copies;
}

function successorsOf(block: Block): readonly number[] {
  const { end } = block;
  if (end.kind === "return" || end.kind === "bail") return [];
  if (end.kind === "execute") return end.cases.map((each) => each.to);
  return end.kind === "jump" ? [end.next] : [end.next, end.other];
}

function sameEffect(a: Effect, b: Effect): boolean {
  if (a.kind === "static" && b.kind === "static") return a.takes === b.takes && a.gives === b.gives;
  if (a.kind === "endless" && b.kind === "endless") return a.takes === b.takes;
  return a.kind === b.kind;
}
