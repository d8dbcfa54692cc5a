import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { encodeRlp, decodeRlp, type RlpItem } from "../../../lang/base/rlp.ts";
import { decodeBody, encodeBody } from "../../../node/package/body-codec.ts";
import { EMPTY_EFFECT, type Effect } from "../../../node/package/effect.ts";
import { decodeEffect, effectHash, encodeEffect } from "../../../node/package/effect-codec.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import type { SacrificeChange } from "../../../node/package/sacrifice-effect.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { NICKS_DOMAIN, readOwner } from "../../../node/state/nicks.ts";
import { sacrificeOf, type Sacrifice } from "../../../node/state/sacrifice.ts";
import { domainNamed, faultCode, idOf, quorumOf } from "./package-samples.ts";
import { addressOf, lineFault, printed, World } from "./world.ts";

// What a package burns and which nick it takes: shown, signed, executed, each once.

const COIN = 10n ** 18n;
const at = (name: string): string => encodeAddress(addressOf(name));
const weight = (world: World, name: string): Sacrifice => sacrificeOf(world.realm().domain(addressOf(name)));

const ownerOf = (world: World, nick: string): string | undefined => {
  const kept = world.realm().stored(NICKS_DOMAIN, "/", nick);
  return kept === undefined ? undefined : toHex(readOwner(kept));
};

async function drafted(world: World, name: string, source: string, mode: "strict" | "loose" = "strict") {
  const thread = await world.open(name);
  await printed(thread, `bt\n${source}\nrt`);
  return world.draft(thread, name, mode);
}

async function commit(world: World, name: string, source: string): Promise<string> {
  const { bodyBytes } = await drafted(world, name, source);
  const [outcome] = await world.commit({ bodyBytes, by: name });
  return outcome === undefined ? "none" : "faultCode" in outcome ? `${outcome.kind} ${outcome.faultCode}` : outcome.kind;
}

test("a burn and a nick are said in full, counted as spent, and done as they were signed", async () => {
  const world = await World.with("alice");
  const before = world.realm().domain(addressOf("alice")).balanceUnits;
  const { bodyBytes, effectBytes } = await drafted(world, "alice", "burn 5\nnick ann");
  const effect = decodeEffect(effectBytes);
  assert.equal(effectSentences(effect, addressOf("alice")), [
    "burns 5 coins of yours for ever: nobody gets them", "gives your domain the nick @ann for 1 coin of your burnt weight", "lowers your balance by 5 coins",
  ]);
  assert.is(effect.greatestSpendUnits, 5n * COIN);
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.equal(weight(world, "alice"), { burntUnits: 5n * COIN, usedUnits: COIN, nick: "ann" });
  const [result] = world.results;
  assert.is(world.realm().domain(addressOf("alice")).balanceUnits, before - 5n * COIN - (result?.feeUnits ?? 0n));
  const dropped = await drafted(world, "alice", "nick --drop\nnick eve\nnick --drop");
  assert.equal(effectSentences(decodeEffect(dropped.effectBytes), addressOf("alice")), ["gives up the nick @ann of your domain: anybody may take it", "uses up 1 coin of your burnt weight for nothing that stays"]);
});

test("code that burns under a signature for a payment, or for less, does nothing", async () => {
  const world = await World.with("alice");
  const { bodyBytes, effectBytes } = await drafted(world, "alice", "burn 5\nnick ann");
  const effect = decodeEffect(effectBytes);
  const [change] = effect.sacrifices as [SacrificeChange];
  const lies: readonly Partial<Effect>[] = [{ sacrifices: [] }, { sacrifices: [{ ...change, burntUnits: COIN }] }, { sacrifices: [{ ...change, newNick: "bob" }] }, { sacrifices: [{ ...change, domain: addressOf("bob") }] }];
  for (const lie of lies) {
    const body = decodeBody(bodyBytes);
    const forged = encodeBody({ ...body, nonce: world.realm().domain(addressOf("alice")).nonce + 1n, effectHash: effectHash(encodeEffect({ ...effect, ...lie })) });
    assert.equal(await world.commit({ bodyBytes: forged, by: "alice" }), [{ kind: "state-moved" }]);
    assert.equal(weight(world, "alice"), { burntUnits: 0n, usedUnits: 0n, nick: "" });
  }
});

