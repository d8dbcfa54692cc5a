import { operationOf } from "./operations.ts";
import type { Block, Step } from "./blocks.ts";

/**
 * How a word changes the data stack, whatever path it takes: it needs `takes` entries and leaves `gives`
 * in their place. `endless` words never return to compiled code; `unknown` is not yet known, while words
 * that call each other are being looked at; `none` differs from path to path.
 */
export type Effect =
  | { readonly kind: "static"; readonly takes: number; readonly gives: number }
  | { readonly kind: "endless"; readonly takes: number }
  | { readonly kind: "unknown" }
  | { readonly kind: "none" };

export const UNKNOWN: Effect = { kind: "unknown" };
export const NO_EFFECT: Effect = { kind: "none" };

/** Effects of called words, by where their code begins. */
export type EffectOf = (code: number) => Effect;

/** Most entries a word may take or leave: they are parameters and results of a function. */
const MOST = 24;

/** Least and final height, from the height before. */
interface Move {
  readonly needs: number;
  readonly net: number;
}

/** What stops a path: it goes no further in compiled code, or not by the same effect each time. */
type Stop = "ends" | "none";

/** The effect of the word whose blocks these are, given the effects of the words it calls. */
export function effectOfGraph(blocks: readonly Block[], effectOf: EffectOf): Effect {
  const heights = new Map<number, number>([[0, 0]]);
  const work = [0];
  let lowest = 0;
  let final: number | undefined;
  for (let number = work.pop(); number !== undefined; number = work.pop()) {
    const block = blocks[number] as Block;
    let height = heights.get(number) as number;
    let stop: Stop | undefined;
    for (const step of block.steps) {
      const move = effectOfStep(step, effectOf);
      if (typeof move === "string") {
        stop = move;
        break;
      }
      lowest = Math.min(lowest, height - move.needs);
      height += move.net;
    }
    if (stop === "none") return NO_EFFECT;
    if (stop === "ends") continue;
    for (const exit of exitsOf(block)) {
      lowest = Math.min(lowest, height - exit.needs);
      const after = height + exit.net;
      if (exit.to === undefined) {
        if (final !== undefined && final !== after) return NO_EFFECT;
        final = after;
        continue;
      }
      const known = heights.get(exit.to);
      if (known !== undefined && known !== after) return NO_EFFECT;
      if (known === undefined) work.push(exit.to);
      heights.set(exit.to, after);
    }
  }
  if (-lowest > MOST || (final ?? 0) - lowest > MOST) return NO_EFFECT;
  return final === undefined ? { kind: "endless", takes: -lowest } : { kind: "static", takes: -lowest, gives: final - lowest };
}

/** Height changes of one step, or what stops the path there. */
function effectOfStep(step: Step, effectOf: EffectOf): Move | Stop {
  switch (step.kind) {
    case "charge":
    case "enter":
    case "leave":
    case "unloop":
    case "dropLocals":
    case "deferCheck":
      return { needs: 0, net: 0 };
    case "literal":
    case "local":
      return { needs: 0, net: 1 };
    case "fromSlots":
      return { needs: 0, net: step.count };
    case "toSlot":
    case "toLocal":
      return { needs: 1, net: -1 };
    case "addField":
      return { needs: 1, net: 0 };
    case "do":
      return { needs: 2, net: -2 };
    case "pick":
      return { needs: step.depth + 1, net: 1 };
    case "roll":
      return { needs: step.depth + 1, net: 0 };
    case "locals":
      return { needs: step.initialised, net: -step.initialised };
    case "primitive": {
      const operation = operationOf(step.code);
      return operation === undefined ? "ends" : { needs: operation.takes, net: operation.gives - operation.takes };
    }
    case "call":
      return effectOfCall(effectOf(step.code));
    case "drop":
      return { needs: 1, net: -1 };
  }
}

function effectOfCall(effect: Effect): Move | Stop {
  if (effect.kind === "static") return { needs: effect.takes, net: effect.gives - effect.takes };
  return "ends"; // an endless word does not come back; one without effect is left to the interpreter
}

/** Where a block leads and how its end changes the height; `to` undefined is the word's own end. */
function exitsOf(block: Block): readonly { readonly to: number | undefined; readonly needs: number; readonly net: number }[] {
  const { end } = block;
  switch (end.kind) {
    case "jump":
      return [{ to: end.next, needs: 0, net: 0 }];
    case "branch0":
    case "plusLoop":
      return [end.next, end.other].map((to) => ({ to, needs: 1, net: -1 }));
    case "queryDup0":
      return [{ to: end.next, needs: 1, net: 0 }, { to: end.other, needs: 1, net: -1 }];
    case "queryDo":
      return [end.next, end.other].map((to) => ({ to, needs: 2, net: -2 }));
    case "loop":
      return [end.next, end.other].map((to) => ({ to, needs: 0, net: 0 }));
    case "of":
      return [{ to: end.next, needs: 2, net: -2 }, { to: end.other, needs: 2, net: -1 }];
    case "return":
      return [{ to: undefined, needs: 0, net: 0 }];
    case "execute":
      return end.cases.map(({ to }) => ({ to, needs: 1, net: 0 }));
    case "bail":
      return [];
  }
}
