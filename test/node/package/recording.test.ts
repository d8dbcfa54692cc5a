import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { HOST_WORDS } from "../../../lang/primitives/host-words.ts";
import type { HostWordSpec } from "../../../lang/primitives/spec.ts";
import type { Thread } from "../../../node/package/thread.ts";
import { dispositionOf, kindAllows } from "../../../node/package/recorder-rules.ts";
import { seeded } from "../seeded.ts";
import { addressOf, faultOf, lineFault, printed, World } from "./world.ts";

/** The rule in the words of the specification, apart from the code that carries it out. */
const RULE: Record<HostWordSpec["access"], (spec: HostWordSpec) => "kept" | "cut"> = {
  write: () => "kept",
  read: () => "kept",
  files: () => "kept",
  show: ({ effect }) => (effect === "( -- )" ? "cut" : "kept"),
  thread: () => "cut",
};

test("each host word is recorded or cut as its access says, in each kind of thread", () => {
  for (const spec of HOST_WORDS as readonly HostWordSpec[]) {
    assert.is(dispositionOf(spec.code), RULE[spec.access](spec), spec.word);
    assert.is(kindAllows("both", spec, true), true, spec.word);
    assert.is(kindAllows("read-only", spec, true), spec.access !== "write", spec.word);
    assert.is(kindAllows("write-only", spec, true), !((spec.access === "read" || spec.counted === true) && spec.gives.length > 0), spec.word);
    assert.is(kindAllows("write-only", spec, false), true, spec.word);
  }
});

/** Commits what the lines do, as alice. */
async function committed(world: World, thread: Thread, lines: string): Promise<void> {
  await printed(thread, `bt\n${lines}\nrt`);
  const { bodyBytes } = await world.draft(thread, "alice");
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  await thread.committed();
}

/** What `vt` prints after lines, begun with `bt`. */
async function recorded(thread: Thread, lines: string): Promise<string> {
  await printed(thread, "bt");
  await printed(thread, lines);
  const source = await printed(thread, "vt");
  await printed(thread, "at");
  return source;
}

const WORD_BY_MODE: readonly (readonly [what: string, lines: string, recorded: string])[] = [
  ["a line that only shows", "ls", ""],
  ["a line that only computes and prints", "1 2 + .", ""],
  ["what a line leaves on the stack", "1 2 +", "1 2 +\n"],
  ["a shown word without parameters in a line that writes", "'aa' mkdirEx pwd whoami", '"aa" mkdirEx\n'],
  ["a shown word with a parameter in a line that writes", "'aa' mkdirEx '..' lsEx", '"aa" mkdirEx\n".." lsEx\n'],
  ["a read that decides", ": decide 'aa' existsEx 0= if 'bb' mkdirEx then ; decide", ': decide "aa" existsEx 0= if "bb" mkdirEx then ;\ndecide\n'],
  ["going to a directory", "mkdir aa\ncd aa\ntouch b", '"aa" mkdirEx\n"aa" cdEx\n"b" touchEx\n'],
  ["the base of numbers", "hex\n10", "hex\n#16\n"],
  ["a definition that is used", ": twice dup + ;\n2 twice", ": twice dup + ;\n2 twice\n"],
  ["a definition that nothing uses", ": twice dup + ;\nmkdir aa", '"aa" mkdirEx\n'],
  ["data made after bt", "variable x\n5 x !", "variable x\n5 x\n!\n"],
  ["thread words", "'aa' mkdirEx rt", '"aa" mkdirEx\n'],
];

test("what is recorded of a line, case by case", async () => {
  const world = await World.with("alice");
  for (const [what, lines, expected] of WORD_BY_MODE) {
    assert.is(await recorded(await world.open("alice"), lines), expected, what);
  }
});

test("before bt nothing is recorded, and bt in mid-line records what follows it", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  assert.is(await printed(thread, "mkdir before\n1 2 bt 'after' mkdirEx"), "what was tried before bt is set aside until at or ct\n");
  assert.is(await printed(thread, "vt"), '"after" mkdirEx\n');
  assert.is(await printed(thread, "depth ."), "0 ");
  await printed(thread, "at");
  assert.is(await printed(thread, "depth ."), "2 ");
  assert.is(await printed(thread, "'after' existsEx . 'before' existsEx ."), "0 -1 ");
});

