import { test } from "uvu";
import * as assert from "uvu/assert";
import { equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { FaultError } from "../../../lang/base/fault.ts";
import { decodeEffect } from "../../../node/package/effect-codec.ts";
import { effectSentences } from "../../../node/package/sentences.ts";
import { decodeBody } from "../../../node/package/body-codec.ts";
import { replay } from "../../../node/package/replay.ts";
import { decodeExcerpt, excerptState } from "../../../node/package/excerpt.ts";
import type { DraftReply } from "../../../node/machines/jobs.ts";
import { storageCost } from "../../../node/package/storage-cost.ts";
import { PRICES } from "../../../node/state/prices.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { faultCode } from "../package/package-samples.ts";
import { addressOf, faultOf, printed, World } from "../package/world.ts";

/** Calls within packages: what is signed, proved, committed and told. Bob's purse pays out half and counts its calls. */

const COIN = 10n ** 18n;
const BOB = `/${encodeAddress(addressOf("bob"))}`;
const PURSE = "#!grid\\n: give ( to -- ) received 2 / sendEx  received \"paid\" emit-event  \"calls\" kv@ 1+ \"calls\" kv! ;\\n: count \"calls\" kv@ ;\\nexport give count\\n";

/** Records lines, marks them ready and drafts their package. */
async function drafted(world: World, name: string, lines: string): Promise<DraftReply> {
  const thread = await world.open(name);
  await printed(thread, "bt");
  await printed(thread, lines);
  await printed(thread, "rt");
  return world.draft(thread, name);
}

async function committed(world: World, name: string, lines: string): Promise<string> {
  const { bodyBytes } = await drafted(world, name, lines);
  const [outcome] = await world.commit({ bodyBytes, by: name });
  return outcome?.kind ?? "none";
}

/** Alice, bob and carol have 1,000 coins each, and bob has the purse. */
async function withPurse(source = PURSE): Promise<World> {
  const world = await World.with("alice", "bob", "carol");
  assert.is(await committed(world, "bob", `'${source}' 'purse' writeEx\nchmod +x purse`), "done");
  return world;
}

const sentencesOf = ({ effectBytes }: DraftReply, name: string): readonly string[] => effectSentences(decodeEffect(effectBytes), addressOf(name));
const balance = (world: World, name: string): bigint => world.realm().domain(addressOf(name)).balanceUnits;

test("a contract pays out half of what it received, and the signer signs for the call, the coins and the code", async () => {
  const world = await withPurse();
  const draft = await drafted(world, "alice", `call-with 5 ${BOB}/purse give ${encodeAddress(addressOf("carol"))}`);
  assert.equal([...sentencesOf(draft, "alice")].sort(), [
    `calls give of the program ${BOB}/purse with 5 coins`, "lowers your balance by 5 coins",
    `pays 2.5 coins to ${encodeAddress(addressOf("bob"))}`, `pays 2.5 coins to ${encodeAddress(addressOf("carol"))}`,
  ].sort());
  const effect = decodeEffect(draft.effectBytes);
  assert.is(effect.greatestSpendUnits, 5n * COIN);
  assert.equal(storageCost(effect, PRICES.writeByte, draft.kept), { writtenBytes: "calls".length + 2, growthBytes: "calls".length + 2, erg: 14 });
  const code = world.realm().entry(addressOf("bob"), "/purse")?.contentHash;
  assert.ok(code !== undefined && equalBytes(effect.calls[0]?.codeHash as Uint8Array, code));
  const before = [balance(world, "alice"), balance(world, "bob"), balance(world, "carol")] as const;
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(balance(world, "bob") - before[1], 5n * COIN / 2n);
  assert.is(balance(world, "carol") - before[2], 5n * COIN / 2n);
  assert.ok(before[0] - balance(world, "alice") >= 5n * COIN);
});

test("what the program kept is on the ledger, and the events are in the result of the package", async () => {
  const world = await withPurse();
  await committed(world, "alice", `call-with 5 ${BOB}/purse give ~\ncall-with 1 ${BOB}/purse give ~`);
  const bob = await world.open("bob");
  assert.is(await printed(bob, "kept purse"), "calls = 2\n");
  assert.is(await printed(bob, "call purse count\n."), "2 ");
  const [result] = world.results;
  assert.equal(result?.events?.map(({ path, topic, data }) => [path, topic, Buffer.from(data).toString()]), [["/purse", "paid", "5"], ["/purse", "paid", "1"]]);
});

test("two who call the same program do not disturb each other: what it keeps is no part of their effects", async () => {
  const world = await withPurse();
  const alice = await drafted(world, "alice", `call-with 4 ${BOB}/purse give ~`);
  const carol = await drafted(world, "carol", `call-with 6 ${BOB}/purse give ~`);
  assert.equal(await world.commit({ bodyBytes: carol.bodyBytes, by: "carol" }, { bodyBytes: alice.bodyBytes, by: "alice" }), [{ kind: "done" }, { kind: "done" }]);
  assert.is(await printed(await world.open("bob"), "kept purse"), "calls = 2\n");
});

test("what the signer's own program keeps is part of the effect", async () => {
  const world = await withPurse();
  const draft = await drafted(world, "bob", `call-with 0 purse give ~`);
  assert.equal(sentencesOf(draft, "bob"), ["calls give of the program ~/purse", "lets ~/purse keep calls"]);
  await committed(world, "alice", `call-with 0 ${BOB}/purse give ~`);
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "bob" }), [{ kind: "state-moved" }]);
});

