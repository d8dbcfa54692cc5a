import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { FileContext } from "../../node/state/access.ts";
import { decodeAcl, encodeAcl, FOR_EVER, sortedEntries, type Acl, type AclEntry } from "../../node/state/acl.ts";
import { readAclBlocks, showAcl } from "../../node/state/acl-text.ts";
import { decodeAddress, encodeAddress } from "../../node/state/address.ts";
import { movePath, removePath } from "../../node/state/file-trees.ts";
import { listPath, makeDirectories, makeDirectory, readFile, requireDirectory, writeFile } from "../../node/state/files.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { changeMode, changeOwner, freeze, restoreAcl, showRights } from "../../node/state/rights-changes.ts";
import { packMode, RIGHT_BITS } from "../../node/state/rights.ts";
import { payFrom } from "../../node/state/purse.ts";
import type { Realm } from "../../node/state/realm.ts";
import { seeded } from "./seeded.ts";
import { WHO, World } from "./state-world.ts";

type Random = (below: number) => number;
type Name = "alice" | "bob" | "carol" | "dave";
const NAMES: readonly Name[] = ["alice", "bob", "carol", "dave"];
const ADDRESS: Readonly<Record<Name, Uint8Array>> = { alice: WHO["alice"] as Uint8Array, bob: WHO["bob"] as Uint8Array, carol: WHO["carol"] as Uint8Array, dave: new Uint8Array(20).fill(0xda) };

/** The model: rights as sets of letters, written without a look at the code under test. */
interface ModelEntry {
  owner: Name;
  user: string;
  mask: string;
  other: string;
  users: Partial<Record<Name, string>>;
  groups: Record<string, string>;
  frozen: boolean;
}
const LETTERS = "rwxdsov";
const MEMBERS: Readonly<Record<string, readonly Name[]>> = { red: ["bob", "carol"], blue: ["carol"] };

/** POSIX.1e: the first class that fits decides. */
function modelMay(who: Name, letter: string, entry: ModelEntry): boolean {
  if (entry.frozen && (letter === "w" || letter === "d")) return false;
  if (who === entry.owner) return letter === "o" || entry.user.includes(letter);
  const named = entry.users[who];
  if (named !== undefined) return named.includes(letter) && entry.mask.includes(letter);
  const groups = Object.keys(entry.groups).filter((group) => MEMBERS[group]?.includes(who));
  if (groups.length > 0) return groups.some((group) => entry.groups[group]?.includes(letter)) && entry.mask.includes(letter);
  return entry.other.includes(letter);
}

function randomEntry(random: Random, likely: string): ModelEntry {
  const set = (): string => [...LETTERS].filter((letter) => random(likely.includes(letter) ? 6 : 2) !== 0).join("");
  const users: ModelEntry["users"] = {};
  for (const name of NAMES) if (random(3) === 0) users[name] = set();
  const groups: ModelEntry["groups"] = {};
  for (const name of Object.keys(MEMBERS)) if (random(3) === 0) groups[name] = set();
  return { owner: NAMES[random(NAMES.length)] as Name, user: set(), mask: set(), other: set(), users, groups, frozen: random(8) === 0 };
}

function bitsOf(letters: string): number {
  const names = ["read", "write", "execute", "remove", "spend", "own", "vote"] as const;
  return [...letters].reduce((bits, letter) => bits | RIGHT_BITS[names[LETTERS.indexOf(letter)] as (typeof names)[number]], 0);
}

