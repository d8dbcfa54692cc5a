/**
 * Forth's control flow is a graph of explicit branches; WebAssembly only has nested blocks and loops.
 * This file finds for a graph what the nesting needs: an order of the nodes, the dominator tree, which
 * nodes are heads of loops and which are joined from several places. A graph with a loop that can be
 * entered in the middle cannot be nested without copying code and is refused.
 * Further reading: Norman Ramsey, "Beyond Relooper", ICFP 2022; Cooper, Harvey, Kennedy, "A Simple, Fast
 * Dominance Algorithm", 2001.
 */

/** The shape of a flow graph whose node 0 is the entry. Nodes are numbers; unreachable ones have order -1. */
export interface FlowShape {
  /** Position of each node in reverse postorder; -1 when it cannot be reached. */
  readonly order: Int32Array;
  /** The nearest other node that every path from the entry to a node passes; the entry's is itself. */
  readonly dominator: Int32Array;
  /** Children of each node in the dominator tree, later ones in order first. */
  readonly children: readonly (readonly number[])[];
  /** Whether a branch from inside leads back to the node. */
  readonly loopHead: Uint8Array;
  /** Whether two or more branches lead forward to the node, or one out of a loop: it stands behind a block of its own. */
  readonly joined: Uint8Array;
  /** Head of the innermost loop that a node is in, -1 outside of loops. */
  readonly loopOf: Int32Array;
}

/** The shape of a graph, or undefined when a loop has two entries. `successors[n]` lists where node n leads. */
export function shapeOf(successors: readonly (readonly number[])[]): FlowShape | undefined {
  const postorder = walkPostorder(successors);
  const order = new Int32Array(successors.length).fill(-1);
  const sequence = postorder.toReversed();
  for (const [position, node] of sequence.entries()) order[node] = position;
  const predecessors = reverse(successors, order);
  const dominator = dominators(sequence, order, predecessors);
  const loopHead = new Uint8Array(successors.length);
  const joined = new Uint8Array(successors.length);
  for (const node of sequence) {
    let forward = 0;
    for (const from of predecessors[node] as number[]) {
      if (at(order, from) < at(order, node)) forward += 1;
      else if (!dominates(node, from, dominator, order)) return undefined;
      else loopHead[node] = 1;
    }
    if (forward > 1) joined[node] = 1;
  }
  const { loopOf, bodies } = innermostLoops(order, predecessors);
  for (const node of sequence) {
    const before = loopOf[at(dominator, node)] as number;
    if (before >= 0 && bodies.get(before)?.has(node) !== true) joined[node] = 1; // else all that follows a loop would be nested in it
  }
  return { order, dominator, children: treeOf(sequence, dominator), loopHead, joined, loopOf };
}

/** Depth first, each node after what it leads to. Not recursive: definitions may be long. */
/** For each node the nearest other one that every path from it to an end passes; -1 where there is none. `ends` are where paths end. */
export function postDominators(successors: readonly (readonly number[])[], ends: readonly number[]): Int32Array {
  const backward: number[][] = [ends.map((node) => node + 1), ...successors.map(() => [])];
  for (const [from, targets] of successors.entries()) for (const target of targets) (backward[target + 1] as number[]).push(from + 1);
  const sequence = walkPostorder(backward).toReversed();
  const order = new Int32Array(backward.length).fill(-1);
  for (const [position, node] of sequence.entries()) order[node] = position;
  const found = dominators(sequence, order, reverse(backward, order));
  return found.subarray(1).map((node) => node - 1); // the common end, node 0, becomes -1
}

function walkPostorder(successors: readonly (readonly number[])[]): number[] {
  const done: number[] = [];
  const seen = new Uint8Array(successors.length);
  const path: { node: number; next: number }[] = [{ node: 0, next: 0 }];
  seen[0] = 1;
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const target = successors[top.node]?.[top.next];
    if (target === undefined) {
      done.push(top.node);
      path.pop();
      continue;
    }
    top.next += 1;
    if (seen[target] === 1) continue;
    seen[target] = 1;
    path.push({ node: target, next: 0 });
  }
  return done;
}

function reverse(successors: readonly (readonly number[])[], order: Int32Array): number[][] {
  const predecessors: number[][] = successors.map(() => []);
  for (const [from, targets] of successors.entries()) {
    if (at(order, from) < 0) continue;
    for (const target of targets) (predecessors[target] as number[]).push(from);
  }
  return predecessors;
}

/** Immediate dominator of each node; the entry is its own. */
function dominators(sequence: readonly number[], order: Int32Array, predecessors: readonly (readonly number[])[]): Int32Array {
  const dominator = new Int32Array(order.length).fill(-1);
  dominator[0] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of sequence) {
      if (node === 0) continue;
      let best = -1;
      for (const from of predecessors[node] as readonly number[]) {
        if (at(dominator, from) < 0) continue;
        best = best < 0 ? from : common(best, from, dominator, order);
      }
      if (dominator[node] === best) continue;
      dominator[node] = best;
      changed = true;
    }
  }
  return dominator;
}

function common(a: number, b: number, dominator: Int32Array, order: Int32Array): number {
  let [left, right] = [a, b];
  while (left !== right) {
    while (at(order, left) > at(order, right)) left = at(dominator, left);
    while (at(order, right) > at(order, left)) right = at(dominator, right);
  }
  return left;
}

function dominates(head: number, node: number, dominator: Int32Array, order: Int32Array): boolean {
  let each = node;
  while (at(order, each) > at(order, head)) each = at(dominator, each);
  return each === head;
}

/** Each loop is what leads back to its head; the smallest that holds a node is its innermost. */
function innermostLoops(order: Int32Array, predecessors: readonly (readonly number[])[]): { readonly loopOf: Int32Array; readonly bodies: ReadonlyMap<number, ReadonlySet<number>> } {
  const bodies = new Map<number, ReadonlySet<number>>();
  const loopOf = new Int32Array(order.length).fill(-1);
  const sizes = new Float64Array(order.length);
  for (const [head, sources] of predecessors.entries()) {
    const work = sources.filter((from) => at(order, from) >= at(order, head));
    if (work.length === 0) continue;
    const body = new Set([head]);
    for (let node = work.pop(); node !== undefined; node = work.pop()) {
      if (body.has(node)) continue;
      body.add(node);
      work.push(...(predecessors[node] as readonly number[]));
    }
    bodies.set(head, body);
    for (const node of body) {
      if (at(loopOf, node) >= 0 && (sizes[node] as number) <= body.size) continue;
      loopOf[node] = head;
      sizes[node] = body.size;
    }
  }
  return { loopOf, bodies };
}

function treeOf(sequence: readonly number[], dominator: Int32Array): number[][] {
  const children: number[][] = Array.from(dominator, () => []);
  for (const node of sequence.toReversed()) if (node !== 0) (children[at(dominator, node)] as number[]).push(node);
  return children;
}

function at(list: Int32Array, index: number): number {
  return list[index] as number;
}
