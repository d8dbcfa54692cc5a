import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { keccak256 } from "../../lang/base/hash.ts";
import { BlockTrie } from "../../node/state/trie/block-trie.ts";
import type { TrieChange } from "../../node/state/trie/changes.ts";
import { imageDelta } from "../../node/state/trie/image-delta.ts";
import type { NodeWrite } from "../../node/state/trie/node-write.ts";
import { EMPTY_ROOT } from "../../node/state/trie/nodes.ts";
import { NO_NODES, type NodeSource } from "../../node/state/trie/source.ts";
import { Trie } from "../../node/state/trie/trie.ts";
import type { VersionedRecord } from "../../node/state/versioned-record.ts";
import { seeded } from "./seeded.ts";

type Random = (below: number) => number;

/** What the store would hold: nodes by path, and records by name. Names are addresses of which the keys are hashes, or of which they were chosen. */
class Store implements NodeSource {
  readonly nodes = new Map<string, VersionedRecord>();
  readonly values = new Map<string, Uint8Array>();
  readonly keyOf: (name: Uint8Array) => Uint8Array;
  reads = 0;

  constructor(keyOf: (name: Uint8Array) => Uint8Array) {
    this.keyOf = keyOf;
  }
  get(path: Uint8Array): VersionedRecord {
    this.reads++;
    return this.nodes.get(toHex(path)) ?? { height: 0n, value: undefined };
  }
  leaf(name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined {
    const value = this.values.get(toHex(name));
    return value === undefined ? undefined : { key: this.keyOf(name), value };
  }
  damaged(path: Uint8Array): never {
    throw new Error(`damaged at ${toHex(path)}`);
  }
}

interface Written {
  readonly value: Uint8Array | undefined;
  /** As undo-blocks.ts keeps it: the height, and all of the record or its delta. */
  readonly undo: string;
}

const undoText = (height: bigint | number, kind: string, bytes: Uint8Array | undefined): string => `${height} ${kind} ${bytes === undefined ? "" : toHex(bytes)}`;

/** What `Trie` has the store write, as version-plans.ts makes undo records of it. */
function byTrie(store: Store, trie: Trie): Map<string, Written> {
  const written = new Map<string, Written>();
  const { puts, deletes } = trie.writes();
  const add = (path: Uint8Array, value: Uint8Array | undefined): void => {
    const before = store.get(path);
    if (value === undefined && before.value === undefined) return;
    const delta = before.value === undefined || value === undefined ? undefined : imageDelta(before.value, value);
    written.set(toHex(path), { value: value?.slice(), undo: delta === undefined ? undoText(before.height, "whole", before.value) : undoText(before.height, "delta", delta) });
  };
  for (const { path, encoded } of puts) add(path, encoded);
  for (const path of deletes) add(path, undefined);
  return written;
}

/** A sink that checks that each place comes once. */
function taken(store: Store, written: Map<string, Written>): (write: NodeWrite) => void {
  return (write) => {
    const path = write.path.slice(0, write.depth);
    const text = toHex(path);
    assert.not.ok(written.has(text), `${text} comes once`);
    const value = write.isGone ? undefined : write.bytes.slice(write.from, write.to);
    const before = write.before === "unknown" ? store.get(path) : { height: write.beforeHeight, value: write.beforeBytes.slice(write.beforeFrom, write.beforeTo) };
    written.set(text, { value, undo: undoText(before.height, write.before === "delta" ? "delta" : "whole", before.value) });
  };
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
    const counts = { takenBack: 0, elsewhere: 0, deltas: 0 };
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      const store = new Store(keyOf);
      let at = { height: 0n, stateRoot: EMPTY_ROOT };
      const trie = new BlockTrie(at, [0, 2_000, 20_000, 1 << 20][seed % 4] as number);
      for (let height = 1n; height <= 50n; height++) {
        const changes = randomChanges(random, store, most);
        // What takes out what is not there makes the immutable one write some marks once more.
        const immutable = Trie.at(store, at.stateRoot).update(changes.filter(({ value, isPlaced }) => value !== undefined || isPlaced === true));
        const wanted = byTrie(store, immutable);
        const written = new Map<string, Written>();
        trie.standAt(at);
        trie.update({ height, changes, source: store, sink: taken(store, written) });
        assert.is(toHex(trie.root()), toHex(immutable.root()), `seed ${seed} block ${height}: root`);
        assert.equal(sorted(written), sorted(wanted), `seed ${seed} block ${height}: writes`);
        const way = random(8);
        if (way < 2) {
          // Another block comes instead, or the trie is asked for the state before.
          counts.takenBack++;
          if (way === 0) checkAll(trie, store, at);
          continue;
        }
        for (const [path, { value, undo }] of written) {
          if (undo.includes("delta")) counts.deltas++;
          if (value === undefined) store.nodes.delete(path);
          else store.nodes.set(path, { height, value });
        }
        for (const { name = new Uint8Array(0), value } of changes) value === undefined ? store.values.delete(toHex(name)) : store.values.set(toHex(name), value);
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
    assert.ok(counts.takenBack > 50 && counts.elsewhere > 20 && counts.deltas > 100, JSON.stringify(counts));
  });
}

const sorted = (written: ReadonlyMap<string, Written>): string[] => [...written].map(([path, { value, undo }]) => `${path}: ${value === undefined ? "gone" : toHex(value)}, before ${undo}`).sort();

function checkAll(trie: BlockTrie, store: Store, at: { readonly height: bigint; readonly stateRoot: Uint8Array }): void {
  trie.standAt(at);
  for (let index = 0; index < 200; index++) {
    const name = Uint8Array.of(index, 7);
    assert.equal(trie.get(store.keyOf(name), store), store.values.get(toHex(name)));
  }
}

test.run();
