import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex, utf8 } from "../../../lang/base/bytes.ts";
import { isFaultError } from "../../../lang/base/fault.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { decodeInclusionProof, encodeInclusionProof, merkleRoot, proveInclusion, provesInclusion } from "../../../node/ledger/merkle.ts";
import { SeededRandom } from "../../sim/random.ts";

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => utf8(`leaf ${i}`));

/** RFC 9162, 2.1.1 as written there: split at the greatest power of two below the count. */
function rfcRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Uint8Array.of(1), rfcRoot(leaves.slice(0, split)), rfcRoot(leaves.slice(split)));
}

test("the root is that of RFC 9162 for every size up to 70", () => {
  for (let count = 0; count <= 70; count++) assert.is(toHex(merkleRoot(leavesOf(count))), toHex(rfcRoot(leavesOf(count))));
});

test("every leaf of every tree up to 40 proves itself, and only itself, at its own place", () => {
  for (let count = 1; count <= 40; count++) {
    const leaves = leavesOf(count);
    const root = merkleRoot(leaves);
    leaves.forEach((leaf, index) => {
      const proof = decodeInclusionProof(encodeInclusionProof(proveInclusion(leaves, index)));
      assert.ok(provesInclusion(proof, leaf, root));
      assert.not.ok(provesInclusion(proof, utf8("other"), root));
      assert.not.ok(provesInclusion({ ...proof, index: (index + 1) % (count + 1) }, leaf, root));
      assert.not.ok(provesInclusion({ ...proof, path: [...proof.path, root] }, leaf, root));
    });
  }
});

test("an inner node does not pass for a leaf, nor a doubled last leaf for the list without it", () => {
  const [a, b, c] = leavesOf(3) as [Uint8Array, Uint8Array, Uint8Array];
  const inner = new Uint8Array([...sha256(Uint8Array.of(0), a), ...sha256(Uint8Array.of(0), b)]);
  assert.is.not(toHex(merkleRoot([inner])), toHex(merkleRoot([a, b])));
  assert.is.not(toHex(merkleRoot([a, b, c])), toHex(merkleRoot([a, b, c, c])));
});

test("a flipped byte anywhere in a proof is refused or proves nothing", () => {
  const leaves = leavesOf(13);
  const root = merkleRoot(leaves);
  const bytes = encodeInclusionProof(proveInclusion(leaves, 6));
  for (let i = 0; i < bytes.length; i++) {
    const flipped = bytes.slice();
    flipped[i] = (flipped[i] as number) ^ 0x40;
    assert.not.ok(readsAndProves(flipped, leaves[6] as Uint8Array, root), `byte ${i}`);
  }
});

test("random bytes are refused with a declared fault", () => {
  const random = new SeededRandom(3);
  for (let i = 0; i < 500; i++) assert.not.ok(readsAndProves(random.bytes(random.below(80)), utf8("x"), new Uint8Array(32)));
});

function readsAndProves(bytes: Uint8Array, leaf: Uint8Array, root: Uint8Array): boolean {
  try {
    return provesInclusion(decodeInclusionProof(bytes), leaf, root);
  } catch (error) {
    assert.ok(isFaultError(error), String(error));
    return false;
  }
}

test.run();
