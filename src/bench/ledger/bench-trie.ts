import { utf8 } from "../../../lang/base/bytes.ts";
import { keccak256, sha256 } from "../../../lang/base/hash.ts";
import { domainStateKey, nodeStateKey } from "../../../node/state/state-keys.ts";
import { EMPTY_ROOT } from "../../../node/state/trie/nodes.ts";
import { NO_NODES, type NodeSource } from "../../../node/state/trie/source.ts";
import { ChangeRow } from "../../../node/state/trie/change-row.ts";
import type { TrieChange } from "../../../node/state/trie/changes.ts";
import { Trie } from "../../../node/state/trie/trie.ts";
import { BlockWrites } from "../../../node/state/block-writes.ts";
import { createStateReader, type StateReader, type StateWrite } from "../../../node/state/versioned.ts";
import { openDisk } from "../../../node/store/level-disk.ts";
import { unpackOperations } from "../../../node/store/packed-operations.ts";

const BATCH = 10_000;

export interface TrieRates {
  /** Keys per second in batches of 10,000, roots included. */
  readonly insertsPerSecond: number;
  /** Milliseconds for 1,000 new values of keys that are there, root included. */
  readonly updateMs: number;
}

/** Builds a trie of `keys` keys of 32 bytes with values of 64, then updates it. It is built twice: the first time the engine compiles. */
export function benchTrie(keys: number): TrieRates {
  buildTrie(keys);
  const { trie, spentMs } = buildTrie(keys);
  const updates = Array.from({ length: 20 }, (_, round) => Array.from({ length: 1_000 }, (__, index) => change((index * 7_919 + round) % keys, 2 + round)));
  const times = updates.map((changes) => {
    const startedMs = performance.now();
    trie.update(changes).root();
    return performance.now() - startedMs;
  });
  return { insertsPerSecond: (keys * 1_000) / spentMs, updateMs: times.sort((a, b) => a - b)[10] ?? 0 };
}

function buildTrie(keys: number): { readonly trie: Trie; readonly spentMs: number } {
  let trie = Trie.empty(NO_NODES);
  let spentMs = 0;
  for (let from = 0; from < keys; from += BATCH) {
    const changes = Array.from({ length: Math.min(BATCH, keys - from) }, (_, index) => change(from + index, 1));
    const startedMs = performance.now();
    trie = trie.update(changes);
    trie.root();
    spentMs += performance.now() - startedMs;
  }
  return { trie, spentMs };
}

export interface StoredTrieTimes {
  /** Milliseconds for 1,000 new values of keys that are there: root and what to write included. */
  readonly updateMs: number;
  readonly cacheBytes: number;
  /** Of the whole process, what earlier benchmarks left included. */
  readonly residentBytes: number;
}

const STORED_CACHE_BYTES = 64 << 20;
const NO_NAME = new Uint8Array(0);

/** As the state's trie lies in a node: leaves by name in the flat index, nodes in the store, a cache of fixed size. */
export async function benchStoredTrie(folder: string, keys: number, onInserted: (keys: number) => void = () => undefined): Promise<StoredTrieTimes> {
  const disk = await openDisk(folder);
  try {
    const reader = createStateReader(disk, { cacheBytes: STORED_CACHE_BYTES, folder });
    let at = { height: 0n, stateRoot: EMPTY_ROOT };
    const take = async (changes: readonly NamedChange[]): Promise<number> => {
      const startedMs = performance.now();
      const height = at.height + 1n;
      const out = new BlockWrites(reader, height);
      const trie = reader.blockTrie(at);
      trie.update({ height, changes: ChangeRow.of(changes), source: sourceAt(reader, at.height), sink: (write) => out.node(write) });
      const ms = performance.now() - startedMs;
      const records: StateWrite[] = changes.map(({ name, value }) => ({ key: domainStateKey(name), value }));
      for (const { key, value } of records) out.write(key, value);
      at = { height, stateRoot: trie.root() };
      await disk.batch(unpackOperations(out.finish()), { sync: true });
      reader.advance(height, records);
      return ms;
    };
    for (let from = 0; from < keys; from += BATCH) {
      onInserted(from);
      await take(Array.from({ length: Math.min(BATCH, keys - from) }, (_, index) => named(from + index, 1)));
    }
    const times: number[] = [];
    for (let round = 0; round < 21; round++) times.push(await take(Array.from({ length: 1_000 }, (_, index) => named((index * 7_919 + round * 31) % keys, 2 + round))));
    return { updateMs: times.sort((a, b) => a - b)[10] ?? 0, cacheBytes: STORED_CACHE_BYTES, residentBytes: process.memoryUsage.rss() };
  } finally {
    await disk.close();
  }
}

type NamedChange = TrieChange & { readonly name: Uint8Array };

function named(index: number, version: number): NamedChange {
  const name = sha256(utf8(`bench key ${index}`)).subarray(0, 20);
  return { key: keccak256(name), value: new Uint8Array(64).fill(version), name, isPlaced: version > 1 };
}

function sourceAt(reader: StateReader, height: bigint): NodeSource {
  return {
    get: (path) => reader.record(nodeStateKey(NO_NAME, path), height),
    leaf(name) {
      const value = reader.get(domainStateKey(name), height);
      return value === undefined ? undefined : { key: keccak256(name), value };
    },
    damaged(path) {
      throw new Error(`the node at ${path.join(".")} is gone`);
    },
  };
}

function change(index: number, version: number): TrieChange {
  return { key: sha256(utf8(`bench key ${index}`)), value: new Uint8Array(64).fill(version) };
}