test("what was tried before bt is no part of what the recording sees, and what was committed lies over it", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "echo tried > list\nmkdir only\ncd only");
  await printed(thread, "bt");
  assert.is(await printed(thread, "pwd"), "~\n");
  await printed(thread, "echo mine >> list\nrt");
  assert.is(await printed(thread, "cat list"), "mine\n");
  const { bodyBytes } = await world.draft(thread, "alice");
  assert.equal(await world.commit({ bodyBytes, by: "alice" }), [{ kind: "done" }]);
  await thread.committed();
  assert.is(await printed(thread, "cat list"), "mine\n");
  assert.is(await printed(thread, "ls"), "list\nonly/\n");
  await printed(thread, "at");
  assert.is(await printed(thread, "ls"), "list\n");
  assert.is(await lineFault(thread, "at"), "THREAD_NOT_RECORDING");
});

test("a thread with something pending says that the state has moved on, until it is synced", async () => {
  const world = await World.with("alice");
  const [thread, other] = [await world.open("alice"), await world.open("alice")];
  await printed(thread, "bt\nmkdir aa");
  assert.is(thread.status().behind, false);
  await committed(world, other, "mkdir bb");
  assert.is(thread.status().behind, true);
  await thread.sync();
  assert.is(thread.status().behind, false);
  assert.is(await printed(thread, "ls"), "aa/\nbb/\n");
});

test("a recording that begins elsewhere says where, and in which base", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await committed(world, thread, "mkdir docs");
  await printed(thread, "cd docs\nhex");
  assert.is(await recorded(thread, "touch a"), '"~/docs" cdEx\n#16 base\n!\n"a" touchEx\n');
});

test("a failing line drops its items, and the lines before it stay", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "bt\nmkdir aa");
  assert.is(await lineFault(thread, "'bb' mkdirEx nonsense"), "LANG_UNKNOWN_WORD");
  assert.is(await lineFault(thread, "'cc' mkdirEx rt nonsense"), "LANG_UNKNOWN_WORD");
  assert.is(await printed(thread, "vt"), '"aa" mkdirEx\n');
  assert.is(thread.status().recording, "recording");
});

test("a failing line that held bt or at changes nothing", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "1 2 3");
  assert.is(await lineFault(thread, "bt 'aa' mkdirEx nonsense"), "LANG_UNKNOWN_WORD");
  assert.is(thread.status().recording, "off");
  assert.is(await printed(thread, "depth ."), "3 ");
  await printed(thread, "bt\nmkdir aa");
  assert.is(await lineFault(thread, "at nonsense"), "LANG_UNKNOWN_WORD");
  assert.is(await printed(thread, "vt"), '"aa" mkdirEx\n');
});

test("a change after rt un-marks the thread", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "bt\nmkdir aa\nrt");
  assert.is(thread.status().recording, "ready");
  await printed(thread, "ls");
  assert.is(thread.status().recording, "ready");
  await printed(thread, "mkdir bb");
  assert.is(thread.status().recording, "recording");
});

test("mutable data made before bt is refused where it is used, through words as well", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "variable x 7 value v 9 constant nine defer d : f x @ ; : g f ; : ok nine dup * ; 1 2 2constant pair create tab 3 , synonym y x");
  await printed(thread, "bt");
  for (const line of ["x @ .", "v .", "8 to v", "f .", "g .", "' g drop", "' dup is d", "tab @ .", "y @ .", ": h g ;"]) {
    assert.is(await lineFault(thread, line), "THREAD_MUTABLE_OUTSIDE", line);
  }
  await printed(thread, "nine ok pair");
  assert.is(await printed(thread, "vt"), "9 constant nine\n: ok nine dup * ;\n1 2 2constant pair\nnine\nok\npair\n");
});

