import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { keccak256 } from "../../lang/base/hash.ts";
import type { Disk } from "../../node/ports.ts";
import { BlockWrites } from "../../node/state/block-writes.ts";
import { isStateKey, nodeStateKey } from "../../node/state/state-keys.ts";
import { BlockTrie } from "../../node/state/trie/block-trie.ts";
import { ChangeRow } from "../../node/state/trie/change-row.ts";
import type { TrieChange } from "../../node/state/trie/changes.ts";
import type { NodeWrite } from "../../node/state/trie/node-write.ts";
import { EMPTY_ROOT } from "../../node/state/trie/nodes.ts";
import { NO_NODES, type NodeSource } from "../../node/state/trie/source.ts";
import { Trie } from "../../node/state/trie/trie.ts";
import { allUndo, readUndoHead } from "../../node/state/undo-blocks.ts";
import { decodeVersioned, NEVER_WRITTEN, type VersionedRecord } from "../../node/state/versioned-record.ts";
import { unpackOperations } from "../../node/store/packed-operations.ts";
import { seeded } from "./seeded.ts";

const NO_NAME = new Uint8Array(0);
type Random = (below: number) => number;

/** What the store would hold: records of nodes by state key, and records by name. Names are addresses of which the keys are hashes, or of which they were chosen. */
class Store implements NodeSource {
  readonly nodes = new Map<string, Uint8Array>();
  readonly values = new Map<string, Uint8Array>();
  readonly keyOf: (name: Uint8Array) => Uint8Array;
  reads = 0;

