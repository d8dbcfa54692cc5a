import { createRequire } from "node:module";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { keccak256 } from "../../lang/base/hash.ts";
import { decodeNode } from "../../node/state/trie/decode.ts";
import { EMPTY_ROOT } from "../../node/state/trie/nodes.ts";
import { buildProof, verifyProof } from "../../node/state/trie/proof.ts";
import { NO_NODES, type NodeSource } from "../../node/state/trie/source.ts";
import type { TrieChange } from "../../node/state/trie/changes.ts";
import { Trie } from "../../node/state/trie/trie.ts";
import type { VersionedRecord } from "../../node/state/versioned-record.ts";
import { seeded } from "./seeded.ts";

interface Oracle {
  readonly root: Buffer;
  put(key: Buffer, value: Buffer): Promise<void>;
  del(key: Buffer): Promise<void>;
}
const { BaseTrie } = createRequire(import.meta.url)("merkle-patricia-tree") as { BaseTrie: new () => Oracle };

/** A node store in a map, which fails the test when a delete or an overwrite was forgotten. */
class Nodes implements NodeSource {
  readonly map = new Map<string, Uint8Array>();
  get(path: Uint8Array): VersionedRecord {
    return { height: 0n, value: this.map.get(toHex(path)) };
  }
  damaged(path: Uint8Array): never {
    throw new Error(`node at ${toHex(path)} is missing or wrong`);
  }
  take(trie: Trie): void {
    const { puts, deletes } = trie.writes();
    for (const path of deletes) assert.ok(this.map.delete(toHex(path)), "only nodes that are there are deleted");
    for (const { path, encoded } of puts) this.map.set(toHex(path), encoded);
  }
}

const put = (key: string, value: string): TrieChange => ({ key: utf8(key), value: utf8(value) });
const rootOf = (changes: readonly TrieChange[]): string => toHex(Trie.empty(NO_NODES).update(changes).root());
const bytes = (random: (below: number) => number, count: number): Uint8Array => Uint8Array.from({ length: count }, () => random(256));

/** A node store beside a flat index of the values, as the state's is: it holds marks in place of leaves. */
class MarkedNodes extends Nodes {
  readonly values = new Map<string, Uint8Array>();
  leaf(name: Uint8Array): { readonly key: Uint8Array; readonly value: Uint8Array } | undefined {
    const value = this.values.get(toHex(name));
    return value === undefined ? undefined : { key: keccak256(name), value };
  }
}

test("a trie over a flat index has the roots of one that holds its leaves, and leaves no mark behind", () => {
  const random = seeded(77);
  const store = new MarkedNodes();
  let root = EMPTY_ROOT;
  for (let step = 0; step < 300; step++) {
    const changes = Array.from({ length: 1 + random(step % 10 === 0 ? 30 : 4) }, (): TrieChange & { readonly name: Uint8Array } => {
      const name = utf8(`domain ${random(60)}`);
      return { key: keccak256(name), value: random(3) === 0 ? undefined : bytes(random, 40 + random(60)), name };
    });
    // In two steps at times, as a realm's root is asked for in between.
    const cut = random(changes.length + 1);
    const trie = Trie.at(store, root).update(changes.slice(0, cut)).update(changes.slice(cut));
    root = trie.root();
    store.take(trie);
    for (const { name, value } of changes) value === undefined ? store.values.delete(toHex(name)) : store.values.set(toHex(name), value);
    const all = [...store.values].map(([name, value]) => ({ key: keccak256(fromHex(name) as Uint8Array), value, name: fromHex(name) as Uint8Array }));
    const fresh = Trie.empty(NO_NODES).update(all);
    assert.is(toHex(root), toHex(fresh.root()), `step ${step}`);
    assert.equal([...store.map.keys()].sort(), fresh.writes().puts.map(({ path }) => toHex(path)).sort(), `step ${step}: what is stored`);
    for (const { key, value } of changes.slice(-1)) assert.equal(Trie.at(store, root).get(key), value);
    assert.is([...Trie.at(store, root).entries()].length, all.length);
  }
});