test("words that wait or steer are refused where they are used, and a key is recorded as what was pressed", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, ": ask key ; : start bt ; : stop rt ;");
  assert.is(await lineFault(thread, "start"), "THREAD_NOT_COMMITTABLE");
  assert.is(thread.status().recording, "off");
  await printed(thread, "bt");
  for (const line of ["stop", "' rt execute", 's" rt" evaluate', "pad 5 accept", "5 ms", "ask"]) {
    const outcome = thread.run(line, { mode: "shell", sourceName: "prompt", write: () => undefined, columns: 80, interactive: false, onWaiting: () => thread.input(new Uint8Array([65])) });
    const { kind, report } = (await outcome) as { kind: string; report: { fault: { code: string } } };
    assert.is(`${kind} ${report?.fault.code}`, "fault THREAD_NOT_COMMITTABLE", line);
  }
  await thread.run("key", { mode: "shell", sourceName: "prompt", write: () => undefined, columns: 80, interactive: false, onWaiting: () => thread.input(new Uint8Array([65])) });
  assert.is(await printed(thread, "vt"), "65\n");
});

test("source in files and blocks is no part of a recording, what it defined before is, and evaluate carries what it finds", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await committed(world, thread, "echo ': six 6 ; : seven 7 ;' > words.fs");
  await printed(thread, "include words.fs\n: load-it 1 load ; : double ( n -- n ) 2* ;");
  await printed(thread, "bt");
  for (const line of ["include words.fs", 's" words.fs" included', "require words.fs", "1 load", "1 block drop", "load-it"]) assert.is(await lineFault(thread, line), "THREAD_NOT_COMMITTABLE", line);
  await printed(thread, `six 'six' writeEx  s" seven double" evaluate 'fourteen' writeEx`.replaceAll(/(six|evaluate) '/g, "$1 >text '"));
  const source = await printed(thread, "vt");
  assert.match(source, /^: six 6 ;$/m);
  const fresh = await world.open("alice");
  await printed(fresh, "bt");
  assert.is(await lineFault(fresh, source), "none", source);
  assert.is(await printed(fresh, "cat six fourteen"), "614", source);
  await printed(thread, "rt");
  const draft = await world.draft(thread, "alice");
  assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "done" }]);
  await thread.committed();
  assert.is(await printed(thread, "cat six fourteen"), "614");
});

test("a line that waits survives its worker, with what it had recorded", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "bt");
  const onWaiting = (): void => {
    world.pool.loseWorker();
    thread.input(new Uint8Array([66]));
  };
  const { kind } = await thread.run("'aa' mkdirEx key 'bb' mkdirEx", { mode: "shell", sourceName: "prompt", write: () => undefined, columns: 80, interactive: false, onWaiting });
  assert.is(kind, "done");
  assert.is(await printed(thread, "vt"), '"aa" mkdirEx\n66 "bb" mkdirEx\n');
  assert.is(await lineFault(thread, "nonsense"), "LANG_UNKNOWN_WORD");
  assert.is(await printed(thread, "depth ."), "1 ");
});

test("a lost worker loses the running line and no more", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "bt\nmkdir aa\n1 2");
  const { WorkerLost } = await import("../../../node/machines/pool.ts");
  world.pool.failure = new WorkerLost("out of memory");
  assert.is(await lineFault(thread, "mkdir b\n3"), "THREAD_LOST");
  assert.is(await printed(thread, "vt depth ."), '"aa" mkdirEx\n1 2\n2 ');
});

test("undo takes back lines one by one, not across bt, ct or an outside word", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  assert.is(await thread.undo(), undefined);
  await printed(thread, "mkdir aa");
  await printed(thread, "bt");
  assert.is(await thread.undo(), undefined);
  await printed(thread, "mkdir bb");
  await printed(thread, "mkdir c");
  assert.ok(await thread.undo());
  assert.is(await printed(thread, "vt"), '"bb" mkdirEx\n');
  assert.ok(await thread.undo());
  assert.is(await thread.undo(), undefined);
  await printed(thread, "mkdir bb");
  await printed(thread, "mkdir d\nct");
  assert.is(await thread.undo(), undefined);
});

