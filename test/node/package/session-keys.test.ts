// time-out: 90 s
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { decodeBody, encodeBody } from "../../../node/package/body-codec.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { keyFacts } from "../../../node/state/key-facts.ts";
import { isInside, keyOf, keysOf, type SessionKey } from "../../../node/state/key-set.ts";
import { wordName } from "../../../node/state/writing-words.ts";
import { Dice, idOf, quorumOf } from "./package-samples.ts";
import { addressOf, printed, World } from "./world.ts";

// What a session key may do: every limit is held by whoever executes, not by who drafts.

const at = (name: string): string => encodeAddress(idOf(name));
const COIN = 10n ** 18n;
const home = addressOf("alice");
const FILES = ["/game/a", "/game/b", "/game/deep/c", "/other/d", "/games"];

const record = (world: World) => world.realm().domain(home);
const session = (world: World): SessionKey => keyOf(keysOf(home, record(world)), idOf("bob")) as SessionKey;

async function start(options: string): Promise<World> {
  const world = await World.with("alice", "carol");
  await byOwner(world, `mkdir game\nmkdir game/deep\nmkdir other\n${FILES.map((path) => `echo 1 > ~${path}`).join("\n")}\naddsession ${at("bob")} ${options}`);
  return world;
}

async function byOwner(world: World, source: string): Promise<void> {
  const bodyBytes = await drafted(world, source, "alice");
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
}

async function drafted(world: World, source: string, by: string, mode: "strict" | "loose" = "strict"): Promise<Uint8Array> {
  const thread = await world.open("alice");
  await printed(thread, `bt\n${source}\nrt`);
  return (await world.draft(thread, by, mode, { domain: home })).bodyBytes;
}

/**
 * What becomes of a package that bob's session key signs. It is drafted for alice, who may do everything, and then
 * made bob's by hand: nothing but the ledger's own rules stands in its way.
 */
