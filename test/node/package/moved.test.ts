import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import type { Thread } from "../../../node/package/thread.ts";
import { seeded } from "../seeded.ts";
import { addressOf, lineFault, printed, World } from "./world.ts";
import { encodeAddress } from "../../../node/state/address.ts";

async function commit(world: World, name: string, source: string): Promise<void> {
  const thread = await world.open(name);
  await printed(thread, `bt\n${source}\nrt`);
  const { bodyBytes } = await world.draft(thread, name);
  assert.equal(await world.commit({ bodyBytes, by: name }), [{ kind: "done" }]);
}

async function recording(world: World, name: string, source: string): Promise<Thread> {
  const thread = await world.open(name);
  await printed(thread, `bt\n${source}\nrt`);
  return thread;
}

const text = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

test("edits that do not overlap are run again on the newest state without a word", async () => {
  const world = await World.with("alice");
  const thread = await recording(world, "alice", "echo mine > a");
  await commit(world, "alice", "echo theirs > b");
  const draft = await world.draft(thread, "alice");
  assert.equal(draft.moved, []);
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "done" }]);
});

test("edits of one file are named with the three versions and what would become of them", async () => {
  const world = await World.with("alice");
  await commit(world, "alice", "echo old > note");
  const thread = await recording(world, "alice", "echo mine > note");
  await commit(world, "alice", "echo theirs > note");
  const { moved } = await world.draft(thread, "alice");
  assert.equal(moved.map(({ place, old, mine, theirs, result }) => [place, text(old), text(mine), text(theirs), text(result)]), [["~/note", "old\n", "mine\n", "theirs\n", "mine\n"]]);
});

test("edits of other lines of one text are both in the package, in either order of the commits", async () => {
  const results: (string | undefined)[] = [];
  for (const order of [[0, 1], [1, 0]] as const) {
    const world = await World.with("alice");
    await commit(world, "alice", "'one\\ntwo\\nthree\\nfour\\n' 'note' writeEx");
    const edits = ["'ONE\\ntwo\\nthree\\nfour\\n' 'note' writeEx", "'one\\ntwo\\nthree\\nFOUR\\nfive\\n' 'note' writeEx"];
    const threads = await Promise.all(edits.map((edit) => recording(world, "alice", edit)));
    const [first, second] = order.map((at) => threads[at] as Thread) as [Thread, Thread];
    assert.equal(await world.commit({ bodyBytes: (await world.draft(first, "alice")).bodyBytes, by: "alice" }), [{ kind: "done" }]);
    const { bodyBytes, moved } = await world.draft(second, "alice");
    assert.equal(moved.map(({ place, merged }) => [place, text(merged)]), [["~/note", "ONE\ntwo\nthree\nFOUR\nfive\n"]]);
    assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
    results.push(await printed(await world.open("alice"), "cat note"));
  }
  assert.equal(results, Array(2).fill("ONE\ntwo\nthree\nFOUR\nfive\n"));
});

test("a text longer than a literal is merged as well, cut between characters", async () => {
  const world = await World.with("alice");
  const old = Array.from({ length: 400 }, (_, index) => `Zeile ${index} mit Grüßen\n`);
  const written = (lines: readonly string[]): string => {
    const parts = Array.from({ length: Math.ceil(lines.length / 80) }, (_, at) => lines.slice(at * 80, at * 80 + 80).join("").replaceAll("\n", "\\n"));
    return parts.map((part, at) => `'${part}' 'note' ${at === 0 ? "writeEx" : "appendEx"}`).join("\n");
  };
  await commit(world, "alice", written(old));
  const thread = await recording(world, "alice", written(old.with(399, "meine\n")));
  await commit(world, "alice", written(old.with(0, "ihre\n")));
  const { bodyBytes } = await world.draft(thread, "alice");
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  assert.is(await printed(await world.open("alice"), "cat note"), old.with(0, "ihre\n").with(399, "meine\n").join(""));
});

test("nothing is merged where rights changed as well, where a file is new or gone, and where a package is loose", async () => {
  const world = await World.with("alice");
  await commit(world, "alice", "'one\\ntwo\\n' 'note' writeEx\necho x > gone");
  const rights = await recording(world, "alice", "'ONE\\ntwo\\n' 'note' writeEx\nchmod o= note");
  const removes = await recording(world, "alice", "rm gone");
  await commit(world, "alice", "'one\\nTWO\\n' 'note' writeEx\nchmod o+w note\necho y >> gone");
  assert.equal((await world.draft(rights, "alice")).moved.map(({ place, merged }) => [place, merged]), [["~/note", undefined]]);
  assert.equal((await world.draft(removes, "alice")).moved.map(({ place, merged }) => [place, merged]), [["~/gone", undefined]]);
  assert.equal((await world.draft(rights, "alice", "loose")).moved, []);
});

test("a change to what was only read is found where it changes the outcome", async () => {
  const world = await World.with("alice");
  await commit(world, "alice", "echo one > rate");
  const copies = await recording(world, "alice", "'rate' readEx 'copy' writeEx");
  const ignores = await recording(world, "alice", "'rate' readEx drop touch other");
  await commit(world, "alice", "echo two > rate");
  const [place] = (await world.draft(copies, "alice")).moved;
  assert.equal([place?.place, text(place?.mine), text(place?.result)], ["~/copy", "one\n", "two\n"]);
  assert.equal((await world.draft(ignores, "alice")).moved, []);
});

