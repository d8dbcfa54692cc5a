import { test } from "uvu";
import * as assert from "uvu/assert";
import { shapeOf } from "../../../lang/machine/wasm/flow-graph.ts";

test("a diamond joins once and has no loop", () => {
  const shape = shapeOf([[1, 2], [3], [3], []]);
  assert.equal([...(shape?.joined ?? [])], [0, 0, 0, 1]);
  assert.equal([...(shape?.loopHead ?? [])], [0, 0, 0, 0]);
  assert.equal([...(shape?.children[0] ?? [])].sort(), [1, 2, 3]);
});

test("a loop inside a loop has two heads, each dominating what leads back to it", () => {
  const shape = shapeOf([[1], [2], [2, 3], [1, 4], []]);
  assert.equal([...(shape?.loopHead ?? [])], [0, 1, 1, 0, 0]);
  assert.equal([...(shape?.joined ?? [])], [0, 0, 0, 1, 1], "what follows a loop stands behind it");
});

test("a loop with two entries is refused", () => {
  assert.is(shapeOf([[1, 2], [2], [1]]), undefined);
});

test("nodes that cannot be reached take no part", () => {
  const shape = shapeOf([[2], [2], []]);
  assert.is(shape?.order[1], -1);
  assert.is(shape?.joined[2], 0);
});

test("children come in the order in which blocks must close: later nodes first", () => {
  const shape = shapeOf([[1, 2], [3], [3], [4, 5], [6], [6], []]);
  for (const children of shape?.children ?? []) {
    const positions = children.map((node) => shape?.order[node] ?? 0);
    assert.equal(positions, positions.toSorted((a, b) => b - a));
  }
});

test("a chain of a hundred thousand nodes is walked without recursion", () => {
  const successors = Array.from({ length: 100_000 }, (_, node) => (node + 1 < 100_000 ? [node + 1] : []));
  assert.is(shapeOf(successors)?.order[99_999], 99_999);
});

test.run();
