import { test } from "uvu";
import * as assert from "uvu/assert";
import { isFaultError } from "../../../lang/base/fault.ts";
import type { ThreadApi } from "../../../node/api.ts";
import { decodeBody } from "../../../node/package/body-codec.ts";
import { CommitLock, type CommitEvent } from "../../../node/package/commit-lock.ts";
import { JournalBook } from "../../../node/package/journal-book.ts";
import { SessionJournals } from "../../../node/package/session-journals.ts";
import { Session } from "../../../node/package/session.ts";
import { SharedThreads } from "../../../node/package/shared-threads.ts";
import { createPrng } from "../../shell/test-random.ts";
import { ManualClock } from "../../shell/manual-clock.ts";
import { keyNamed } from "./package-samples.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { faultOf, identityOf, lineFault, printed, World } from "./world.ts";

const shared = new SharedThreads();
const testRandom = createPrng(5);
const clock = new ManualClock();
let nextSession = 1;

async function session(world: World, name: string, limits: { readonly mostBytes?: number; readonly mostBytesTogether?: number; readonly shared?: SharedThreads } = {}): Promise<Session> {
  const identity = identityOf(name);
  const journals = new SessionJournals(await JournalBook.open({ clock, disk: world.disk, random: testRandom }), testRandom, identity);
  return Session.open({
    id: nextSession++, identity, clock, shared, journals, openThread: (kind) => world.open(name, kind), adoptThread: (kind, bytes) => world.adopt(name, kind, bytes),
    selfOf: () => ({ signer: domainOfKey(keyNamed(name)), identityText: name }), ...limits,
  });
}

const thrown = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isFaultError(error)) return error.fault.code;
    throw error;
  }
  return "none";
};

test("threads have their own stacks, words, files and recordings", async () => {
  const mine = await session(await World.with("alice"), "alice");
  await printed(mine, "1 2 3 : hello 7 . ; mkdir a");
  await mine.start({ name: "two" });
  assert.is(await printed(mine, "depth . 'aa' existsEx ."), "0 0 ");
  assert.is(await lineFault(mine, "hello"), "LANG_UNKNOWN_WORD");
  assert.is(mine.status().thread, "two");
  mine.use("main");
  assert.is(await printed(mine, "depth . hello"), "3 7 ");
  assert.equal(mine.list().map(({ name, isCurrent }) => [name, isCurrent]), [["main", true], ["two", false]]);
});

test("open files outlive the worker that opened them, and bt begins with none", async () => {
  const world = await World.with("alice");
  const mine = await session(world, "alice");
  await printed(mine, "variable f");
  assert.is(await printed(mine, 's" note" r/w create-file . f !  s" one" f @ write-file .'), "0 0 ");
  world.pool.loseWorker();
  assert.is(await printed(mine, 's" two" f @ write-file .  f @ file-position . . .'), "0 0 0 6 ");
  await printed(mine, "bt");
  assert.is(await printed(mine, 's" other" r/w create-file . 1 = .'), "0 -1 ");
  world.pool.loseWorker();
  await printed(mine, "at");
  assert.is(await printed(mine, "f @ file-position . . .  cat note"), "0 0 6 onetwo");
});

test("threads are started without a name, found, and dropped", async () => {
  const mine = await session(await World.with("alice"), "alice");
  assert.is((await mine.start({})).name, "2");
  assert.is((await mine.start({})).name, "3");
  assert.is(await faultOf(mine.start({ name: "2" })), "THREAD_EXISTS");
  assert.is(await faultOf(mine.start({ name: "a b" })), "THREAD_BAD_NAME");
  assert.is(thrown(() => mine.use("nine")), "THREAD_NO_SUCH");
  assert.is(thrown(() => mine.free("main")), "THREAD_MAIN");
  mine.free("3");
  assert.is(mine.status().thread, undefined);
  assert.equal(mine.list().map(({ name }) => name), ["main", "2"]);
  for (let count = 2; count < 64; count++) await mine.start({});
  assert.is(await faultOf(mine.start({})), "THREAD_TOO_MANY");
});

test("the threads of a session hold so much together and no more, what undo could take back included", async () => {
  const mine = await session(await World.with("alice"), "alice", { mostBytes: 2_900_000 });
  await printed(mine, "marker empty create data 1000000 allot data 1000000 255 fill");
  await mine.start({ name: "two" });
  const filled = "create data 2000000 allot data 2000000 255 fill";
  assert.is(await lineFault(mine, filled), "THREAD_TOO_LARGE");
  assert.is(await lineFault(mine, "data"), "LANG_UNKNOWN_WORD");
  mine.use("main");
  await printed(mine, "empty");
  mine.use("two");
  assert.is(await lineFault(mine, filled), "THREAD_TOO_LARGE");
  mine.use("main");
  await mine.undo();
  await mine.undo();
  mine.use("two");
  assert.is(await printed(mine, `${filled} here data - .`), "2000000 ");
});