async function byForgedSession(world: World, source: string, change: Partial<PackageBody> = {}, mode: "strict" | "loose" = "strict"): Promise<string> {
  const bodyBytes = encodeBody({ ...decodeBody(await drafted(world, source, "alice", mode)), signers: quorumOf(["bob"]), ...change });
  try {
    const [outcome] = await world.commit({ bodyBytes, by: "bob" });
    return outcome === undefined ? "" : "faultCode" in outcome ? `${outcome.kind} ${outcome.faultCode}` : outcome.kind;
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
}

test("a session key signs alone for what its limits name", async () => {
  const world = await start("--path game --words mkdir,writeEx,send --spend 5 --until 50");
  const before = record(world).balanceUnits;
  assert.equal(await world.commit({ bodyBytes: await drafted(world, `mkdir game/new\necho 2 > game/a\nsend ${at("carol")} 1`, "bob"), by: "bob" }), [{ kind: "done" }]);
  assert.is(session(world).spentUnits, before - record(world).balanceUnits, "what it paid and the fee are counted");
  assert.ok(session(world).spentUnits > COIN);
});

test("each limit is held: words, files, coins, keys; denied, with the fee kept and counted and nothing changed", async () => {
  const world = await start("--path game --words mkdir,writeEx,send --spend 5 --until 50");
  const attacks: readonly (readonly [string, string])[] = [
    ["rm game/a", "denied STATE_SESSION_LIMIT"], ["echo 2 > other/d", "denied STATE_SESSION_LIMIT"], ["mkdir game-over", "denied STATE_SESSION_LIMIT"],
    [`send ${at("carol")} 6`, "denied STATE_SESSION_LIMIT"], [`addkey ${at("mallory")} owner`, "denied STATE_SESSION_LIMIT"], [`rotate ~ ${at("mallory")}`, "denied STATE_SESSION_LIMIT"],
    [`addsession ${at("bob")} --spend 900 --until 900`, "denied STATE_SESSION_LIMIT"], ["chmod o+w game/a", "denied STATE_SESSION_LIMIT"],
    [`: hidden 'other/d' 0 rmEx ;\nhidden`, "denied STATE_SESSION_LIMIT"],
  ];
  for (const [source, outcome] of attacks) {
    const before = { balance: record(world).balanceUnits, spent: session(world).spentUnits, facts: keyFacts(keysOf(home, record(world))) };
    assert.is(await byForgedSession(world, source), outcome, source);
    const fee = before.balance - record(world).balanceUnits;
    assert.ok(fee > 0n && fee < COIN, source);
    assert.is(session(world).spentUnits - before.spent, fee, source);
    assert.equal(keyFacts(keysOf(home, record(world))), before.facts, source);
    assert.is(world.realm().entry(home, "/game/a")?.sizeBytes, 2, source);
  }
});

test("a key word is denied even where it is on the list, and loose packages are held as strict ones are", async () => {
  const world = await start("--path ~ --words addkey,writeEx,sendEx --spend 5 --until 50");
  assert.is(await byForgedSession(world, `addkey ${at("mallory")} owner`), "denied STATE_NOT_OWNER");
  assert.is(await byForgedSession(world, `send ${at("carol")} 6`, {}, "loose"), "denied STATE_SESSION_LIMIT");
  assert.is(await byForgedSession(world, "echo 2 > other/d", {}, "loose"), "done");
});

test("code that catches the refusal has still done nothing beyond the limits", async () => {
  const world = await start("--path game --words writeEx --spend 5 --until 50");
  const before = record(world).balanceUnits;
  const caught = await byForgedSession(world, `: try '${at("carol")}' 1 sendEx ;\n: quiet ['] try catch drop 2drop ;\necho 2 > game/a`, {}, "loose");
  assert.is(caught, "done");
  assert.ok(before - record(world).balanceUnits < COIN);
});

test("a session key is over after its last block, and may not even pay a fee then", async () => {
  const world = await start("--path game --words writeEx --spend 5 --until 4");
  assert.is(await byForgedSession(world, "echo 2 > game/a"), "done");
  assert.is(world.base.height, 3n);
  assert.is(await byForgedSession(world, "echo 3 > game/a"), "done", "block 4 is its last");
  const before = record(world);
  assert.is(await byForgedSession(world, "echo 4 > game/a"), "PACKAGE_SESSION_OVER");
  assert.equal(record(world), before);
});

test("fees count: a session key cannot burn more than its amount, and none of it without an amount", async () => {
  const world = await start("--path game --words writeEx --spend 0.0000000000002 --until 500");
  const outcomes: string[] = [];
  const before = record(world).balanceUnits;
  for (let i = 0; i < 12 && outcomes.at(-1) !== "PACKAGE_SESSION_SPENT"; i++) outcomes.push(await byForgedSession(world, `echo ${i} > game/a`));
  assert.is(outcomes.at(-1), "PACKAGE_SESSION_SPENT", outcomes.join());
  assert.is(outcomes[0], "done");
  assert.ok(before - record(world).balanceUnits <= 200_000n);
  const none = await start("--path game --words writeEx --until 500");
  assert.is(await byForgedSession(none, "echo 2 > game/a"), "PACKAGE_SESSION_SPENT");
});

test("coins of others that the domain may spend count as its own do", async () => {
  const world = await start("--words sendfrom --spend 5 --until 50");
  const carol = await world.open("carol");
  await printed(carol, `bt\ntouch .purse\nsetfacl -m user:${encodeAddress(home)}:s .purse\nrt`);
  await world.commit({ bodyBytes: (await world.draft(carol, "carol")).bodyBytes, by: "carol" });
  assert.is(await byForgedSession(world, `sendfrom ${at("carol")} ${at("mallory")} 6`), "denied STATE_SESSION_LIMIT");
  assert.is(await byForgedSession(world, `sendfrom ${at("carol")} ${at("mallory")} 3`), "done");
  assert.is(await byForgedSession(world, `sendfrom ${at("carol")} ${at("mallory")} 3`), "denied STATE_SESSION_LIMIT");
});

test("where another domain pays, a session key needs no amount; it cannot itself be a payer", async () => {
  const world = await start("--path game --words writeEx --until 500");
  const payer = { domain: addressOf("carol"), signers: quorumOf(["carol"]) };
  const body = decodeBody(await drafted(world, "echo 2 > game/a", "alice"));
  const paid = encodeBody({ ...body, signers: quorumOf(["bob"]), payer, ergLimit: body.ergLimit + 10_000n });
  assert.equal(await world.commit({ bodyBytes: paid, by: ["bob", "carol"] }), [{ kind: "done" }]);
  assert.is(session(world).spentUnits, 0n);
  const carol = await world.open("carol");
  await printed(carol, "bt\nmkdir mine\nrt");
  const mine = decodeBody((await world.draft(carol, "carol")).bodyBytes);
  const byBob = encodeBody({ ...mine, payer: { domain: home, signers: quorumOf(["bob"]) }, ergLimit: mine.ergLimit + 10_000n });
  const refusal = await world.commit({ bodyBytes: byBob, by: ["carol", "bob"] }).catch((error: unknown) => (isFaultError(error) ? error.fault.code : "")) ;
  assert.is(refusal, "PACKAGE_WRONG_KEY");
});

test("whatever a session key signs, nothing beyond its limits happens", async () => {
  const dice = new Dice("sessions");
  const actions: readonly (readonly [string, string])[] = [
    ["writeEx", "echo 22 > game/a"], ["writeEx", "echo 333 > other/d"], ["writeEx", "echo 4444 > game/deep/c"], ["writeEx", "echo 5 > games"], ["rm", "rm game/b"],
    ["chmod", "chmod o+w game/a"], ["chown", `chown ${at("carol")} game/a`], ["send", `send ${at("carol")} 0.4`], ["send", `send ${at("carol")} 3`], ["mv", "mv game/b other/e"],
    ["addkey", `addkey ${at("mallory")} owner`], ["rmkey", `rmkey ${at("bob")}`], ["offer", "offer game/a 0"],
  ];
  const seen = new Set<string>();
  for (let round = 0; round < 25; round++) {
    const path = dice.pick(["", "/", "/game", "/game/deep", "/game/a"]);
    const words = actions.map(([word]) => word).filter(() => dice.below(3) > 0);
    const spend = dice.pick([0n, 1n, 5n]);
    const world = await start(`${path === "" ? "" : `--path ~${path}`} --words ${words.join(",")},touch --spend ${spend}.0001 --until ${String(4 + dice.below(6))}`);
    const { limits } = session(world);
    const before = { balance: record(world).balanceUnits, facts: keyFacts(keysOf(home, record(world))).map((fact) => toHex(fact.value)) };
    for (let i = 0; i < 4; i++) {
      const chosen = [dice.pick(actions), dice.pick(actions)].slice(0, 1 + dice.below(2));
      const files = new Map(FILES.map((file) => [file, JSON.stringify(world.realm().entry(home, file), (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value))]));
      const outcome = await byForgedSession(world, chosen.map(([, line]) => line).join("\n"), {}, dice.pick(["strict", "loose"])).catch((error: Error) => error.message);
      seen.add(outcome.startsWith("echo") || outcome.includes("STATE_NO_SUCH") ? "not there" : outcome);
      const isDone = outcome === "done";
      for (const [file, old] of files) {
        const now = JSON.stringify(world.realm().entry(home, file), (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
        if (now !== old) assert.ok(isDone && isInside(limits, file), `${file} ${outcome} ${chosen.map(([, line]) => line).join("; ")}`);
      }
      if (isDone) for (const [word] of chosen) assert.ok(limits.words.some((code) => wordName(code) === word), word);
      assert.ok(before.balance - record(world).balanceUnits <= limits.spendUnits);
      assert.is(session(world).spentUnits, before.balance - record(world).balanceUnits);
      assert.equal(keyFacts(keysOf(home, record(world))).map((fact) => toHex(fact.value)), before.facts);
    }
  }
  for (const outcome of ["done", "denied STATE_SESSION_LIMIT", "PACKAGE_SESSION_OVER"]) assert.ok(seen.has(outcome), `${outcome} in ${[...seen].join(", ")}`);
});

test.run();