function put(realm: Realm, path: string, entry: ModelEntry): void {
  const record = realm.entry(ADDRESS.alice, path);
  assert.ok(record !== undefined);
  const named: AclEntry[] = [
    ...Object.entries(entry.users).map(([name, letters]): AclEntry => ({ subject: { kind: "user", domain: ADDRESS[name as Name] }, rights: bitsOf(letters) })),
    ...Object.entries(entry.groups).map(([name, letters]): AclEntry => ({ subject: { kind: "group", domain: ADDRESS.alice, name }, rights: bitsOf(letters) })),
  ];
  const acl = encodeAcl({ named: sortedEntries(named), ...(entry.frozen ? { frozenUntil: FOR_EVER } : {}) });
  const slash = path.lastIndexOf("/");
  const mode = packMode({ owner: bitsOf(entry.user), mask: bitsOf(entry.mask), others: bitsOf(entry.other) });
  realm.putEntry(ADDRESS.alice, slash === 0 ? "/" : path.slice(0, slash), { ...record, owner: ADDRESS[entry.owner], mode, acl });
}

function contextOf(realm: Realm, who: Name): FileContext {
  return { realm, meter: { charge: () => undefined, ergLeft: 0 }, askHeight: () => 7n, paths: { home: ADDRESS[who], directory: { domain: ADDRESS.alice, path: "/" } } };
}

/** True if it was done; a refusal for want of a right is false, and must leave everything as it was. */
function attempt(realm: Realm, action: () => void): boolean {
  const before = realm.savepoint();
  const count = realm.pendingCount;
  try {
    action();
    return true;
  } catch (error) {
    assert.ok(isFaultError(error) && ["STATE_DENIED", "STATE_FROZEN"].includes(error.fault.code), String(error));
    assert.is(realm.pendingCount, count);
    return false;
  } finally {
    realm.rollback(before);
  }
}

/** Each operation with what it takes: of the way `/top/dir`, of what stands there, and of the directory. */
const OPERATIONS: Readonly<Record<string, { readonly run: (context: FileContext) => void; readonly needs: (may: (letter: string, path: string) => boolean, owns: (path: string) => boolean, frozen: (path: string) => boolean) => boolean }>> = {
  read: { run: (c) => void readFile(c, "top/dir/file"), needs: (may) => may("r", "/top/dir/file") },
  write: { run: (c) => writeFile(c, utf8("new"), "top/dir/file"), needs: (may) => may("w", "/top/dir/file") },
  make: { run: (c) => writeFile(c, utf8("new"), "top/dir/new"), needs: (may) => may("w", "/top/dir") },
  mkdir: { run: (c) => makeDirectory(c, "top/dir/new"), needs: (may) => may("w", "/top/dir") },
  list: { run: (c) => void listPath(c, "top/dir/"), needs: (may) => may("r", "/top/dir") },
  cd: { run: (c) => void requireDirectory(c, "top/dir"), needs: () => true },
  remove: {
    run: (c) => removePath(c, "top/dir/file", { recursive: false }),
    needs: (may, owns, frozen) => may("d", "/top/dir/file") && (owns("/top/dir/file") ? !frozen("/top/dir") : may("w", "/top/dir")),
  },
  move: {
    run: (c) => movePath(c, "top/dir/file", "~/taken"),
    needs: (may, owns, frozen) => may("d", "/top/dir/file") && (owns("/top/dir/file") ? !frozen("/top/dir") : may("w", "/top/dir")),
  },
  chmod: { run: (c) => changeMode(c, "top/dir/file", "a+s,m-s,u-v", { recursive: false }), needs: (may) => may("o", "/top/dir/file") },
  chown: { run: (c) => changeOwner(c, "top/dir/file", encodeAddress(new Uint8Array(20).fill(9)), { recursive: false }), needs: (may) => may("o", "/top/dir/file") },
};