test("all sessions of one user hold so much together, however many he opens; those of others do not count", async () => {
  const world = await World.with("alice", "bob");
  const limits = { mostBytesTogether: 2_900_000, shared: new SharedThreads() };
  const filled = "create data 1000000 allot data 1000000 255 fill";
  const sessions = [await session(world, "alice", limits), await session(world, "alice", limits), await session(world, "alice", limits)] as const;
  const other = await session(world, "bob", limits);
  await printed(sessions[0], filled);
  await printed(sessions[1], filled);
  assert.is(await lineFault(sessions[2], filled), "THREAD_TOO_LARGE");
  await printed(other, filled);
  sessions[0].close();
  await printed(sessions[2], filled);
  for (const one of [sessions[1], sessions[2], other]) one.close();
});

test("ct gathers the ready threads, each with its own words; the others stay pending", async () => {
  const world = await World.with("alice");
  const mine = await session(world, "alice");
  await printed(mine, ": name 'main' ; bt name mkdirEx 1 2 3 rt");
  await mine.start({ name: "two" });
  await printed(mine, "bt\n: name 'second' ;\nname mkdirEx\ncd second\ntouch file\nrt");
  await mine.start({ name: "three" });
  await printed(mine, "bt\nmkdir third");
  const threads = mine.ready();
  assert.is(threads.length, 2);
  const draft = await world.draft(threads, "alice");
  mine.drafted(threads, domainOfKey(keyNamed("alice")));
  assert.is(decodeBody(draft.bodyBytes).sections.length, 2);
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  await mine.committed();
  assert.equal(mine.list().map(({ recording, pendingLines }) => [recording, pendingLines]), [["off", 0], ["off", 0], ["recording", 1]]);
  mine.use("main");
  assert.is(await printed(mine, "ls\nls second"), "main/\nsecond/\nfile\n");
});

test("two threads that define one word differently do as one after the other in fresh dictionaries", async () => {
  const world = await World.with("alice");
  const mine = await session(world, "alice");
  const sources = [": w 'aa' ;\nw mkdirEx 5", ": w 'bb' ;\n: v w ;\nv mkdirEx"];
  await printed(mine, `bt\n${sources[0]}\nrt`);
  await mine.start({});
  await printed(mine, `bt\n${sources[1]}\nrt`);
  const together = await world.draft(mine.ready(), "alice");
  const alone = await world.open("alice");
  await printed(alone, "bt\n'aa' mkdirEx 'bb' mkdirEx\nrt");
  assert.equal(together.effectBytes, (await world.draft(alone, "alice")).effectBytes);
});

test("20 threads and 200 actions take one signature", async () => {
  const world = await World.with("alice");
  const mine = await session(world, "alice");
  for (let thread = 0; thread < 20; thread++) {
    if (thread > 0) await mine.start({});
    const actions = Array.from({ length: 9 }, (_, action) => `echo ${action} > t${thread}/f${action}`);
    await printed(mine, ["bt", `mkdir t${thread}`, ...actions, "rt"].join("\n"));
  }
  const draft = await world.draft(mine.ready(), "alice");
  const body = decodeBody(draft.bodyBytes);
  assert.is(body.sections.length, 20);
  assert.is(body.signers.needed, 1);
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  const after = await world.open("alice");
  assert.is(await printed(after, "cat t19/f8"), "8\n");
});

test("what ct needs is named: a recording, that it is ready, and something in it", async () => {
  const mine = await session(await World.with("alice"), "alice");
  assert.is(thrown(() => mine.ready()), "THREAD_NOT_RECORDING");
  await printed(mine, "bt");
  assert.is(thrown(() => mine.ready()), "THREAD_NOT_READY");
  await printed(mine, "rt");
  assert.is(thrown(() => mine.ready()), "THREAD_NOTHING_TO_COMMIT");
});

test("a paused thread takes no lines and is left out of ct", async () => {
  const mine = await session(await World.with("alice"), "alice");
  await printed(mine, "bt\nmkdir a\nrt");
  mine.pause("main");
  assert.is(await lineFault(mine, "ls"), "THREAD_PAUSED");
  assert.is(thrown(() => mine.ready()), "THREAD_NOT_RECORDING");
  mine.resume("main");
  assert.is(mine.ready().length, 1);
});

test("a read-only thread refuses writes, a write-only one keeps reads out of its package", async () => {
  const mine = await session(await World.with("alice"), "alice");
  await mine.start({ name: "eye", kind: "read-only" });
  assert.is(await lineFault(mine, "mkdir a"), "STATE_READ_ONLY");
  assert.is(await printed(mine, "balance ."), "1000 ");
  await mine.start({ name: "hand", kind: "write-only" });
  assert.is(await printed(mine, "balance ."), "1000 ");
  await printed(mine, "bt\nmkdir docs\ncd docs\ntouch a\nls");
  assert.is(await lineFault(mine, "balance ."), "THREAD_WRITE_ONLY");
  assert.is(await printed(mine, "vt"), '"docs" mkdirEx\n"docs" cdEx\n"a" touchEx\n');
});

