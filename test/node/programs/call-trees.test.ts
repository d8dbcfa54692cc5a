import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { perspective } from "../../../node/state/realm-root.ts";
import { seeded } from "../seeded.ts";
import { ProgramWorld } from "./program-world.ts";

/**
 * Random trees of calls against a model that knows nothing of machines: balances, kept values and which calls fail.
 * Each node of a tree is a program of its own, so none is re-entered by accident; some throw, some catch what throws.
 */

const COIN = 10n ** 18n;
const OWNERS = [0xa1, 0xb0, 0xca].map((byte) => new Uint8Array(20).fill(byte));

interface CallNode {
  readonly name: string;
  readonly owner: number;
  readonly steps: readonly Step[];
}
type Step =
  | { readonly kind: "keep"; readonly key: number; readonly value: number }
  | { readonly kind: "forget"; readonly key: number }
  | { readonly kind: "pay"; readonly to: number; readonly coins: number }
  | { readonly kind: "call"; readonly node: CallNode; readonly coins: number; readonly caught: boolean }
  | { readonly kind: "throw"; readonly number: number };

function randomTree(random: (below: number) => number, depth: number, names: { next: number }): CallNode {
  const name = `p${names.next++}`;
  const steps = Array.from({ length: 1 + random(4) }, (): Step => {
    const choice = random(depth > 0 ? 10 : 6);
    if (choice < 2) return { kind: "keep", key: random(3), value: random(100) };
    if (choice === 2) return { kind: "forget", key: random(3) };
    if (choice < 5) return { kind: "pay", to: random(3), coins: random(8) };
    if (choice === 5) return random(3) === 0 ? { kind: "throw", number: 1 + random(5) } : { kind: "keep", key: 0, value: random(9) };
    return { kind: "call", node: randomTree(random, depth - 1, names), coins: random(5), caught: random(2) === 0 };
  });
  return { name, owner: random(3), steps };
}

const address = (owner: number): string => `/${encodeAddress(OWNERS[owner] as Uint8Array)}`;

/** The source of a node. A caught call stands in a word of its own, as `catch` wants. */
function sourceOf({ steps }: CallNode): string {
  const words: string[] = [];
  const main = steps.map((step, index) => {
    switch (step.kind) {
      case "keep":
        return `${step.value} "k${step.key}" kv!`;
      case "forget":
        return `"k${step.key}" kv-delete`;
      case "pay":
        return `"${address(step.to).slice(1)}" ${step.coins} sendEx`;
      case "throw":
        return `${step.number} throw`;
      case "call":
        words.push(`: call${index} 0 "main" "${address(step.node.owner)}/${step.node.name}" ${step.coins} callWithEx drop ;`);
        return step.caught ? `['] call${index} catch drop` : `call${index}`;
    }
  });
  return ["#!grid", ...words, `: main ${main.join(" ")} ;`, "export main"].join("\n");
}

function install(world: ProgramWorld, node: CallNode): void {
  world.program(OWNERS[node.owner] as Uint8Array, node.name, sourceOf(node));
  for (const step of node.steps) if (step.kind === "call") install(world, step.node);
}

/** What must come of it: whole coins by owner, kept values by program. */
interface Model {
  readonly coins: readonly number[];
  readonly kept: ReadonlyMap<string, number>;
}

/** The model after a call, or undefined when it fails. */
function called(model: Model, node: CallNode, from: number, coins: number): Model | undefined {
  let now = moved(model, from, node.owner, coins);
  for (const step of node.steps) {
    if (now === undefined) return undefined;
    if (step.kind === "keep") now = { ...now, kept: new Map([...now.kept, [`${node.name} k${step.key}`, step.value]]) };
    else if (step.kind === "forget") now = { ...now, kept: new Map([...now.kept].filter(([key]) => key !== `${node.name} k${step.key}`)) };
    else if (step.kind === "pay") now = moved(now, node.owner, step.to, step.coins);
    else if (step.kind === "throw") now = undefined;
    else now = called(now, step.node, node.owner, step.coins) ?? (step.caught ? now : undefined);
  }
  return now;
}

function moved(model: Model, from: number, to: number, coins: number): Model | undefined {
  if ((model.coins[from] as number) < coins) return undefined;
  const after = [...model.coins];
  after[from] = (after[from] as number) - coins;
  after[to] = (after[to] as number) + coins;
  return { ...model, coins: after };
}

function keptIn(world: ProgramWorld, node: CallNode): readonly (readonly [string, number])[] {
  const printed = world.run(OWNERS[node.owner] as Uint8Array, `kept ${node.name}`).printed;
  const own = printed.split("\n").filter((line) => line !== "").map((line) => [`${node.name} ${line.split(" = ")[0]}`, Number(line.split(" = ")[1])] as const);
  return [...own, ...node.steps.flatMap((step) => (step.kind === "call" ? keptIn(world, step.node) : []))];
}

test("random call trees leave the balances and kept values that the model says, and no coin is made or lost", () => {
  let failures = 0;
  let calls = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = seeded(seed);
    const tree = randomTree(random, 3, { next: 0 });
    const world = new ProgramWorld();
    const coins = [20, 10, 5];
    OWNERS.forEach((owner, index) => world.fund(owner, BigInt(coins[index] as number)));
    install(world, tree);
    let model: Model = { coins, kept: new Map() };
    for (let round = 0; round < 2; round++) {
      const paid = random(6);
      const next = called(model, tree, 0, paid);
      const { fault } = world.run(OWNERS[0] as Uint8Array, `call-with ${paid} ${address(tree.owner)}/${tree.name} main`);
      assert.is(fault === "done", next !== undefined, `seed ${seed}: ${fault}`);
      if (next === undefined) failures++;
      calls++;
      model = next ?? model;
      OWNERS.forEach((owner, index) => assert.is(world.balance(owner), BigInt(model.coins[index] as number) * COIN, `seed ${seed}, balance ${index}`));
      assert.equal(new Map([...keptIn(world, tree)].sort()), new Map([...model.kept].sort()), `seed ${seed}`);
    }
  }
  assert.ok(failures > 10 && failures < calls - 10, `${failures} of ${calls} calls failed: both must be met`);
});

test("the same calls give the same root, price and events on both tiers", () => {
  for (let seed = 0; seed < 6; seed++) {
    const outcome = (tier: "none" | "default") => {
      const tree = randomTree(seeded(seed), 3, { next: 0 });
      const world = new ProgramWorld(tier === "none" ? "none" : { patience: 0 });
      OWNERS.forEach((owner) => world.fund(owner, 20n));
      install(world, tree);
      const { fault, ergUsed } = world.run(OWNERS[0] as Uint8Array, `call-with 3 ${address(tree.owner)}/${tree.name} main`);
      return { fault, ergUsed, root: toHex(perspective(world.realm)) };
    };
    assert.equal(outcome("default"), outcome("none"), `seed ${seed}`);
  }
});

test.run();