test("of two packages in one block that take one nick the first has it; the other keeps its coins and pays its fee", async () => {
  const world = await World.with("alice", "bob");
  const drafts = [await drafted(world, "bob", "burn 1\nnick ann"), await drafted(world, "alice", "burn 1\nnick ann")] as const;
  assert.equal(await world.commit({ bodyBytes: drafts[0].bodyBytes, by: "bob" }, { bodyBytes: drafts[1].bodyBytes, by: "alice" }), [{ kind: "done" }, { kind: "failed", faultCode: "STATE_NICK_TAKEN" }]);
  assert.equal([weight(world, "bob").nick, weight(world, "alice")], ["ann", { burntUnits: 0n, usedUnits: 0n, nick: "" }]);
  assert.is(ownerOf(world, "ann"), toHex(addressOf("bob")));
  assert.ok(world.realm().domain(addressOf("alice")).balanceUnits > 999n * COIN);
});

test("a nick that somebody took meanwhile is named with its owner before anything is signed, and by sync", async () => {
  const world = await World.with("alice", "bob");
  await commit(world, "alice", "burn 3");
  const thread = await world.open("alice");
  await printed(thread, "bt\nnick ann\nrt");
  assert.is(await commit(world, "bob", "burn 1\nnick ann"), "done");
  try {
    await world.draft(thread, "alice");
    assert.unreachable();
  } catch (error) {
    assert.equal((error as { readonly fault?: object }).fault, { code: "STATE_NICK_TAKEN", nick: "ann", owner: at("bob") });
  }
  assert.equal((await thread.sync()).overlapping, ["the nick @ann"]);
});