  constructor(keyOf: (name: Uint8Array) => Uint8Array) {
    this.keyOf = keyOf;
  }
  get(path: Uint8Array): VersionedRecord {
    this.reads++;
    return this.record(nodeStateKey(NO_NAME, path));
  }
  record(key: Uint8Array): VersionedRecord {
    const stored = this.nodes.get(toHex(key));
    return stored === undefined ? NEVER_WRITTEN : decodeVersioned(stored);
  }
  take({ records }: Written, changes: readonly TrieChange[]): void {
    for (const [key, value] of records) this.nodes.set(key, value);
    for (const { name = NO_NAME, value } of changes) value === undefined ? this.values.delete(toHex(name)) : this.values.set(toHex(name), value);
  }
  leaf(name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined {
    const value = this.values.get(toHex(name));
    return value === undefined ? undefined : { key: this.keyOf(name), value };
  }
  damaged(path: Uint8Array): never {
    throw new Error(`damaged at ${toHex(path)}`);
  }
}

/** What a block has the store write: records by state key, and what its reverse diff holds. */
interface Written {
  readonly records: ReadonlyMap<string, Uint8Array>;
  readonly undo: readonly string[];
}

/** As the store gets it from `out`. */
function finished(out: BlockWrites, height: bigint): Written {
  const all = new Map(unpackOperations(out.finish()).map((operation) => [toHex(operation.key), operation.type === "put" ? operation.value : NO_NAME]));
  const disk = { getSync: (key: Uint8Array) => all.get(toHex(key)) } as Disk;
  const head = readUndoHead(disk, height);
  const entries = head === undefined ? undefined : allUndo(disk, height, head);
  assert.ok(head !== undefined && entries !== undefined);
  const undo = [...entries.map(({ key, record }) => `${toHex(key)} ${toHex(record)}`), ...head.removedKeys.map((key) => `${toHex(key)} removed`)];
  return { records: new Map([...all].filter(([key]) => isStateKey(fromHex(key) as Uint8Array))), undo: undo.sort() };
}

/** What `Trie` has the store write. */
function byTrie(store: Store, trie: Trie, height: bigint): Written {
  const out = new BlockWrites(store, height);
  const { puts, deletes } = trie.writes();
  for (const { path, encoded } of puts) out.write(nodeStateKey(NO_NAME, path), encoded);
  for (const path of deletes) out.write(nodeStateKey(NO_NAME, path), undefined);
  return finished(out, height);
}

/** Makes a block's changes in the trie of blocks; each place comes once. */
function byBlockTrie(store: Store, trie: BlockTrie, height: bigint, changes: readonly TrieChange[]): Written {
  const out = new BlockWrites(store, height);
  const places = new Set<string>();
  const sink = (write: NodeWrite): void => {
    const place = toHex(write.path.slice(0, write.depth));
    assert.not.ok(places.has(place), `${place} comes once`);
    places.add(place);
    out.node(write);
  };
  trie.update({ height, changes: ChangeRow.of(changes), source: store, sink });
  return finished(out, height);
}

function shown({ records, undo }: Written): string[] {
  return [...[...records].map(([key, value]) => `${key} ${toHex(value)}`).sort(), ...undo];
}

/** Keys that agree for long or short, so that extensions come and go. */
function closeKey(name: Uint8Array): Uint8Array {
  const key = new Uint8Array(32);
  for (let i = 0; i < 6; i++) key[i] = [0, 1, 0x10, 0x11][((name[0] as number) >> i) & 3] as number;
  key[31] = name[0] as number;
  return key;
}

function randomChanges(random: Random, store: Store, most: number): TrieChange[] {
  const changes = new Map<string, TrieChange>();
  const takesOut = random(3);
  for (let i = 1 + random(most); i > 0; i--) {
    const name = Uint8Array.of(random(200), 7);
    const text = toHex(name);
    const before = store.values.get(text);
    const value = takesOut > 0 && random(1 + takesOut) === 0 ? undefined : Uint8Array.from({ length: 40 + random(60) }, () => random(256));
    changes.set(text, { key: store.keyOf(name), value, name, isPlaced: before !== undefined });
  }
  return [...changes.values()];
}

const histories = [
  { keys: "hashes", keyOf: (name: Uint8Array) => keccak256(name), most: 12 },
  { keys: "hashes, many at once", keyOf: (name: Uint8Array) => keccak256(name), most: 150 },
  { keys: "keys that agree for long", keyOf: closeKey, most: 8 },
  { keys: "keys that agree for long, many at once", keyOf: closeKey, most: 60 },
];

for (const { keys, keyOf, most } of histories) {
  test(`the trie of blocks writes what an immutable one writes, with undo, whatever is lost or forgotten on the way: ${keys}`, () => {
    const counts = { takenBack: 0, elsewhere: 0 };
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      const store = new Store(keyOf);
      let at = { height: 0n, stateRoot: EMPTY_ROOT };
      const trie = new BlockTrie(at, [0, 2_000, 20_000, 1 << 20][seed % 4] as number);
      for (let height = 1n; height <= 50n; height++) {
        const changes = randomChanges(random, store, most);
        // What takes out what is not there makes the immutable one write some marks once more.
        const immutable = Trie.at(store, at.stateRoot).update(changes.filter(({ value, isPlaced }) => value !== undefined || isPlaced === true));
        const wanted = byTrie(store, immutable, height);
        trie.standAt(at);
        const written = byBlockTrie(store, trie, height, changes);
        assert.is(toHex(trie.root()), toHex(immutable.root()), `seed ${seed} block ${height}: root`);
        assert.equal(shown(written), shown(wanted), `seed ${seed} block ${height}: writes`);
        const way = random(8);
        if (way < 2) {
          // Another block comes instead, or the trie is asked for the state before.
          counts.takenBack++;
          if (way === 0) checkAll(trie, store, at);
          continue;
        }
        store.take(written, changes);
        at = { height, stateRoot: trie.root() };
        if (way === 2) {
          counts.elsewhere++;
          trie.standAt({ height: 1_000n, stateRoot: EMPTY_ROOT });
        }
        if (way === 3) checkAll(trie, store, at);
        const scratch = Trie.empty(NO_NODES).update([...store.values].map(([hex, value]) => ({ key: keyOf(fromHex(hex) as Uint8Array), value })));
        assert.is(toHex(at.stateRoot), toHex(scratch.root()));
      }
    }
    assert.ok(counts.takenBack > 50 && counts.elsewhere > 20, JSON.stringify(counts));
  });
}

