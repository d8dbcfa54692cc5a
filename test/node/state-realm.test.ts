import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { EMPTY_BASE, type RealmBase } from "../../node/state/base-state.ts";
import { removePath } from "../../node/state/file-trees.ts";
import { burnCoins, claimNick, dropNick, NICKS_DOMAIN, showPlaceOrNick } from "../../node/state/nicks.ts";
import { NICK_UNITS } from "../../node/state/prices.ts";
import { sacrificeOf } from "../../node/state/sacrifice.ts";
import { listPath, makeDirectory, readFile, touchFile, writeFile } from "../../node/state/files.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { changesOf, rebase } from "../../node/state/realm-changes.ts";
import { decodeRealm, encodeRealm } from "../../node/state/realm-codec.ts";
import { applyToState, perspective } from "../../node/state/realm-root.ts";
import { Realm } from "../../node/state/realm.ts";
import { planRevert } from "../../node/state/version-plans.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import type { Disk } from "../../node/ports.ts";
import { openDisk } from "../../node/store/level-disk.ts";
import { act, alice, bob, dump, filesOf } from "./realm-actions.ts";
import { seeded } from "./seeded.ts";

async function commit(realm: Realm, state: ReturnType<typeof createLocalState>, height: bigint): Promise<RealmBase> {
  const { root, operations } = applyToState(realm, height);
  await state.disk.batch(operations, { sync: true });
  return { height, stateRoot: root };
}

test("a random history of blocks: the sandbox's root is the block's, and every old height still shows what it showed", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const random = seeded(seed);
    const state = createLocalState();
    let base = EMPTY_BASE;
    const seen: { base: RealmBase; dump: string }[] = [];
    for (let height = 1n; height <= 8n; height++) {
      const realm = Realm.at(state.reader, base);
      for (let i = 0; i < 12; i++) act(realm, random);
      const shown = dump(realm);
      const root = toHex(perspective(realm));
      base = await commit(realm, state, height);
      assert.is(toHex(base.stateRoot), root, "the sandbox's root is the block's");
      assert.is(dump(Realm.at(state.reader, base)), shown, "what was seen is what was committed");
      seen.push({ base, dump: shown });
    }
    const fresh = createStateReader(state.disk, { cacheBytes: 0, folder: "memory" });
    for (const old of seen) assert.is(dump(Realm.at(fresh, old.base)), old.dump);
    await state.disk.batch(planRevert(state.disk, { tip: 8n, target: 3n }, "memory"), { sync: true });
    assert.is(dump(Realm.at(fresh, (seen[2] as { base: RealmBase }).base)), seen[2]?.dump);
  }
});

test("undoing everything by hand gives the root of the base, so no trace stays in the trie", () => {
  const { realm } = createLocalState();
  const empty = toHex(perspective(realm));
  const files = filesOf(realm);
  makeDirectory(files, "a");
  writeFile(files, utf8("x"), "a/b");
  realm.adjustBalance(bob, 5n);
  assert.is.not(toHex(perspective(realm)), empty);
  removePath(files, "a", { recursive: true });
  realm.adjustBalance(bob, -5n);
  assert.is(toHex(perspective(realm)), empty);
  assert.equal(changesOf(realm), { entries: [], domains: [], stored: [] });
});

test("a fork sees what was pending and shares nothing that is written later", () => {
  const { realm } = createLocalState();
  writeFile(filesOf(realm), utf8("old"), "note");
  const fork = realm.fork();
  writeFile(filesOf(fork), utf8("new"), "note");
  touchFile(filesOf(realm), "other");
  assert.equal(readFile(filesOf(realm), "note"), utf8("old"));
  assert.equal(readFile(filesOf(fork), "note"), utf8("new"));
  assert.equal(listPath(filesOf(fork), ".").map(({ name }) => name), ["note"]);
});