test("roots of Ethereum's published trie cases", () => {
  assert.is(toHex(EMPTY_ROOT), "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
  assert.is(rootOf([put("A", "a".repeat(50))]), "d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab");
  assert.is(rootOf([put("doe", "reindeer"), put("dog", "puppy"), put("dogglesworth", "cat")]), "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
  assert.is(rootOf([put("do", "verb"), put("dog", "puppy"), put("doge", "coin"), put("horse", "stallion")]), "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84");
  assert.is(rootOf([put("foo", "bar"), put("food", "bass")]), "17beaa1648bafa633cda809c90c04af50fc8aed3cb40d16efbddee6fdf63c4c3");
  assert.is(rootOf([put("be", "e"), put("dog", "puppy"), put("bed", "d")]), "3f67c7a47520f79faa29255d2d3c084a7a6df0453116ed7232ff10277a8be68b");
  assert.is(rootOf([put("test", "test"), put("te", "testy")]), "8452568af70d8d140f58d941338542f645fcca50094b20f3c3d8c3df49337928");
});

test("the case that both public packages get wrong", () => {
  const at = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
  const value = utf8("v");
  const trie = Trie.empty(NO_NODES).update(["1100", "11", "1122"].map((hex) => ({ key: at(hex), value }))).update([{ key: at("1100"), value: undefined }]);
  assert.equal(trie.get(at("11")), value);
  assert.is(trie.get(at("1100")), undefined);
  assert.is(toHex(trie.root()), rootOf([{ key: at("11"), value }, { key: at("1122"), value }]));
});

for (const size of [32, 64]) {
  test(`the root is merkle-patricia-tree's after each step with keys of ${size} bytes`, async () => {
    const random = seeded(size);
    // Few distinct halves, so that paths share long beginnings as the entries of one directory do.
    const halves = Array.from({ length: 12 }, (_, i) => keccak256(Uint8Array.of(i)));
    const half = (): Uint8Array => (halves[random(12)] as Uint8Array).slice();
    const oracle = new BaseTrie();
    const store = new Nodes();
    let trie = Trie.empty(store);
    for (let step = 0; step < 120; step++) {
      const changes = Array.from({ length: 1 + random(6) }, () => {
        const key = size === 64 ? concatBytes(half(), half()) : half();
        if (random(3) === 0) key[size - 1 - random(3)] = random(4);
        return { key, value: random(3) === 0 ? undefined : bytes(random, 1 + random(60)) };
      });
      for (const { key, value } of changes) {
        if (value === undefined) await oracle.del(Buffer.from(key));
        else await oracle.put(Buffer.from(key), Buffer.from(value));
      }
      trie = trie.update(changes);
      assert.is(toHex(trie.root()), oracle.root.toString("hex"), `step ${step}`);
      store.take(trie);
      trie = Trie.at(store, trie.root());
    }
  });
}

test("any history with keys of any length gives the root, values, listing and stored nodes of a trie built from scratch", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = seeded(seed);
    const store = new Nodes();
    const model = new Map<string, Uint8Array>();
    let trie = Trie.empty(store);
    for (let step = 0; step < 25; step++) {
      const changes = Array.from({ length: random(8) }, () => ({
        key: Uint8Array.from({ length: random(5) }, () => [0, 1, 16, 17][random(4)] as number),
        value: random(5) < 2 ? undefined : bytes(random, 1 + random(3) * 20),
      }));
      trie = trie.update(changes);
      for (const { key, value } of changes) value === undefined ? model.delete(toHex(key)) : model.set(toHex(key), value);
      if (random(2) === 0) continue;
      store.take(trie);
      trie = Trie.at(store, trie.root());
      const scratch = Trie.empty(NO_NODES).update([...model].map(([hex, value]) => ({ key: fromHex(hex) as Uint8Array, value })));
      assert.is(toHex(trie.root()), toHex(scratch.root()), `seed ${seed} step ${step}`);
      assert.equal([...trie.entries()].map(([key, value]) => [toHex(key), value]), [...model].sort(([a], [b]) => (a < b ? -1 : 1)));
      assert.equal(new Set(store.map.keys()), new Set(scratch.writes().puts.map(({ path }) => toHex(path))), `seed ${seed} step ${step}: nodes`);
      for (const [hex, value] of model) assert.equal(trie.get(fromHex(hex) as Uint8Array), value);
    }
  }
});