test("rights agree with an independent model over identity, right and operation", () => {
  const random = seeded(31);
  const seen = { done: 0, denied: 0 };
  for (let round = 0; round < 400; round++) {
    const { realm } = createLocalState();
    const alice = contextOf(realm, "alice");
    makeDirectories(alice, "top/dir");
    makeDirectories(alice, ".groups");
    for (const [group, members] of Object.entries(MEMBERS)) writeFile(alice, utf8(`# ${group}\n${members.map((name) => encodeAddress(ADDRESS[name])).join("\n")}`), `.groups/${group}`);
    writeFile(alice, utf8("content"), "top/dir/file");
    const model: Record<string, ModelEntry> = { "/top": randomEntry(random, "x"), "/top/dir": randomEntry(random, "xw"), "/top/dir/file": randomEntry(random, "rw") };
    for (const path of ["/top/dir/file", "/top/dir", "/top"]) put(realm, path, model[path] as ModelEntry);
    for (const who of NAMES) {
      const may = (letter: string, path: string): boolean => modelMay(who, letter, model[path] as ModelEntry);
      const passes = may("x", "/top");
      for (const [name, { run, needs }] of Object.entries(OPERATIONS)) {
        const inDirectory = name === "list" ? true : may("x", "/top/dir");
        const expected = passes && inDirectory && needs(may, (path) => model[path]?.owner === who, (path) => model[path]?.frozen === true);
        const done = attempt(realm, () => run(contextOf(realm, who)));
        assert.is(done, expected, `${name} as ${who}, round ${round}: ${JSON.stringify(model)}`);
        seen[done ? "done" : "denied"]++;
      }
    }
  }
  assert.ok(seen.done > 2_000 && seen.denied > 2_000, JSON.stringify(seen));
});

test("coins are spent by their own domain, and by whom the right on its purse names, while the purse is the domain's", () => {
  const random = seeded(37);
  const seen = { done: 0, denied: 0 };
  for (let round = 0; round < 400; round++) {
    const { realm } = createLocalState();
    realm.adjustBalance(ADDRESS.alice, 1_000n);
    const alice = contextOf(realm, "alice");
    makeDirectories(alice, ".groups");
    for (const [group, members] of Object.entries(MEMBERS)) writeFile(alice, utf8(members.map((name) => encodeAddress(ADDRESS[name])).join("\n")), `.groups/${group}`);
    const entry = { ...randomEntry(random, "s"), ...(random(2) === 0 ? { owner: "alice" as const } : {}) };
    const hasPurse = random(8) !== 0;
    if (hasPurse) writeFile(alice, utf8(""), ".purse");
    if (hasPurse) put(realm, "/.purse", entry);
    for (const who of NAMES) {
      const expected = who === "alice" || (hasPurse && entry.owner === "alice" && modelMay(who, "s", entry));
      const done = attempt(realm, () => payFrom(contextOf(realm, who), { from: ADDRESS.alice, to: ADDRESS.dave, units: 1n }));
      assert.is(done, expected, `${who}, round ${round}: ${JSON.stringify(entry)}`);
      seen[done ? "done" : "denied"]++;
    }
  }
  assert.ok(seen.done > 500 && seen.denied > 300, JSON.stringify(seen));
});

function randomAcl(random: Random): Acl {
  const named = (): readonly AclEntry[] =>
    sortedEntries(Array.from({ length: random(4) }, (): AclEntry => {
      const domain = ADDRESS[NAMES[random(4)] as Name];
      const subject = random(2) === 0 ? { kind: "user" as const, domain } : { kind: "group" as const, domain, name: ["a", "b c", "ü#,:", "x\ny"][random(4)] as string };
      return { subject, rights: random(128) };
    }));
  const defaults = { owner: random(128), mask: random(128), others: random(128), named: named() };
  return { named: named(), ...(random(2) === 0 ? { defaults } : {}), ...(random(3) === 0 ? { frozenUntil: [FOR_EVER, 0n, 120n][random(3)] as bigint } : {}) };
}

test("an access-control list has one form in bytes, and every other is refused", () => {
  const random = seeded(32);
  for (let i = 0; i < 500; i++) {
    const acl = randomAcl(random);
    const bytes = encodeAcl(acl);
    assert.equal(decodeAcl(bytes), acl);
    const damaged = bytes.slice();
    if (damaged.length > 0) damaged[random(damaged.length)] = random(256);
    try {
      assert.equal(encodeAcl(decodeAcl(damaged)), damaged);
    } catch (error) {
      assert.ok(isFaultError(error) && ["CODEC_MALFORMED", "LANG_BAD_INPUT"].includes(error.fault.code), String(error));
    }
  }
  assert.throws(() => decodeAcl(new Uint8Array(5_000)), isFaultError);
});