test("returning to a savepoint restores all that can be seen, at any depth and in any nesting", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seeded(seed);
    const { realm } = createLocalState();
    const marks: { savepoint: ReturnType<Realm["savepoint"]>; dump: string }[] = [];
    for (let step = 0; step < 120; step++) {
      if (random(4) === 0) marks.push({ savepoint: realm.savepoint(), dump: dump(realm) });
      if (random(8) === 0 && marks.length > 0) {
        const [back] = marks.splice(random(marks.length));
        if (back === undefined) throw new Error("a mark was drawn");
        realm.rollback(back.savepoint);
        assert.is(dump(realm), back.dump, `seed ${seed} step ${step}`);
      }
      act(realm, random);
    }
  }
});

test("a realm of any history reads back from its bytes, and goes on the same", async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const random = seeded(seed);
    const state = createLocalState();
    for (let i = 0; i < 20; i++) act(state.realm, random);
    const realm = Realm.at(state.reader, await commit(state.realm, state, 1n));
    for (let i = 0; i < 60; i++) {
      act(realm, random);
      if (random(3) === 0) realm.savepoint();
    }
    realm.patchDomain(alice, { nonce: 3n, sealingKey: new Uint8Array(32).fill(7) });
    const bytes = encodeRealm(realm);
    const copy = decodeRealm(bytes, state.reader);
    assert.is(dump(copy), dump(realm));
    assert.equal(encodeRealm(copy), bytes);
    assert.equal(perspective(copy), perspective(realm));
    assert.equal(changesOf(copy), changesOf(realm));
  }
});

test("damaged bytes of a realm are refused as malformed or read as another realm, never worse", () => {
  const random = seeded(4);
  const { realm, reader } = createLocalState();
  for (let i = 0; i < 30; i++) act(realm, random);
  const bytes = encodeRealm(realm);
  for (let i = 0; i < 500; i++) {
    const damaged = bytes.slice(0, random(4) === 0 ? random(bytes.length) : bytes.length);
    if (damaged.length > 0) damaged[random(damaged.length)] = random(256);
    try {
      decodeRealm(damaged, reader);
    } catch (error) {
      assert.ok(isFaultError(error) && ["CODEC_MALFORMED", "LANG_BAD_INPUT"].includes(error.fault.code), String(error));
    }
  }
});

test("sync keeps pending work, adds payments that arrived, and names what both changed", async () => {
  const state = createLocalState();
  state.realm.adjustBalance(alice, 100n);
  const files = filesOf(state.realm);
  makeDirectory(files, "docs");
  writeFile(files, utf8("1"), "both");
  makeDirectory(files, "gone");
  const first = await commit(state.realm, state, 1n);
  const mine = Realm.at(state.reader, first);
  const theirs = Realm.at(state.reader, first);

  writeFile(filesOf(mine), utf8("mine"), "both");
  writeFile(filesOf(mine), utf8("mine"), "docs/mine");
  touchFile(filesOf(mine), "gone/lost");
  mine.adjustBalance(alice, -60n);
  writeFile(filesOf(theirs), utf8("theirs"), "both");
  writeFile(filesOf(theirs), utf8("theirs"), "docs/theirs");
  removePath(filesOf(theirs), "gone", { recursive: false });
  theirs.adjustBalance(alice, 7n);
  const second = await commit(theirs, state, 2n);

  const report = rebase(mine, second);
  assert.equal(report.overlapping.map(({ path }) => path), ["/both", "/gone/lost"]);
  assert.equal(report.short, []);
  assert.is(mine.domain(alice).balanceUnits, 47n);
  assert.equal(readFile(filesOf(mine), "both"), utf8("mine"));
  assert.equal(listPath(filesOf(mine), "docs").map(({ name }) => name), ["mine", "theirs"]);
});

test("sync says which domain can no longer pay, and its root cannot be taken", async () => {
  const state = createLocalState();
  state.realm.adjustBalance(alice, 10n);
  const first = await commit(state.realm, state, 1n);
  const mine = Realm.at(state.reader, first);
  const theirs = Realm.at(state.reader, first);
  mine.adjustBalance(alice, -8n);
  theirs.adjustBalance(alice, -5n);
  assert.equal(rebase(mine, await commit(theirs, state, 2n)).short, [alice]);
  try {
    perspective(mine);
    assert.unreachable();
  } catch (error) {
    assert.ok(isFaultError(error));
    assert.equal(error.fault, { code: "STATE_INSUFFICIENT", haveUnits: 5n, needUnits: 8n });
  }
});

