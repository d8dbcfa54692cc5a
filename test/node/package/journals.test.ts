import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Identity } from "../../../node/api.ts";
import { JournalBook } from "../../../node/package/journal-book.ts";
import { readResumeCode, resumeCodeText } from "../../../node/package/resume-code.ts";
import { Session } from "../../../node/package/session.ts";
import { SharedThreads } from "../../../node/package/shared-threads.ts";
import { SessionJournals } from "../../../node/package/session-journals.ts";
import { ManualClock } from "../../shell/manual-clock.ts";
import { createPrng } from "../../shell/test-random.ts";
import { addressOf, faultOf, identityOf, printed, World } from "./world.ts";

const clock = new ManualClock();
const random = createPrng(9);
const anonymous: Identity = { level: "claimed", sshUser: "eve", sourceAddress: "memory" };

/** A node's life: sessions that find what is on the world's disk. */
class Life {
  readonly #world: World;
  readonly #book: JournalBook;
  readonly #shared = new SharedThreads();
  #sessions = 0;

  private constructor(world: World, book: JournalBook) {
    this.#world = world;
    this.#book = book;
  }

  static async begin(world: World): Promise<Life> {
    world.pool.loseWorker();
    return new Life(world, await JournalBook.open({ clock, disk: world.disk, random }));
  }

  open(name: string, identity = identityOf(name)): Promise<Session> {
    const world = this.#world;
    const journals = new SessionJournals(this.#book, random, identity);
    this.#sessions += 1;
    return Session.open({
      id: this.#sessions, identity, clock, shared: this.#shared, journals, openThread: (kind) => world.open(name, kind), adoptThread: (kind, bytes) => world.adopt(name, kind, bytes),
      selfOf: () => ({ signer: addressOf(name), identityText: name }),
    });
  }
}

test("a node killed in mid-recording: the key finds its thread with the same text, stack, words and private root", async () => {
  const world = await World.with("alice", "bob");
  const before = await (await Life.begin(world)).open("alice");
  await printed(before, ": twice 2* ;\n7\nbt\nmkdir docs\necho hi > docs/note\n4 twice");
  const seen = await printed(before, "vt perspective depth .");
  const life = await Life.begin(world); // nobody closed anything
  const after = await life.open("alice");
  const [left, ...others] = after.journals();
  assert.equal(others, []);
  assert.is(left?.name, "main");
  assert.equal((await life.open("bob")).journals(), [], "another key sees nothing");
  assert.is((await after.resumeJournal(left?.id ?? "")).name, "main");
  assert.is(await printed(after, "vt perspective depth ."), seen);
  assert.equal(after.journals(), [], "what is resumed waits no more");
  await printed(after, "at");
  assert.is(await printed(after, ". 3 twice ."), "7 6 ");
  assert.equal((await (await Life.begin(world)).open("alice")).journals(), [], "given up is given up");
});

test("a connection that is lost leaves its threads to the next one; nothing is left of what was committed or freed", async () => {
  const world = await World.with("alice");
  const life = await Life.begin(world);
  const first = await life.open("alice");
  await printed(first, "bt\nmkdir one");
  await first.start({ name: "two" });
  await printed(first, "bt\nmkdir two");
  await first.start({ name: "three" });
  await printed(first, "bt\nmkdir three");
  first.free("three");
  const second = await life.open("alice");
  assert.equal(second.journals(), [], "a session that goes on keeps its own");
  first.close();
  assert.equal(second.journals().map(({ name, pendingLines }) => [name, pendingLines]), [["main", 1], ["two", 1]]);
  await printed(second, "1");
  for (const { id } of second.journals()) await second.resumeJournal(id);
  assert.equal(second.list().map(({ name }) => name), ["main", "2", "two"], "a main thread that was used stays");
  assert.is(await faultOf(second.resumeJournal("0a1b2c3d4e5f")), "THREAD_NO_JOURNAL");
  await printed(second, "rt");
  second.drafted(second.ready(), addressOf("alice"));
  await second.committed();
  second.close();
  const third = await life.open("alice");
  assert.equal(third.journals().map(({ pendingLines }) => pendingLines), [1]);
  await third.forgetJournal(third.journals()[0]?.id ?? "");
  assert.equal(third.journals(), []);
});

test("without a proved key a resume code keeps what is recorded, sealed, and nothing else opens it", async () => {
  const world = await World.with("eve");
  const eve = await (await Life.begin(world)).open("eve", anonymous);
  await printed(eve, "bt\necho 'my secret plan' > note");
  const code = await eve.keepJournal();
  await printed(eve, "mkdir docs");
  const disk = [];
  for await (const [, value] of world.disk.entries({ start: Buffer.from("j/"), end: Buffer.from("j0") })) disk.push(Buffer.from(value).toString("latin1"));
  assert.is(disk.length, 1);
  assert.not.match(disk.join(""), "secret plan");
  const life = await Life.begin(world);
  const other = await life.open("eve", anonymous);
  assert.equal(other.journals(), []);
  assert.equal(other.journals(resumeCodeText(random.bytes(16))), []);
  const [left] = other.journals(code.toUpperCase().replaceAll("-", " "));
  assert.is(left?.pendingLines, 2);
  await other.resumeJournal(left?.id ?? "", code);
  assert.match(await printed(other, "vt"), "my secret plan");
  assert.is(await faultOf((await life.open("alice")).keepJournal()), "THREAD_KEPT_BY_KEY");
});

test("a journal that the disk damaged is not resumed, and old ones go", async () => {
  const world = await World.with("alice");
  const alice = await (await Life.begin(world)).open("alice");
  await printed(alice, "bt\nmkdir docs");
  for await (const [key, value] of world.disk.entries({ start: Buffer.from("j/"), end: Buffer.from("j0") })) {
    for (let at = 0; at < value.length; at += 97) {
      const flipped = value.slice();
      flipped[at] = (flipped[at] as number) ^ 4;
      await world.disk.batch([{ type: "put", key, value: flipped }], { sync: false });
      assert.equal((await (await Life.begin(world)).open("alice")).journals(), [], `byte ${String(at)}`);
    }
    await world.disk.batch([{ type: "put", key, value }], { sync: false });
  }
  assert.is((await (await Life.begin(world)).open("alice")).journals().length, 1);
  clock.advance(8 * 86_400_000);
  assert.equal((await (await Life.begin(world)).open("alice")).journals(), []);
});

test("one key keeps 64 threads; the oldest that no session holds go first", async () => {
  const world = await World.with("alice");
  const life = await Life.begin(world);
  for (let count = 0; count < 66; count += 1) {
    const one = await life.open("alice");
    await printed(one, `bt\nmkdir d${String(count)}`);
    one.close();
    clock.advance(1_000);
  }
  const left = (await life.open("alice")).journals();
  assert.is(left.length, 64);
});

test("a resume code reads back however it is grouped, and nothing else does", () => {
  for (let count = 0; count < 50; count += 1) {
    const code = random.bytes(16);
    const text = resumeCodeText(code);
    assert.match(text, /^([a-z2-7]{5}-){5}[a-z2-7]$/);
    assert.equal(readResumeCode(text), code);
  }
  for (const wrong of ["", "abc", "aaaaa-aaaaa-aaaaa-aaaaa-aaaaa-b1", `${"a".repeat(25)}!`, "a".repeat(27), "0".repeat(26)]) assert.is(readResumeCode(wrong), undefined, wrong);
});

test.run();