function checkAll(trie: BlockTrie, store: Store, at: { readonly height: bigint; readonly stateRoot: Uint8Array }): void {
  trie.standAt(at);
  for (let index = 0; index < 200; index++) {
    const name = Uint8Array.of(index, 7);
    assert.equal(trie.get(store.keyOf(name), store), store.values.get(toHex(name)));
  }
}

/** A trie of `count` keys, in a store and in memory. */
function grown(count: number, limitBytes: number): { readonly store: Store; readonly trie: BlockTrie; readonly names: readonly Uint8Array[]; readonly run: (height: bigint, changes: readonly TrieChange[]) => void } {
  const store = new Store((name) => keccak256(name));
  const names = Array.from({ length: count }, (_, i) => Uint8Array.of(i >> 8, i));
  const trie = new BlockTrie({ height: 0n, stateRoot: EMPTY_ROOT }, limitBytes);
  const run = (height: bigint, changes: readonly TrieChange[]): void => {
    store.take(byBlockTrie(store, trie, height, changes), changes);
    trie.standAt({ height, stateRoot: trie.root() });
  };
  run(1n, names.map((name) => changed(name, 1)));
  return { store, trie, names, run };
}

const changed = (name: Uint8Array, version: number): TrieChange => ({ key: keccak256(name), value: new Uint8Array(50).fill(version), name, isPlaced: version > 1 });

test("nodes in memory take no more than they may, those of the last blocks stay longest, and what went is read again", () => {
  for (const limit of [400_000, 60_000, 2_000]) {
    const { store, trie, names, run } = grown(6_000, limit);
    assert.ok(trie.usedBytes <= limit, `${trie.usedBytes} bytes of ${limit}`);
    const few = names.slice(0, 20);
    for (let height = 2n; height < 6n; height++) {
      store.reads = 0;
      run(height, few.map((name) => changed(name, Number(height))));
      assert.ok(trie.usedBytes <= limit, `${trie.usedBytes} bytes of ${limit}`);
      if (height > 2n && limit > 10_000) assert.is(store.reads, 0, "what the last block changed is at hand");
    }
    store.reads = 0;
    run(6n, names.slice(0, 2_000).map((name) => changed(name, 6)));
    assert.ok(store.reads > 0, "others are not");
    const scratch = Trie.empty(NO_NODES).update([...store.values].map(([hex, value]) => ({ key: keccak256(fromHex(hex) as Uint8Array), value })));
    assert.is(toHex(trie.root()), toHex(scratch.root()));
  }
});

test("a key that is there is changed and looked up without reading anything that is in memory", () => {
  const { store, trie, names, run } = grown(3_000, 1 << 24);
  store.reads = 0;
  run(2n, names.map((name) => changed(name, 2)));
  assert.is(trie.get(keccak256(Uint8Array.of(1, 2, 3)), store) ?? NO_NAME, NO_NAME);
  assert.ok(store.reads <= 1, `${store.reads} reads`);
});

test("a byte flipped anywhere in what the store holds of the trie is found by whoever needs it, and the trie stays where it was", () => {
  const random = seeded(5);
  const { store, trie, names } = grown(40, 1 << 20);
  const at = { height: 1n, stateRoot: trie.root() };
  for (const [path, value] of [...store.nodes]) {
    for (let round = 0; round < 8; round++) {
      const flipped = value.slice();
      // The height before is covered by the disk's checksums alone.
      flipped[9 + random(flipped.length - 9)]! ^= 1 << random(8);
      store.nodes.set(path, flipped);
      const fresh = new BlockTrie(at, 1 << 20);
      const changes = ChangeRow.of(names.map((name) => ({ ...changed(name, 2), isPlaced: false })));
      assert.throws(() => fresh.update({ height: 2n, changes, source: store, sink: () => undefined }), /damaged/, path);
      assert.ok(fresh.isAt(at));
      store.nodes.set(path, value);
      fresh.update({ height: 2n, changes: ChangeRow.of([changed(names[0] as Uint8Array, 2)]), source: store, sink: () => undefined });
      assert.not.ok(fresh.isAt(at));
    }
  }
});

test.run();