test("what getfacl prints is what setfacl --restore makes", () => {
  const random = seeded(33);
  for (let i = 0; i < 300; i++) {
    const access = { owner: ADDRESS[NAMES[random(4)] as Name], groups: { owner: random(128), mask: random(128), others: random(128) }, acl: randomAcl(random) };
    const path = ["a", "docs/b c", "#x", "back\\slash", "two\nlines", "\u202e"][random(6)] as string;
    assert.equal(readAclBlocks(showAcl(path, access) + showAcl("other", access), decodeAddress), [{ path, access }, { path: "other", access }]);
  }
});

test("rights of a whole tree come back after chmod and chown, by --restore", () => {
  const world = new World();
  for (const line of ["mkdir -p docs/in", "touch docs/a 'docs/in/odd, #name'", `setfacl -m u:${encodeAddress(ADDRESS.bob)}:rw,d:u:${encodeAddress(ADDRESS.carol)}:r docs`, "chmod o-r docs/a"]) world.run("alice", line);
  const before = world.run("alice", "getfacl -R docs");
  const context = contextOf(world.realm, "alice");
  assert.is(showRights(context, "docs", { recursive: true }), before);
  writeFile(context, utf8(before), "saved");
  assert.is(world.run("alice", "setfacl -R -b docs\nchmod -R a=r docs"), "");
  assert.is.not(world.run("alice", "getfacl -R docs"), before);
  world.run("alice", "chmod u+rwx docs docs/in");
  assert.is(world.run("alice", "setfacl --restore saved"), "");
  assert.is(world.run("alice", "getfacl -R docs"), before);
});

test("a freeze is never made shorter, whatever is tried", () => {
  const { realm } = createLocalState();
  const context = contextOf(realm, "alice");
  writeFile(context, utf8("gold"), "art");
  freeze(context, "art", 100n, { recursive: false });
  const tries = [
    () => freeze(context, "art", 50n, { recursive: false }),
    () => restoreAcl(context, `# file: art\n# owner: ~\nuser::rwd\nmask::-\nother::-\n`),
    () => changeOwner(context, "art", "~", { recursive: false }),
    () => changeMode(context, "art", "a=rwxdsov", { recursive: false }),
    () => removePath(context, "art", { recursive: true }),
    () => movePath(context, "art", "other"),
    () => writeFile(context, utf8("lead"), "art"),
  ];
  for (const attemptOne of tries) {
    try {
      attemptOne();
    } catch (error) {
      assert.ok(isFaultError(error) && error.fault.code === "STATE_FROZEN");
    }
    assert.equal(decodeAcl(realm.entry(ADDRESS.alice, "/art")?.acl ?? new Uint8Array(0)).frozenUntil, 100n);
  }
  freeze(context, "art", FOR_EVER, { recursive: false });
  assert.match(showRights(context, "art", { recursive: false }), /# frozen: for ever/);
});

test("a price that stat names is the price that was charged", () => {
  const world = new World();
  const price = (path: string): number => Number(/price +([0-9]+) ERG/.exec(world.run("alice", `stat ${path}`))?.[1]);
  const ergOf = (content: string, path: string): number => {
    world.run("alice", `'${content}' '${path}' writeEx`);
    return world.ergUsed;
  };
  const [short, long] = [ergOf("yy", "one"), ergOf("y".repeat(1_002), "two")];
  assert.is(price("two") - price("one"), 2_000);
  // What the text interpreter takes for reading the longer line is no matter of storage.
  world.run("alice", `'${"y".repeat(1_002)}' drop`);
  const readLong = world.ergUsed;
  world.run("alice", "'yy' drop");
  assert.is(long - short - (readLong - world.ergUsed), 2_000);
});

test.run();
