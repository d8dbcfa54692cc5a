import type { FlowShape } from "./flow-graph.ts";
import { postDominators } from "./flow-graph.ts";
import type { Block, Step } from "./blocks.ts";

/** What is taken at a charge: its own ERG and that of later ones, or nothing because it was taken before. */
export interface Payment {
  readonly taken: number;
  /** ERG that was taken for what comes later, less what was taken before for this charge. */
  readonly ahead: number;
}

/** A loop whose rounds are paid for before they are run. */
export interface PrepaidLoop {
  /** Where a round begins with its charge. */
  readonly ip: number;
  /** What a round costs, other than what it charges on some ways only. */
  readonly erg: number;
}

export interface ChargePlan {
  readonly payments: ReadonlyMap<Step, Payment>;
  /** By the head of the loop: those that pay for many rounds at once, and those that pay for the head of each round before it. */
  readonly prepaid: ReadonlyMap<number, PrepaidLoop>;
  readonly paidBefore: ReadonlyMap<number, PrepaidLoop>;
}

/** So that rounds times price cannot overflow. */
const MOST_FOR_A_ROUND = 1 << 16;

/**
 * Every block of ERG must be charged, but not one by one: where one block is always followed by another,
 * both are charged at the first. ERG taken ahead is given back wherever compiled code is left, so that the
 * interpreter sees the sum it would have come to itself, and running short leads to leaving before the first.
 *
 * Two blocks belong together if the first is on every way to the second, the second on every way from the
 * first that does not leave compiled code, the next round of a loop not counted, and both are in the same
 * loops.
 */
export function planCharges(blocks: readonly Block[], successors: readonly (readonly number[])[], shape: FlowShape): ChargePlan {
  const isBack = (from: number, to: number): boolean => (shape.order[to] as number) <= (shape.order[from] as number);
  const leaves = (node: number): boolean => (blocks[node] as Block).end.kind === "bail" && shape.joined[node] !== 1;
  const leads = successors.map((targets, from) => targets.filter((to) => !leaves(to) && !isBack(from, to)));
  const ends = leads.flatMap((targets, node) => (targets.length === 0 || (successors[node] as readonly number[]).some((to) => isBack(node, to)) ? [node] : []));
  const after = postDominators(leads, ends);
  const leaders = blocks.map((_, node) => node);
  const byOrder = leaders.filter((node) => (shape.order[node] as number) >= 0).sort((a, b) => (shape.order[a] as number) - (shape.order[b] as number));
  for (const node of byOrder) {
    const before = shape.dominator[node] as number;
    if (before !== node && shape.loopOf[before] === shape.loopOf[node] && shape.loopHead[node] !== 1 && isAfter(node, before, after)) leaders[node] = leaders[before] as number;
  }
  const { paid, firsts } = payments(blocks, leaders, byOrder);
  const prepaid = prepaidLoops(blocks, successors, shape, paid);
  return { payments: paid, prepaid, paidBefore: paidBefore({ blocks, successors, shape, leaders }, paid, firsts) };
}

interface Planned {
  readonly blocks: readonly Block[];
  readonly successors: readonly (readonly number[])[];
  readonly shape: FlowShape;
  readonly leaders: readonly number[];
}

/**
 * A loop of which every round ends with a charge and a jump back pays there for the head of the next round as well, and once
 * before the first: `begin … while … repeat` charges once in a round.
 */
function paidBefore({ blocks, successors, shape, leaders }: Planned, paid: Map<Step, Payment>, firsts: ReadonlyMap<number, Step>): Map<number, PrepaidLoop> {
  const loops = new Map<number, PrepaidLoop>();
  for (const [head, { steps }] of blocks.entries()) {
    const first = steps[0];
    const { taken = 0, ahead = 0 } = (first && paid.get(first)) ?? {};
    if (shape.loopHead[head] !== 1 || first?.kind !== "charge" || taken === 0) continue;
    const back = backTo(head, successors, shape);
    const last = back.map((node) => (shape.loopOf[node] === head && leaders[node] !== head && blocks[node]?.end.kind === "jump" ? firsts.get(leaders[node] as number) : undefined));
    if (last.includes(undefined)) continue;
    for (const step of new Set(last as Step[])) {
      const own = paid.get(step) as Payment;
      paid.set(step, { taken: own.taken + taken, ahead: own.ahead + taken });
    }
    paid.set(first, { taken: 0, ahead: ahead - taken });
    loops.set(head, { ip: first.ip, erg: taken });
  }
  return loops;
}

/** The nodes that lead back to the head of a loop. */
function backTo(head: number, successors: readonly (readonly number[])[], shape: FlowShape): number[] {
  return successors.flatMap((targets, node) => (targets.includes(head) && (shape.order[node] as number) >= (shape.order[head] as number) ? [node] : []));
}

/**
 * Loops counted in steps of one pay at their beginning for as many rounds as ERG allows, and charge nothing while they go round.
 * They have one way back, and a round begins with its charge, which moves out of the loop.
 */
function prepaidLoops(blocks: readonly Block[], successors: readonly (readonly number[])[], shape: FlowShape, paid: Map<Step, Payment>): Map<number, PrepaidLoop> {
  const loops = new Map<number, PrepaidLoop>();
  for (const [head, { steps }] of blocks.entries()) {
    const first = steps[0];
    if (shape.loopHead[head] !== 1 || first?.kind !== "charge") continue;
    const back = backTo(head, successors, shape);
    const end = blocks[back[0] as number]?.end;
    const { taken = 0, ahead = 0 } = paid.get(first) ?? {};
    if (back.length !== 1 || end?.kind !== "loop" || end.other !== head || taken < 1 || taken > MOST_FOR_A_ROUND) continue;
    loops.set(head, { ip: first.ip, erg: taken });
    paid.set(first, { taken: 0, ahead });
  }
  return loops;
}

/** Whether every path from `from` to an end passes `node`. */
function isAfter(node: number, from: number, after: Int32Array): boolean {
  for (let each = after[from] as number; each >= 0; each = after[each] as number) if (each === node) return true;
  return false;
}

/** Moves each charge to the first one of the first block that its block belongs to; `firsts` by that block. */
function payments(blocks: readonly Block[], leaders: readonly number[], byOrder: readonly number[]): { readonly paid: Map<Step, Payment>; readonly firsts: ReadonlyMap<number, Step> } {
  const paid = new Map<Step, Payment>();
  const firsts = new Map<number, Step>();
  for (const node of byOrder) {
    const leader = leaders[node] as number;
    for (const step of (blocks[node] as Block).steps) {
      if (step.kind !== "charge") continue;
      const first = firsts.get(leader);
      if (first === undefined) {
        firsts.set(leader, step);
        paid.set(step, { taken: step.erg, ahead: 0 });
        continue;
      }
      const sum = paid.get(first) as Payment;
      paid.set(first, { taken: sum.taken + step.erg, ahead: sum.ahead + step.erg });
      paid.set(step, { taken: 0, ahead: -step.erg });
    }
  }
  return { paid, firsts };
}
