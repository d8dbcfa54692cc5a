import { test } from "uvu";
import * as assert from "uvu/assert";
import { reviewDraft } from "../../../node/package/review.ts";
import { SIGNER_RULES } from "../../../node/package/signer-rules.ts";
import { keyNamed } from "./package-samples.ts";
import { addressOf, chainId, printed, World } from "./world.ts";

/** Writes the seconds of the block's time into a file. */
const STAMP = "'stamp' time&date 2drop 2drop drop >text swap writeEx";

async function drafted(world: World, line: string, mode: "strict" | "loose" = "strict"): Promise<Awaited<ReturnType<World["draft"]>>> {
  const thread = await world.open("alice");
  await printed(thread, `bt\n${line}\nrt`);
  return world.draft(thread, "alice", mode);
}

test("a session's time is that of the block it stands on, and moves with sync", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  assert.is(await printed(thread, "time&date . . . . . ."), "2026 1 1 0 0 1 ");
  await printed(thread, "mkdir docs");
  await world.apply(world.realm());
  assert.is(await printed(thread, "time&date 2drop 2drop drop ."), "1 ", "pending work keeps a thread where it is");
  await thread.sync();
  assert.is(await printed(thread, "time&date 2drop 2drop drop ."), "2 ");
});

test("a package that reads the time warns of it, is proved to its signer, and does the same only in a block of that time", async () => {
  const world = await World.with("alice");
  const { warnings } = await drafted(world, "mkdir docs");
  assert.equal(warnings, []);
  const draft = await drafted(world, STAMP);
  assert.equal(draft.warnings, ["the code looked at the block time: in a later block it may do something else, and then it changes nothing"]);
  const { bodyBytes, effectBytes, excerptBytes, ergUsed } = draft;
  const verdict = reviewDraft({ bodyBytes, effectBytes, excerptBytes, claimedErg: ergUsed, expected: { chainId, domains: [addressOf("alice")], publicKey: keyNamed("alice") }, rules: SIGNER_RULES });
  assert.is(verdict.kind, "reviewed");
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(await printed(await world.open("alice"), "cat stamp"), "2");
});

test("in a later block a strict package changes nothing, a loose one takes that block's time", async () => {
  const world = await World.with("alice", "bob");
  const strict = await drafted(world, STAMP);
  await world.apply(world.realm());
  const [outcome] = await world.commit({ bodyBytes: strict.bodyBytes, by: "alice" });
  assert.is(outcome?.kind, "state-moved");
  const loose = await drafted(world, STAMP, "loose");
  await world.apply(world.realm());
  assert.equal(await world.commit({ bodyBytes: loose.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(await printed(await world.open("alice"), "cat stamp"), "5");
});

test.run();