test("changes name old and new, sorted by domain and path, without what is as before", async () => {
  const state = createLocalState();
  writeFile(filesOf(state.realm), utf8("same"), "same");
  writeFile(filesOf(state.realm), utf8("old"), "changed");
  const realm = Realm.at(state.reader, await commit(state.realm, state, 1n));
  const files = filesOf(realm);
  writeFile(files, utf8("same"), "same");
  writeFile(files, utf8("new"), "changed");
  touchFile(files, "added");
  removePath(files, "added", { recursive: false });
  touchFile(files, "B");
  realm.adjustBalance(bob, 3n);
  const { entries, domains } = changesOf(realm);
  assert.equal(entries.map(({ path, before, after }) => [path, before?.sizeBytes, after?.sizeBytes]), [["/B", undefined, 0], ["/changed", 3, 3]]);
  assert.equal(domains.map(({ domain, before, after }) => [domain, before.balanceUnits, after.balanceUnits]), [[bob, 0n, 3n]]);
});

test("a flipped byte under a realm is met as a damaged store, not as other content", async () => {
  const state = createLocalState();
  writeFile(filesOf(state.realm), utf8("precious"), "note");
  const base = await commit(state.realm, state, 1n);
  for (const prefix of ["c/", "s/\x01"]) {
    const reader = createStateReader(state.disk, { cacheBytes: 0, folder: "here" });
    for await (const [key, value] of state.disk.entries({ start: utf8(prefix), end: utf8(`${prefix}~`) })) {
      const damaged = value.slice();
      damaged[damaged.length - 1]! ^= 1;
      await state.disk.batch([{ type: "put", key, value: damaged }], { sync: true });
    }
    try {
      const realm = Realm.at(reader, base);
      prefix === "c/" ? readFile(filesOf(realm), "note") : realm.list(alice, "/");
      assert.unreachable();
    } catch (error) {
      assert.ok(isFaultError(error), String(error));
      assert.is(error.fault.code, "STORE_DAMAGED");
    }
  }
});

test("burns of two sessions add up; a nick that both took is named by sync; weight that both used cannot be taken to a root", async () => {
  const state = createLocalState();
  state.realm.adjustBalance(alice, 100n * NICK_UNITS);
  state.realm.adjustBalance(bob, NICK_UNITS);
  burnCoins(filesOf(state.realm), NICK_UNITS);
  const first = await commit(state.realm, state, 1n);
  const [mine, theirs] = [Realm.at(state.reader, first), Realm.at(state.reader, first)];
  burnCoins(filesOf(mine), 5n);
  claimNick(filesOf(mine), "ann");
  burnCoins(filesOf(theirs), 7n);
  burnCoins(filesOf(theirs, bob), NICK_UNITS);
  claimNick(filesOf(theirs, bob), "ann");
  const second = await commit(theirs, state, 2n);
  const report = rebase(mine, second);
  assert.equal(report.overlapping.map((place) => showPlaceOrNick(place, alice)), ["the nick @ann"]);
  assert.is(sacrificeOf(mine.domain(alice)).burntUnits, NICK_UNITS + 12n);
  assert.is(mine.domain(alice).balanceUnits, 99n * NICK_UNITS - 12n);
  const [used, late] = [Realm.at(state.reader, second), Realm.at(state.reader, second)];
  claimNick(filesOf(used), "eve");
  claimNick(filesOf(late), "eva");
  rebase(late, await commit(used, state, 3n));
  try {
    perspective(late);
    assert.unreachable();
  } catch (error) {
    assert.equal(isFaultError(error) && error.fault, { code: "STATE_BURN_USED", leftUnits: 7n, needUnits: NICK_UNITS });
  }
});

