import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { touchFile, writeFile } from "../../node/state/files.ts";
import { createLocalState } from "../../node/state/local-state.ts";
import { absorb, nestedRealm } from "../../node/state/nested-realm.ts";
import { changesOf } from "../../node/state/realm-changes.ts";
import { decodeRealm, encodeRealm } from "../../node/state/realm-codec.ts";
import { perspective } from "../../node/state/realm-root.ts";
import { act, alice, bob, dump, filesOf } from "./realm-actions.ts";
import { seeded } from "./seeded.ts";

test("packages run in realms within a block's realm leave what they would leave one after another", () => {
  for (let seed = 1; seed <= 15; seed++) {
    const [random, same] = [seeded(seed), seeded(seed)];
    const [nestedBlock, plainBlock] = [createLocalState(), createLocalState()];
    for (let i = 0; i < 10; i++) {
      const changes = nestedRealm(nestedBlock.realm);
      for (let step = 0; step < 8; step++) {
        act(changes, random);
        act(plainBlock.realm, same);
      }
      assert.is(dump(changes), dump(plainBlock.realm), `seed ${seed} package ${i}`);
      // What crosses from the worker that ran the package to the one that holds the block.
      absorb(nestedBlock.realm, decodeRealm(encodeRealm(changes), nestedBlock.reader));
    }
    assert.is(dump(nestedBlock.realm), dump(plainBlock.realm));
    assert.equal(perspective(nestedBlock.realm), perspective(plainBlock.realm));
  }
});

test("a nested realm's changes are its own: what its parent had changed already is where they start", () => {
  const { realm } = createLocalState();
  realm.adjustBalance(alice, 10n);
  writeFile(filesOf(realm), utf8("old"), "note");
  const nested = nestedRealm(realm);
  nested.adjustBalance(bob, 4n);
  writeFile(filesOf(nested), utf8("newer"), "note");
  const { entries, domains } = changesOf(nested);
  assert.equal(entries.map(({ path, before, after }) => [path, before?.sizeBytes, after?.sizeBytes]), [["/note", 3, 5]]);
  assert.equal(domains.map(({ domain, before, after }) => [domain, before.balanceUnits, after.balanceUnits]), [[bob, 0n, 4n]]);
});

test("a nested realm that is not absorbed leaves its parent as it was, and the parent's later writes do not reach it", () => {
  const { realm } = createLocalState();
  touchFile(filesOf(realm), "a");
  const before = dump(realm);
  const nested = nestedRealm(realm);
  touchFile(filesOf(nested), "b");
  assert.is(dump(realm), before);
  const seen = dump(nested);
  touchFile(filesOf(realm), "c");
  assert.is(dump(nested), seen);
});

test.run();