test("the order of changes does not matter, but the later of two changes of one key counts", () => {
  const random = seeded(7);
  const changes = Array.from({ length: 200 }, (_, i) => ({ key: Uint8Array.of(i, random(256)), value: bytes(random, 40) }));
  const shuffled = changes.map((change) => ({ change, place: random(1 << 30) })).sort((a, b) => a.place - b.place);
  assert.is(rootOf(shuffled.map(({ change }) => change)), rootOf(changes));
  assert.is(rootOf([put("a", "old"), put("a", "new")]), rootOf([put("a", "new")]));
});

test("an update leaves the trie it started from as it was", () => {
  const before = Trie.empty(NO_NODES).update([put("a", "1"), put("ab", "2")]);
  const root = toHex(before.root());
  before.update([put("a", "3"), { key: utf8("ab"), value: undefined }]);
  assert.is(toHex(before.root()), root);
  assert.equal(before.get(utf8("ab")), utf8("2"));
});

test("a walk under a prefix gives exactly the keys that begin with it", () => {
  const keys = ["a", "ab", "abc", "abd", "b", "ba"];
  const store = new Nodes();
  const built = Trie.empty(store).update(keys.map((key) => put(key, key.repeat(30))));
  store.take(built);
  const trie = Trie.at(store, built.root());
  const under = (prefix: string): string[] => [...trie.entries(utf8(prefix))].map(([key]) => Buffer.from(key).toString());
  assert.equal(under(""), keys);
  assert.equal(under("ab"), ["ab", "abc", "abd"]);
  assert.equal(under("abc"), ["abc"]);
  assert.equal(under("abcd"), []);
  assert.equal(under("c"), []);
});

test("a proof shows a value or its absence, and any change of a byte makes it invalid or another statement's", () => {
  const random = seeded(11);
  const store = new Nodes();
  const entries = Array.from({ length: 40 }, () => ({ key: keccak256(bytes(random, 4)), value: bytes(random, 1 + random(50)) }));
  const trie = Trie.empty(store).update(entries);
  store.take(trie);
  const root = trie.root();
  for (const { key, value } of entries.slice(0, 10)) {
    const proof = buildProof(store, root, key);
    assert.equal(verifyProof(root, key, proof), { kind: "present", value });
    const other = keccak256(key);
    assert.equal(verifyProof(root, other, buildProof(store, root, other)), { kind: "absent" });
    for (let i = 0; i < 30; i++) {
      const forged = proof.map((node) => node.slice());
      const node = forged[random(forged.length)] as Uint8Array;
      node[random(node.length)]! ^= 1 + random(255);
      assert.is(verifyProof(root, key, forged).kind, "invalid");
    }
    assert.is(verifyProof(root, key, proof.slice(1)).kind, "invalid");
    assert.is(verifyProof(root, key, [...proof, proof[0] as Uint8Array]).kind, "invalid");
    assert.is(verifyProof(root, key, []).kind, "invalid");
  }
  assert.equal(verifyProof(EMPTY_ROOT, root, []), { kind: "absent" });
});

test("a node in any but its one form is refused", () => {
  const refused = (hex: string): void => {
    try {
      decodeNode(fromHex(hex) as Uint8Array);
    } catch (error) {
      assert.ok(isFaultError(error) && error.fault.code === "CODEC_MALFORMED", hex);
      return;
    }
    assert.unreachable(hex);
  };
  refused(""); // nothing
  refused("80"); // no list
  refused("c3808080"); // three items
  refused("c22080"); // a leaf without a value
  refused("c24001"); // an unknown path flag
  refused("c22101ff"); // bytes after the end
  refused("c20080"); // an extension without path or child
  refused(`d1${"80".repeat(16)}01`); // a branch with one thing in it
});

test("random bytes never decode to a node with another encoding, and only ever fault as malformed", () => {
  const random = seeded(13);
  for (let i = 0; i < 3000; i++) {
    const input = bytes(random, 1 + random(40));
    input[0] = 0xc0 + input.length - 1;
    try {
      decodeNode(input);
    } catch (error) {
      assert.ok(isFaultError(error) && error.fault.code === "CODEC_MALFORMED");
    }
  }
});

test.run();