test("two sessions of one domain pay with one coin once: whoever comes second is told that it is used", async () => {
  const world = await World.with("alice");
  await commit(world, "alice", "burn 1");
  const first = await drafted(world, "alice", "nick ann");
  const second = await world.open("alice");
  await printed(second, "bt\nnick eve\nrt");
  assert.equal(await world.commit({ bodyBytes: first.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(await lineFault(await world.open("alice"), "nick eve"), "STATE_NICK_HELD");
  assert.is(await commit(world, "alice", "nick --drop"), "done");
  try {
    await world.draft(second, "alice");
    assert.unreachable();
  } catch (error) {
    assert.equal((error as { readonly fault?: object }).fault, { code: "STATE_BURN_USED", leftUnits: 0n, needUnits: COIN });
  }
});

test("a payment to a nick carries the address that was seen: the nick may change hands before the block", async () => {
  const world = await World.with("alice", "bob", "carol");
  await commit(world, "bob", "burn 1\nnick ann");
  const { bodyBytes } = await drafted(world, "alice", "send @ann 2");
  await commit(world, "bob", "nick --drop");
  await commit(world, "carol", "burn 1\nnick ann");
  const before = world.realm().domain(addressOf("bob")).balanceUnits;
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(world.realm().domain(addressOf("bob")).balanceUnits - before, 2n * COIN);
});

test("a session key burns no more than its amount, and takes a nick only where the word is on its list", async () => {
  const world = await World.with("alice");
  await commit(world, "alice", `addsession ${encodeAddress(idOf("bob"))} --words burn --spend 2 --until 50\nburn 1`);
  const attempt = async (source: string): Promise<string> => {
    const bodyBytes = encodeBody({ ...decodeBody((await drafted(world, "alice", source)).bodyBytes), signers: quorumOf(["bob"]) });
    const [outcome] = await world.commit({ bodyBytes, by: "bob" });
    return outcome === undefined ? "none" : "faultCode" in outcome ? `${outcome.kind} ${outcome.faultCode}` : outcome.kind;
  };
  assert.is(await attempt("burn 3"), "denied STATE_SESSION_LIMIT");
  assert.is(await attempt("nick ann"), "denied STATE_SESSION_LIMIT");
  assert.is(await attempt("burn 1"), "done");
  assert.is(await attempt("burn 1"), "denied STATE_SESSION_LIMIT", "the fees are gone from the rest");
  assert.is(weight(world, "alice").burntUnits, 2n * COIN);
});

test("a program burns the coins of its own domain and takes nicks for it; one given to the nicks' domain reaches no nick", async () => {
  const world = await World.with("alice", "bob");
  await commit(world, "alice", "burn 1\nnick ann");
  await commit(world, "bob", `'#!grid\\n: main 1 burnEx ;\\nexport main\\n' 'give' writeEx\nchmod o+rx give`);
  const called = await drafted(world, "alice", `call /${at("bob")}/give`);
  assert.ok(effectSentences(decodeEffect(called.effectBytes), addressOf("alice")).includes(`burns 1 coin of ${at("bob")} for ever: nobody gets them`));
  assert.equal(await world.commit({ bodyBytes: called.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(weight(world, "bob").burntUnits, COIN);
  const before = ownerOf(world, "ann");
  const nicks = `/${encodeAddress(NICKS_DOMAIN)}`;
  await commit(world, "bob", `'#!grid\\n: main 7 "ann" kv! "mine" "${nicks}/ann" writeEx ;\\nexport main\\n' 'evil' writeEx\nchmod o+rx evil\nchown ${encodeAddress(NICKS_DOMAIN)} evil`);
  assert.is(await lineFault(await world.open("alice"), `call /${at("bob")}/evil`), "STATE_DENIED", "with its owner it lost the rights it had given");
  assert.is(await lineFault(await world.open("alice"), `call ${nicks}`), "STATE_IS_DIRECTORY", "a program stands in a file, never at the root");
  assert.is(ownerOf(world, "ann"), before);
  for (const line of [`touch ${nicks}/ann`, `rm -r ${nicks}`, `mv ${nicks} stolen`, `chown ~ ${nicks}`]) assert.not.equal(await lineFault(await world.open("alice"), line), "none", line);
});

test("an effect has one form for what is burnt, and none that says nothing", () => {
  const change: SacrificeChange = { domain: domainNamed("alice"), burntUnits: 5n, usedUnits: 2n, oldNick: "ann", newNick: "bob" };
  const codeOf = (...changes: Partial<SacrificeChange>[]): string | undefined => faultCode(() => encodeEffect({ ...EMPTY_EFFECT, sacrifices: changes.map((one) => ({ ...change, ...one })) }));
  for (const good of [{}, { usedUnits: 0n, newNick: "" }, { burntUnits: 0n }, { burntUnits: 0n, usedUnits: 0n, newNick: "" }, { newNick: "ann" }]) assert.is(codeOf(good), undefined);
  const wrong: readonly Partial<SacrificeChange>[] = [
    { burntUnits: 0n, usedUnits: 0n, newNick: "ann" }, { usedUnits: 0n }, { newNick: "Bob" }, { newNick: "b" }, { oldNick: "@ann" }, { newNick: "b\u043eb" }, { burntUnits: 1n << 128n }, { domain: new Uint8Array(19) },
  ];
  for (const bad of wrong) assert.is(codeOf(bad), "CODEC_MALFORMED", JSON.stringify(bad, (_, value: unknown) => String(value)));
  assert.is(codeOf({}, {}), "CODEC_MALFORMED", "a domain stands there once");
  const fields = decodeRlp(encodeEffect(EMPTY_EFFECT)) as readonly RlpItem[];
  for (const tail of [[[]], [[], []], [new Uint8Array(0)]] as readonly RlpItem[][]) assert.is(faultCode(() => decodeEffect(encodeRlp([...fields, ...tail]))), "CODEC_MALFORMED");
});

test.run();