test("a shared thread is joined by another session of the same key, and by nobody else", async () => {
  const world = await World.with("alice", "bob");
  const [manager, editor, stranger] = [await session(world, "alice"), await session(world, "alice"), await session(world, "bob")];
  await manager.start({ name: "work", share: "shared" });
  await printed(manager, "bt\necho draft > page");
  await manager.start({ name: "own" });
  assert.is(thrown(() => editor.join("own")), "THREAD_PRIVATE");
  assert.is(thrown(() => stranger.join("work")), "THREAD_NO_SUCH");
  editor.join("work");
  assert.is(await printed(editor, "cat page"), "draft\n");
  await printed(editor, "echo better > page");
  manager.use("work");
  assert.is(await printed(manager, "cat page"), "better\n");
  manager.close();
  assert.is(await printed(editor, "cat page"), "better\n");
  editor.close();
  stranger.close();
});

test("a line in the background keeps its output until it is asked for", async () => {
  const mine = await session(await World.with("alice"), "alice");
  await mine.start({ name: "two" });
  mine.use("main");
  mine.background("two", "1 2 + .", { mode: "shell", columns: 80 });
  assert.is(thrown(() => mine.background("two", "1", { mode: "shell", columns: 80 })), "THREAD_BUSY");
  assert.is(await printed(mine, "4 ."), "4 ");
  mine.use("two");
  await printed(mine, "");
  const { output, outcome } = mine.takeOutput("two");
  assert.is(Buffer.from(output).toString(), "3 ");
  assert.is(outcome?.kind, "done");
  assert.is(mine.takeOutput("two").outcome, undefined);
});

test("one committer at a time: the second fails at once, and everybody is told", () => {
  const time = new ManualClock();
  const lock = new CommitLock(time);
  const events: CommitEvent[] = [];
  lock.listen((event) => events.push(event));
  const held = lock.tryLock("one", 1_000);
  assert.is(thrown(() => lock.tryLock("two", 1_000)), "THREAD_COMMITTING");
  held.release();
  held.release();
  const second = lock.tryLock("two", 1_000);
  time.advance(1_000);
  assert.is(lock.holder, undefined);
  const third = lock.tryLock("three", 1_000);
  second.release();
  assert.is(lock.holder, "three");
  third.release();
  assert.equal(events.map(({ kind, holder }) => `${holder} ${kind}`), ["one locked", "one released", "two locked", "two timed-out", "three locked", "three released"]);
});

test("while a commit is under way its threads take no lines, and after it they do", async () => {
  const mine: Session & ThreadApi = await session(await World.with("alice"), "alice");
  assert.is(thrown(() => mine.lockCommit()), "THREAD_NOT_RECORDING");
  await printed(mine, "bt\nmkdir a\nrt");
  const held = mine.lockCommit();
  assert.is(await lineFault(mine, "mkdir b"), "THREAD_COMMITTING");
  assert.is(thrown(() => mine.lockCommit()), "THREAD_COMMITTING");
  held.release();
  assert.is(await lineFault(mine, "mkdir b"), "none");
});

test("who shares a thread is told when another session commits it, and when that is over; who commits it is told of a time-out alone", async () => {
  const world = await World.with("alice");
  const ours = new SharedThreads();
  const mine = await session(world, "alice", { shared: ours });
  const other = await session(world, "alice", { shared: ours });
  const told: string[] = [];
  mine.onCommit(({ kind, holder, elsewhere }) => told.push(`mine: ${holder} ${kind}${elsewhere === true ? " elsewhere" : ""}`));
  other.onCommit(({ kind, holder, elsewhere }) => told.push(`other: ${holder} ${kind}${elsewhere === true ? " elsewhere" : ""}`));
  await mine.start({ name: "plan", share: "shared" });
  await printed(mine, "bt\nmkdir a\nrt");
  other.join("plan");
  other.lockCommit().release();
  assert.equal(told.splice(0).sort(), ["mine: plan locked elsewhere", "mine: plan released elsewhere", "other: plan locked", "other: plan released"]);
  mine.lockCommit(1_000);
  clock.advance(1_000);
  assert.equal(told.splice(0).sort(), ["mine: plan locked", "mine: plan timed-out", "other: plan locked elsewhere", "other: plan timed-out elsewhere"]);
  other.free("plan");
  mine.lockCommit().release();
  assert.equal(told, ["mine: plan locked", "mine: plan released"]);
});

test.run();