test("sync names the program that both called, and the package still does what it says", async () => {
  const world = await withPurse();
  const thread = await world.open("alice");
  await printed(thread, `bt\ncall-with 4 ${BOB}/purse give ~\nrt`);
  await committed(world, "carol", `call-with 6 ${BOB}/purse give ~`);
  assert.equal((await thread.sync()).overlapping, [`${BOB}/purse`]);
  const { bodyBytes, moved } = await world.draft(thread, "alice");
  assert.equal(moved, []);
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(await printed(await world.open("bob"), "kept purse"), "calls = 2\n");
});

test("other code at the same path is another effect: nothing happens but the fee", async () => {
  const world = await withPurse();
  const draft = await drafted(world, "alice", `call-with 0 ${BOB}/purse give ~`);
  assert.is(await committed(world, "bob", `'${PURSE} \\\\ new' 'purse' writeEx`), "done");
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "state-moved" }]);
  assert.is(await printed(await world.open("bob"), "kept purse"), "");
});

test("a signer replays calls on the proofs of program and storage alone, and a lie about either proves nothing", async () => {
  const world = await withPurse();
  await committed(world, "alice", `call-with 1 ${BOB}/purse give ~`);
  const draft = await drafted(world, "alice", `call-with 5 ${BOB}/purse give ~\ncall ${BOB}/purse count`);
  const excerpt = decodeExcerpt(draft.excerptBytes);
  assert.is(replay(decodeBody(draft.bodyBytes), excerptState(excerpt), { ergUsed: draft.ergUsed }), undefined);
  const without = (part: Partial<typeof excerpt>): string | undefined =>
    faultCode(() => {
      const fault = replay(decodeBody(draft.bodyBytes), excerptState({ ...excerpt, ...part }), {});
      if (fault !== undefined) throw new FaultError(fault);
    });
  assert.is(without({ contents: [] }), "PACKAGE_UNPROVED");
  for (let index = 0; index < excerpt.nodes.length; index++) {
    assert.is(without({ nodes: excerpt.nodes.filter((_, at) => at !== index) }), "PACKAGE_UNPROVED", `node ${index}`);
  }
  const changed = excerpt.contents.map((content) => Uint8Array.from(content, (byte, at) => (at === 20 ? byte ^ 1 : byte)));
  assert.is(without({ contents: changed }), "PACKAGE_UNPROVED");
});

test("what vt prints of calls is their stack form, and gives the same root in a fresh thread", async () => {
  const world = await withPurse();
  const first = await world.open("alice");
  await printed(first, `bt\ncall-with 5 ${BOB}/purse give ~\ncall ${BOB}/purse count`);
  const source = await printed(first, "vt");
  assert.is(source, `my-address\n1 "give" "${BOB}/purse" 5 callWithEx\ndrop\n0 "count" "${BOB}/purse" callEx\ndrop\n`);
  const again = await world.open("alice");
  await printed(again, `bt\n${source}`);
  assert.is(await printed(again, "perspective"), await printed(first, "perspective"));
});

test("the sandbox's root is the root after the commit, and two nodes that run the block agree on it", async () => {
  const [one, other] = [await withPurse(), await withPurse()];
  const { bodyBytes, stateRoot } = await drafted(one, "alice", `call-with 5 ${BOB}/purse give ~`);
  await one.commit({ bodyBytes, by: "alice" });
  await other.commit({ bodyBytes, by: "alice" });
  assert.is(toHex(one.base.stateRoot), toHex(stateRoot));
  assert.is(toHex(other.base.stateRoot), toHex(stateRoot));
  assert.equal(one.results, other.results);
});

test("a package whose program fails keeps nonce and fee and nothing else", async () => {
  const world = await withPurse("#!grid\\n: give height 3 > if 7 throw then 1 \"n\" kv! \"x\" \"y\" emit-event ;\\nexport give\\n");
  const { bodyBytes } = await drafted(world, "alice", `call-with 5 ${BOB}/purse give`);
  await world.commit();
  const before = [balance(world, "bob"), balance(world, "alice")] as const;
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "failed", faultCode: "PROGRAM_FAILED" }]);
  assert.is(balance(world, "bob"), before[0]);
  assert.ok(before[1] - balance(world, "alice") < COIN / 1000n);
  assert.is(world.results[0]?.events, undefined);
});

test("a program that asked for the height makes the draft warn, as the signer's own code would", async () => {
  const world = await withPurse("#!grid\\n: main height \"seen\" kv! ;\\nexport main\\n");
  const { warnings } = await drafted(world, "alice", `call ${BOB}/purse`);
  assert.match(warnings.join(), "block height");
});

test("play and call want a thread that may do what they do", async () => {
  const world = await withPurse();
  assert.is(await faultOf(drafted(world, "alice", `play ${BOB}/purse count`)), "THREAD_NOTHING_TO_COMMIT");
  const reader = await world.open("alice", "read-only");
  assert.match(await printed(reader, `play ${BOB}/purse count`), "leaves 0");
});

test.run();
