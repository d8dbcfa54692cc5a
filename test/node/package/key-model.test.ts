import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareBytes, equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { authorityOf } from "../../../node/state/authority.ts";
import { addKey, addSession, removeKey, rotateKey, setThreshold } from "../../../node/state/key-changes.ts";
import { keysOf, type KeySet } from "../../../node/state/key-set.ts";
import { readKeySet, keySetItem } from "../../../node/state/key-set-codec.ts";
import { createLocalState } from "../../../node/state/local-state.ts";
import { cancelRecovery, finishRecovery, setRecovery, voteRecovery, type RecoveryContext } from "../../../node/state/recovery.ts";
import { Dice, idOf } from "./package-samples.ts";

// Random changes of keys against a model that is as plain as can be: names, roles, counts, and subsets tried one by one.

const NAMES = ["alice", "bob", "carol", "dave", "eve"];
const GUARDIANS = ["gina", "hugo", "ida"];
const home = idOf("alice");

interface Model {
  roles: Map<string, "owner" | "active" | "session">;
  owner: number;
  active: number;
  guardians: readonly string[];
  guardiansNeeded: number;
  votes: Map<string, string>;
  /** The key that was agreed on, and when it may take over. */
  ready: { readonly key: string; readonly height: number } | undefined;
}

const DELAY = 3;
const counted = (model: Model, role: "owner" | "active"): number => [...model.roles.values()].filter((one) => one === "owner" || one === role).length;
const isAlive = (model: Model): boolean => counted(model, "owner") >= model.owner && counted(model, "active") >= model.active && model.owner > 0;

type Step = { readonly what: string; readonly run: (context: RecoveryContext) => void; readonly apply: (model: Model, height: number) => boolean };

/** A change, and what the model says of it: false where it must be refused. */
function step(dice: Dice): Step {
  const [name, other] = [dice.pick(NAMES), dice.pick(NAMES)];
  const role = dice.pick(["owner", "active"] as const);
  const count = dice.below(4);
  switch (dice.below(9)) {
    case 0: case 1: return { what: `addkey ${name} ${role}`, run: (context) => addKey(context, idOf(name), role), apply: (model) => model.roles.get(name) !== role && (model.roles.set(name, role), isAlive(model)) };
    case 2: return { what: `rmkey ${name}`, run: (context) => removeKey(context, idOf(name)), apply: (model) => model.roles.delete(name) && isAlive(model) };
    case 3: return { what: `rotate ${name} ${other}`, run: (context) => rotateKey(context, idOf(name), idOf(other)), apply: (model) => {
      const old = model.roles.get(name);
      if (old === undefined || model.roles.has(other)) return false;
      model.roles.delete(name);
      model.roles.set(other, old);
      return true;
    } };
    case 4: return { what: `setthreshold ${role} ${count}`, run: (context) => setThreshold(context, role, BigInt(count)), apply: (model) => ((model[role] = count), count > 0 && isAlive(model)) };
    case 5: return { what: `addsession ${name}`, run: (context) => addSession(context, idOf(name), { path: "", words: [], spendUnits: 0n, untilHeight: 9n }), apply: (model) => {
      if (model.roles.has(name) && model.roles.get(name) !== "session") return false;
      model.roles.set(name, "session");
      return true;
    } };
    case 6: return { what: `setrecovery ${count}`, run: (context) => setRecovery(context, count === 0 ? [] : GUARDIANS.map(idOf), BigInt(count), BigInt(DELAY)), apply: (model) => {
      Object.assign(model, { guardians: count === 0 ? [] : GUARDIANS, guardiansNeeded: count, votes: new Map(), ready: undefined });
      return count <= GUARDIANS.length;
    } };
    default: return { what: "cancelrecovery", run: (context) => cancelRecovery(context), apply: (model) => {
      const had = model.votes.size > 0;
      Object.assign(model, { votes: new Map(), ready: undefined });
      return had;
    } };
  }
}