test("a purse that lets somebody spend is obeyed by blocks; taken back in between, the package is denied and pays its fee", async () => {
  const world = await World.with("alice", "bob");
  const alice = encodeAddress(addressOf("alice"));
  await commit(world, "alice", `touch .purse\nsetfacl -m user:${encodeAddress(addressOf("bob"))}:s .purse`);
  const first = await world.draft(await recording(world, "bob", `sendfrom ${alice} ~ 2`), "bob");
  assert.equal(await world.commit({ bodyBytes: first.bodyBytes, by: "bob" }), [{ kind: "done" }]);
  assert.is(await printed(await world.open("alice"), "balance 998 < ."), "-1 ", "two coins and her fee are gone");
  const late = await world.draft(await recording(world, "bob", `sendfrom ${alice} ~ 2`), "bob");
  await commit(world, "alice", "setfacl -b .purse");
  const before = world.realm().domain(addressOf("alice")).balanceUnits;
  const [bobs] = [world.realm().domain(addressOf("bob")).balanceUnits];
  assert.equal(await world.commit({ bodyBytes: late.bodyBytes, by: "bob" }), [{ kind: "denied", faultCode: "STATE_DENIED" }]);
  assert.is(world.realm().domain(addressOf("alice")).balanceUnits, before);
  assert.ok(world.realm().domain(addressOf("bob")).balanceUnits < bobs, "the fee is paid");
});

test("sync keeps pending work, shows the new state and names what both changed", async () => {
  const world = await World.with("alice");
  await commit(world, "alice", "echo old > note");
  const thread = await world.open("alice");
  await printed(thread, "bt\necho mine > note\ntouch pending");
  await commit(world, "alice", "echo theirs > note\ntouch other");
  assert.ok(thread.status().behind);
  assert.equal((await thread.sync()).overlapping, ["~/note"]);
  assert.is(await printed(thread, "ls\ncat note"), "note\nother\npending\nmine\n");
  assert.is(await lineFault(thread, "rt"), "none");
  assert.equal((await world.draft(thread, "alice")).moved, []);
});

test("a strict package whose ground moved after it was signed changes nothing; a loose one runs on what it finds", async () => {
  const world = await World.with("alice", "bob");
  await commit(world, "alice", "echo one > log");
  const copy = `'/${encodeAddress(addressOf("alice"))}/log' readEx 'copy' writeEx`;
  const strict = await world.draft(await recording(world, "bob", copy), "bob");
  await commit(world, "alice", "echo two > log");
  assert.equal(await world.commit({ bodyBytes: strict.bodyBytes, by: "bob" }), [{ kind: "state-moved" }]);
  const loose = await world.draft(await recording(world, "bob", copy), "bob", "loose");
  await commit(world, "alice", "echo three > log");
  assert.equal(await world.commit({ bodyBytes: loose.bodyBytes, by: "bob" }), [{ kind: "done" }]);
  assert.is(await printed(await world.open("bob"), "cat copy"), "three\n");
});

test("dust, a second writer and a front-runner cannot make a strict package fail unless they touch what it touches", async () => {
  const world = await World.with("alice", "bob", "mallory");
  const alice = encodeAddress(addressOf("alice"));
  const bob = encodeAddress(addressOf("bob"));
  const { bodyBytes } = await world.draft(await recording(world, "alice", `send ${bob} 1\necho hi > note\n'note' readEx drop`), "alice");
  const dust = await world.draft(await recording(world, "mallory", `send ${alice} 0.000000000000000001\nsend ${bob} 3\nmkdir a\necho x > note`), "mallory");
  const writer = await world.draft(await recording(world, "bob", `send ${alice} 2\ntouch b`), "bob");
  const outcomes = await world.commit({ bodyBytes: dust.bodyBytes, by: "mallory" }, { bodyBytes: writer.bodyBytes, by: "bob" }, { bodyBytes, by: "alice" });
  assert.equal(outcomes, [{ kind: "done" }, { kind: "done" }, { kind: "done" }]);
});

test("disjoint edits merge to one result in either order", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const roots: string[] = [];
    for (const order of [[0, 1], [1, 0]] as const) {
      const random = seeded(seed);
      const world = await World.with("alice", "bob");
      const drafts: { bodyBytes: Uint8Array; by: string }[] = [];
      for (const name of ["alice", "bob"]) {
        const other = encodeAddress(addressOf(name === "alice" ? "bob" : "alice"));
        const lines = Array.from({ length: 6 }, () => [`echo ${random(90)} > f${random(4)}`, `echo ${random(9)} >> f${random(4)}`, `send ${other} ${random(5)}`, `'f${random(4)}' existsEx drop`][random(4)] as string);
        const thread = await recording(world, name, [...lines, "touch end"].join("\n"));
        drafts.push({ bodyBytes: (await world.draft(thread, name)).bodyBytes, by: name });
      }
      const ordered = order.map((at) => drafts[at] as { bodyBytes: Uint8Array; by: string });
      assert.equal(await world.commit(...ordered), [{ kind: "done" }, { kind: "done" }], `seed ${seed}`);
      roots.push(toHex(world.base.stateRoot));
    }
    assert.is(roots[0], roots[1], `seed ${seed}`);
  }
});

test.run();
