import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { keccak256 } from "../../lang/base/hash.ts";
import type { TrieChange } from "../../node/state/trie/changes.ts";
import { imageDelta, undoImage } from "../../node/state/trie/image-delta.ts";
import { EMPTY_ROOT } from "../../node/state/trie/nodes.ts";
import { NO_NODES, type NodeSource } from "../../node/state/trie/source.ts";
import { Trie, type NodeWrites } from "../../node/state/trie/trie.ts";
import type { VersionedRecord } from "../../node/state/versioned-record.ts";
import { seeded } from "./seeded.ts";

/** A store of nodes beside a flat index in which a key is its own name. */
class Store implements NodeSource {
  readonly nodes = new Map<string, VersionedRecord>();
  readonly values = new Map<string, Uint8Array>();
  reads = 0;

  get(path: Uint8Array): VersionedRecord {
    this.reads++;
    return this.nodes.get(toHex(path)) ?? { height: 0n, value: undefined };
  }
  leaf(name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined {
    const value = this.values.get(toHex(name));
    return value === undefined ? undefined : { key: name, value };
  }
  damaged(path: Uint8Array): never {
    throw new Error(`damaged at ${toHex(path)}`);
  }
  take({ puts, deletes }: NodeWrites, changes: readonly TrieChange[], height: bigint): void {
    for (const path of deletes) assert.ok(this.nodes.delete(toHex(path)), "only nodes that are there are deleted");
    for (const { path, encoded } of puts) this.nodes.set(toHex(path), { height, value: encoded.slice() });
    for (const { key, value } of changes) value === undefined ? this.values.delete(toHex(key)) : this.values.set(toHex(key), value);
  }
}

const bytes = (random: (below: number) => number, count: number): Uint8Array => Uint8Array.from({ length: count }, () => random(256));

function randomChanges(random: (below: number) => number, store: Store, options: { readonly longKeys: boolean }): TrieChange[] {
  const changes = new Map<string, TrieChange>();
  for (let i = 1 + random(10); i > 0; i--) {
    // Keys that agree for long have leaves so short that they stand in their parents.
    const key = options.longKeys ? keccak256(Uint8Array.of(random(90))) : Uint8Array.from({ length: 4 }, () => [0, 1, 16, 17][random(4)] as number);
    const text = toHex(key);
    changes.set(text, { key, value: random(3) === 0 ? undefined : bytes(random, 1 + random(60)), name: key, isPlaced: store.values.has(text) });
  }
  return [...changes.values()];
}

for (const longKeys of [true, false]) {
  test(`a stored trie writes what stands in one built from scratch, in one step or two, and what changed is told by deltas (${longKeys ? "long" : "short"} keys)`, () => {
    let deltas = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      const store = new Store();
      let root = EMPTY_ROOT;
      for (let height = 1n; height <= 60n; height++) {
        const changes = randomChanges(random, store, { longKeys });
        // At times in two steps, the root asked for in between, as a realm's is.
        const cut = random(2) === 0 ? changes.length : random(changes.length);
        const again = Trie.at(store, root).update(changes);
        const first = Trie.at(store, root).update(changes.slice(0, cut));
        if (random(2) === 0) first.root();
        const next = first.update(changes.slice(cut));
        assert.is(toHex(next.root()), toHex(again.root()), `seed ${seed} block ${height}`);
        const writes = next.writes();
        for (const { path, encoded, before } of writes.puts) {
          const stands = store.nodes.get(toHex(path));
          if (before?.image === undefined) continue;
          assert.equal({ height: before.height, value: before.image }, stands, "what stood there");
          const delta = imageDelta(before.image, encoded);
          if (delta === undefined) continue;
          deltas++;
          assert.ok(delta.length < encoded.length);
          assert.equal(undoImage(delta, encoded), before.image, "a branch is told by its differences");
          assert.is(undoImage(delta.subarray(0, delta.length - 1), encoded), undefined);
          assert.is(undoImage(delta, encoded.subarray(0, encoded.length - 1)), undefined);
        }
        // A block that lost to another leaves no trace.
        if (random(5) === 0) continue;
        store.take(writes, changes, height);
        root = next.root();
        const scratch = Trie.empty(NO_NODES).update([...store.values].map(([hex, value]) => ({ key: fromHex(hex) as Uint8Array, value, name: fromHex(hex) as Uint8Array })));
        assert.is(toHex(root), toHex(scratch.root()));
        assert.equal([...store.nodes.keys()].sort(), scratch.writes().puts.map(({ path }) => toHex(path)).sort(), `seed ${seed} block ${height}: nodes`);
        for (const [hex, value] of store.values) assert.equal(Trie.at(store, root).get(fromHex(hex) as Uint8Array), value);
      }
    }
    assert.ok(deltas > 100, `${deltas} of them`);
  });
}

/** A trie of `count` keys in a store. */
function grown(count: number): { readonly store: Store; readonly trie: Trie; readonly keys: readonly Uint8Array[] } {
  const store = new Store();
  const keys = Array.from({ length: count }, (_, i) => keccak256(Uint8Array.of(i >> 8, i)));
  const changes = keys.map((key): TrieChange => ({ key, value: new Uint8Array(50).fill(1), name: key }));
  const trie = Trie.empty(store).update(changes);
  store.take(trie.writes(), changes, 1n);
  return { store, trie, keys };
}

test("the leaf of a key that is there is replaced unread", () => {
  const { store, trie, keys } = grown(500);
  store.reads = 0;
  Trie.at(store, trie.root()).update(keys.map((key) => ({ key, value: new Uint8Array(50).fill(9), name: key, isPlaced: true }))).root();
  assert.is(store.reads, [...store.nodes.values()].filter(({ value }) => value?.[0] !== 0).length, "of leaves not even the marks");
});

test("a byte flipped anywhere in a stored branch is found by whoever reads it", () => {
  const { store, trie, keys } = grown(40);
  const root = trie.root();
  assert.is.not(toHex(root), toHex(EMPTY_ROOT));
  const whole = store.nodes.get("")?.value as Uint8Array;
  const random = seeded(3);
  for (let at = 0; at < whole.length; at++) {
    const flipped = whole.slice();
    flipped[at]! ^= 1 << random(8);
    store.nodes.set("", { height: 1n, value: flipped });
    assert.throws(() => Trie.at(store, root).get(keys[0] as Uint8Array), /damaged/, `byte ${at}`);
  }
});

test.run();