test("what is never burnt or used twice is what was there, whatever is tried and taken back", () => {
  const random = seeded(77);
  for (let run = 0; run < 20; run++) {
    const { realm } = createLocalState();
    realm.adjustBalance(alice, 6n * NICK_UNITS);
    let [burnt, claims] = [0n, 0n];
    for (let i = 0; i < 40; i++) {
      const [mark, before] = [realm.savepoint(), { burnt, claims }];
      const units = BigInt(random(3)) * NICK_UNITS / 2n;
      const tried = [() => { burnCoins(filesOf(realm), units); burnt += units; }, () => { claimNick(filesOf(realm), `n-${random(9)}`); claims++; }, () => dropNick(filesOf(realm), "")][random(3)] as () => void;
      try {
        tried();
      } catch (error) {
        if (!isFaultError(error)) throw error;
      }
      if (random(4) === 0) [burnt, claims] = (realm.rollback(mark), [before.burnt, before.claims]);
      const { burntUnits, usedUnits, nick } = sacrificeOf(realm.domain(alice));
      assert.equal([burntUnits, usedUnits, realm.domain(alice).balanceUnits], [burnt, claims * NICK_UNITS, 6n * NICK_UNITS - burnt]);
      assert.equal(realm.listStored(NICKS_DOMAIN, "/").map(([name]) => name), nick === "" ? [] : [nick]);
      assert.ok(usedUnits <= burntUnits);
    }
  }
});

test("a genesis at height 0 and a block after it are there when the store is opened again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gridshell-realm-"));
  try {
    const disk = await openDisk(folder);
    const state = { ...createLocalState(), disk, reader: createStateReader(disk, { cacheBytes: 10_000, folder }) };
    const genesis = Realm.at(state.reader, EMPTY_BASE);
    genesis.adjustBalance(bob, 50n);
    const first = await commit(genesis, state, 0n);
    const realm = Realm.at(state.reader, first);
    makeDirectory(filesOf(realm), "docs");
    writeFile(filesOf(realm), utf8("kept"), "docs/note");
    const second = await commit(realm, state, 1n);
    await disk.close();

    const again = await openDisk(folder);
    const reader = createStateReader(again, { cacheBytes: 10_000, folder });
    const newest = Realm.at(reader, second);
    assert.equal(readFile(filesOf(newest), "docs/note"), utf8("kept"));
    assert.equal(listPath(filesOf(newest), ".").map(({ name }) => name), ["docs"]);
    assert.is(newest.domain(bob).balanceUnits, 50n);
    const oldest = Realm.at(reader, first);
    assert.equal(listPath(filesOf(oldest), "."), []);
    assert.equal(oldest.base.stateTrie().root(), perspective(oldest));
    await again.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("forks and savepoints read nothing from the store, however much there is", async () => {
  const state = createLocalState();
  const files = filesOf(state.realm);
  for (let i = 0; i < 300; i++) touchFile(files, `file${i}`);
  const base = await commit(state.realm, state, 1n);
  let reads = 0;
  const counting: Disk = { ...state.disk, getSync: (key) => { reads++; return state.disk.getSync(key); } };
  const realm = Realm.at(createStateReader(counting, { cacheBytes: 0, folder: "memory" }), base);
  const fork = realm.fork().fork();
  fork.rollback(fork.savepoint());
  assert.is(reads, 0);
  readFile(filesOf(fork), "file7");
  assert.ok(reads > 0 && reads < 6, `${reads} reads for one file`);
});

test("a realm that is full refuses more, and keeps what it has", () => {
  const { realm } = createLocalState();
  const files = filesOf(realm);
  const mebibyte = new Uint8Array(1_048_576);
  for (let i = 0; i < 64; i++) writeFile(files, mebibyte.fill(i), `file${i}`);
  try {
    writeFile(files, mebibyte.fill(255), "last");
    assert.unreachable();
  } catch (error) {
    assert.ok(isFaultError(error));
    assert.is(error.fault.code, "STATE_TOO_LARGE");
  }
  assert.is(listPath(files, ".").length, 64);
});

test.run();