test("import records the present value of what was made before bt", async () => {
  const world = await World.with("alice");
  const thread = await world.open("alice");
  await printed(thread, "variable x 42 x ! 'a b' value name 2.5 constant c");
  await printed(thread, "bt");
  for (const name of ["x", "name", "c"]) await thread.importWord(name);
  await printed(thread, "x @ 1+ x ! name mkdirEx");
  assert.is(await printed(thread, "vt"), 'variable x\n42 x\n!\n"a b" value name\n2.5 constant c\nx\n@\n1+\nx\n!\nname\nmkdirEx\n');
  assert.is(await faultOf(thread.importWord("nothing")), "LANG_UNKNOWN_WORD");
  assert.is(await faultOf(thread.importWord("dup")), "THREAD_NOT_COMMITTABLE");
});

/** Random shell words, some of which fail. */
function randomLine(random: (below: number) => number): string {
  const name = (): string => ["a", "b", "c", "a/x", "a/y", "b/x", "'c d'"][random(7)] as string;
  const lines = [
    () => `mkdir ${name()}`, () => `touch ${name()}`, () => `echo ${random(100)} > ${name()}`, () => `echo ${random(100)} >> ${name()}`,
    () => `rm -r ${name()}`, () => `cp ${name()} ${name()}`, () => `mv ${name()} ${name()}`, () => `cd ${name()}`, () => "cd", () => "ls",
    () => `${random(9)} ${random(9)} +`, () => "drop", () => `: w${random(3)} ${random(9)} . ;`, () => `w${random(3)}`,
    () => `${random(5)} constant k${random(2)}`, () => `k${random(2)} .`, () => `variable v${random(2)}`, () => `${random(9)} v${random(2)} !`,
    () => "hex", () => "decimal", () => `'q${random(4)}' ${name().replaceAll("'", "")} mkdirEx`, () => `send ${"bob"} 1`, () => `s" ${random(50)}" evaluate 'n' swap 0 > if 'm' mkdirEx then`,
    () => `balance 3 > . 'e${random(4)}' touchEx`,
  ];
  return (lines[random(lines.length)] as () => string)();
}

async function rootOf(thread: Thread): Promise<string> {
  return (await printed(thread, "perspective")).trim();
}

test("vt replayed in a fresh thread on the same base gives the same root, and no sandbox moves the global root", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seeded(seed);
    const world = await World.with("alice", "bob");
    const before = toHex(world.base.stateRoot);
    const thread = await world.open("alice");
    await printed(thread, "bt");
    for (let i = 0; i < 25; i++) await lineFault(thread, randomLine(random));
    const source = await printed(thread, "vt");
    const fresh = await world.open("alice");
    await printed(fresh, "bt");
    assert.is(await lineFault(fresh, source), "none", `seed ${seed}\n${source}`);
    assert.is(await rootOf(fresh), await rootOf(thread), `seed ${seed}\n${source}`);
    assert.is(toHex(world.base.stateRoot), before);
    assert.is(toHex(world.realm().base.stateRoot), before);
  }
});

test("the package does what the sandbox did, and the dry run's root is that of a block holding only it", async () => {
  let done = 0;
  for (let seed = 100; seed < 140; seed++) {
    const random = seeded(seed);
    const world = await World.with("alice", "bob");
    const thread = await world.open("alice");
    await printed(thread, "bt");
    for (let i = 0; i < 15; i++) await lineFault(thread, randomLine(random));
    await printed(thread, "rt");
    if (thread.status().pendingLines === 0) continue;
    const files = await printed(thread, "cd\nls");
    const draft = await world.draft(thread, "alice");
    assert.equal(await world.commit({ bodyBytes: draft.bodyBytes, by: "alice" }), [{ kind: "done" }], `seed ${seed}`);
    await thread.committed();
    assert.is(await printed(thread, "cd\nls"), files, `seed ${seed}`);
    assert.is(toHex(draft.stateRoot), toHex(world.base.stateRoot), `seed ${seed}`);
    done += 1;
  }
  assert.ok(done > 30);
  void addressOf;
});

test.run();