/** What guardians and anybody do. */
function outsiderStep(dice: Dice): Step & { readonly who: string } {
  const who = dice.pick([...GUARDIANS, "eve"]);
  const key = dice.pick(["new", "newer"]);
  if (dice.below(3) === 0) return { who, what: "finishrecovery", run: (context) => finishRecovery(context, home), apply: (model, height) => {
    if (model.ready === undefined || height < model.ready.height) return false;
    Object.assign(model, { roles: new Map([[model.ready.key, "owner"]]), owner: 1, active: 1, votes: new Map(), ready: undefined });
    return true;
  } };
  return { who, what: `recover ${who} ${key}`, run: (context) => voteRecovery(context, home, idOf(key)), apply: (model, height) => {
    if (!model.guardians.includes(who)) return false;
    model.votes.set(who, key);
    const agreed = ["new", "newer"].filter((one) => [...model.votes.values()].filter((vote) => vote === one).length >= model.guardiansNeeded);
    if (model.ready === undefined || !agreed.includes(model.ready.key)) {
      // Guardians are looked at in the order of their addresses.
      const first = [...model.votes].sort(([a], [b]) => compareBytes(idOf(a), idOf(b))).map(([, vote]) => vote).find((vote) => agreed.includes(vote));
      model.ready = first === undefined ? undefined : { key: first, height: height + DELAY };
    }
    return true;
  } };
}

/** What any so many of these keys may do, by trying them all. */
function mayDo(model: Model, keys: readonly string[], needed: number): string | undefined {
  const roles = keys.map((key) => model.roles.get(key));
  if (keys.length === 1 && roles[0] === "session") return "session";
  if (roles.some((role) => role === undefined || role === "session")) return undefined;
  const subsets = Array.from({ length: 1 << keys.length }, (_, bits) => roles.filter((_, index) => (bits & (1 << index)) !== 0)).filter((subset) => subset.length === needed);
  if (subsets.every((subset) => subset.filter((role) => role === "owner").length >= model.owner)) return "owner";
  return needed >= model.active ? "active" : undefined;
}

test("random changes of keys leave what a plain model says, and nobody may ever do more", () => {
  const dice = new Dice("key model");
  let refused = 0;
  for (let round = 0; round < 150; round++) {
    const { realm } = createLocalState();
    let model: Model = { roles: new Map([["alice", "owner"]]), owner: 1, active: 1, guardians: [], guardiansNeeded: 0, votes: new Map(), ready: undefined };
    for (let i = 0, height = 1; i < 25; i++, height += dice.below(3)) {
      const outsider = dice.below(3) === 0 ? outsiderStep(dice) : undefined;
      const taken = outsider ?? step(dice);
      const acting = outsider === undefined ? home : idOf(outsider.who);
      const level = outsider === undefined && dice.below(5) === 0 ? "active" : "owner";
      const context: RecoveryContext = { realm, paths: { home: acting, directory: { domain: acting, path: "/" } }, meter: { charge: () => undefined, ergLeft: 1 }, authority: { domain: acting, level }, height: BigInt(height) };
      const next: Model = { ...model, roles: new Map(model.roles), votes: new Map(model.votes) };
      const allowed = (outsider !== undefined || level === "owner") && taken.apply(next, height);
      const done = happens(() => taken.run(context));
      assert.is(done, allowed, `round ${round}: ${taken.what} as ${level}`);
      if (done) model = next;
      else refused++;
      compare(keysOf(home, realm.domain(home)), model, `round ${round}: after ${taken.what}`);
      const keys = [...NAMES, "new", "mallory"].filter(() => dice.below(3) === 0);
      if (keys.length === 0) continue;
      const needed = 1 + dice.below(keys.length);
      const found = authorityOf(keysOf(home, realm.domain(home)), { keys: keys.map(idOf), needed })?.level;
      assert.is(found, mayDo(model, keys, needed), `round ${round}: ${needed} of ${keys.join()} with ${JSON.stringify([...model.roles])}`);
    }
  }
  assert.ok(refused > 500, String(refused));
});

function happens(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (isFaultError(error) && error.fault.code.startsWith("STATE_")) return false;
    throw error;
  }
}

function compare(set: KeySet, model: Model, what: string): void {
  const roles = [...model.roles].map(([name, role]) => `${toHex(idOf(name))} ${role}`).sort();
  assert.equal(set.keys.map(({ id, role }) => `${toHex(id)} ${role}`), roles, what);
  assert.equal(set.thresholds, { owner: model.owner, active: model.active }, what);
  assert.is(set.votes.length, model.votes.size, what);
  assert.ok(set.takeover === undefined ? model.ready === undefined : equalBytes(set.takeover.key, idOf(model.ready?.key ?? "")) && set.takeover.readyHeight === BigInt(model.ready?.height ?? 0), what);
  assert.equal(readKeySet(keySetItem(set)), set, what);
}

test.run();
