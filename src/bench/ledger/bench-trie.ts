import { utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { NO_NODES } from "../../../node/state/trie/source.ts";
import { Trie, type TrieChange } from "../../../node/state/trie/trie.ts";

const BATCH = 10_000;

export interface TrieRates {
  /** Keys per second in batches of 10,000, roots included. */
  readonly insertsPerSecond: number;
  /** Milliseconds for 1,000 new values of keys that are there, root included. */
  readonly updateMs: number;
}

/** Builds a trie of `keys` keys of 32 bytes with values of 64, then updates it. */
export function benchTrie(keys: number): TrieRates {
  let trie = Trie.empty(NO_NODES);
  let spentMs = 0;
  for (let from = 0; from < keys; from += BATCH) {
    const changes = Array.from({ length: Math.min(BATCH, keys - from) }, (_, index) => change(from + index, 1));
    const startedMs = performance.now();
    trie = trie.update(changes);
    trie.root();
    spentMs += performance.now() - startedMs;
  }
  const updates = Array.from({ length: 20 }, (_, round) => Array.from({ length: 1_000 }, (__, index) => change((index * 7_919 + round) % keys, 2 + round)));
  const times = updates.map((changes) => {
    const startedMs = performance.now();
    trie.update(changes).root();
    return performance.now() - startedMs;
  });
  return { insertsPerSecond: (keys * 1_000) / spentMs, updateMs: times.sort((a, b) => a - b)[10] ?? 0 };
}

function change(index: number, version: number): TrieChange {
  return { key: sha256(utf8(`bench key ${index}`)), value: new Uint8Array(64).fill(version) };
}
