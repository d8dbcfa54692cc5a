import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, equalBytes, fromHex, toHex } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { fastestScheme, sodiumScheme } from "../../../node/crypto/sodium-scheme.ts";
import { ed25519PublicKey, isUsablePublicKey, nodeScheme, signEd25519, verifyEd25519 } from "../../../node/crypto/ed25519.ts";

const Point = ed25519.Point;
const L = Point.Fn.ORDER;
const P = Point.Fp.ORDER;
type CurvePoint = InstanceType<typeof Point>;

const hex = (text: string): Uint8Array => fromHex(text) as Uint8Array;
const seedOf = (name: string): Uint8Array => sha256(new TextEncoder().encode(name));

function little(value: bigint): Uint8Array {
  return hex(value.toString(16).padStart(64, "0")).reverse();
}
function big(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes.slice().reverse())}`);
}

/** The rule written a second time, over @noble/curves points: what the code under test must agree with. */
function oracle(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const [a, r] = [strictPoint(publicKey), strictPoint(signature.subarray(0, 32))];
  const s = big(signature.subarray(32));
  if (a === undefined || r === undefined || s >= L || a.isSmallOrder() || r.isSmallOrder()) return false;
  const k = big(sha512(concatBytes(signature.subarray(0, 32), publicKey, message))) % L;
  return Point.BASE.multiplyUnsafe(s).equals(r.add(a.multiplyUnsafe(k)));
}
function strictPoint(bytes: Uint8Array): CurvePoint | undefined {
  try {
    const point = Point.fromBytes(bytes, false);
    return equalBytes(point.toBytes(), bytes) ? point : undefined;
  } catch {
    return undefined; // noble refuses by throwing: not a point
  }
}

const SCHEMES = [nodeScheme, sodiumScheme()].filter((scheme) => scheme !== undefined);

/** What every library behind the rule says: they must agree, with each other and with the oracle on noble's points. */
function verdictOf(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const verdict = oracle(publicKey, message, signature);
  for (const scheme of SCHEMES) assert.is(verifyEd25519(publicKey, message, signature, scheme), verdict, `${scheme.name}: ${toHex(publicKey)} ${toHex(signature)}`);
  return verdict;
}

/** A signature by secret scalar `a` with nonce `r`, after adding torsion to A and R: no library makes these. */
function forge(parts: { a: bigint; r: bigint; torsionA: CurvePoint; torsionR: CurvePoint; message: Uint8Array }): { key: Uint8Array; signature: Uint8Array } {
  const key = Point.BASE.multiply(parts.a).add(parts.torsionA).toBytes();
  const nonce = Point.BASE.multiply(parts.r).add(parts.torsionR).toBytes();
  const k = big(sha512(concatBytes(nonce, key, parts.message))) % L;
  return { key, signature: concatBytes(nonce, little((parts.r + k * parts.a) % L)) };
}

const torsion: CurvePoint[] = [];
{
  const eighth = Point.fromBytes(hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), true);
  for (let i = 0, point = Point.ZERO; i < 8; i++, point = point.add(eighth)) torsion.push(point);
}

const RFC_8032 = [
  { seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "", signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
  { seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72", signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
  { seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82", signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
];

test("the vectors of RFC 8032 section 7.1 sign and verify", () => {
  for (const vector of RFC_8032) {
    assert.is(toHex(ed25519PublicKey(hex(vector.seed))), vector.key);
    assert.is(toHex(signEd25519(hex(vector.seed), hex(vector.message))), vector.signature);
    assert.ok(verdictOf(hex(vector.key), hex(vector.message), hex(vector.signature)));
  }
});

test("one changed bit of key, message or signature is refused, as the oracle says", () => {
  const seed = seedOf("bits");
  const [key, message] = [ed25519PublicKey(seed), hex("00112233")];
  const whole = concatBytes(key, message, signEd25519(seed, message));
  for (let bit = 0; bit < whole.length * 8; bit += 3) {
    const changed = whole.slice();
    changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
    assert.not(verdictOf(changed.subarray(0, 32), changed.subarray(32, 36), changed.subarray(36)), `bit ${bit}`);
  }
});

test("only 64-byte signatures and 32-byte keys are looked at", () => {
  const seed = seedOf("lengths");
  const [key, message] = [ed25519PublicKey(seed), hex("aa")];
  const signature = signEd25519(seed, message);
  for (const size of [0, 1, 63, 65, 128]) {
    const stretched = new Uint8Array(size);
    stretched.set(signature.subarray(0, Math.min(size, 64)));
    assert.not(verdictOf(key, message, stretched), `signature of ${size}`);
  }
  for (const size of [0, 31, 33, 64]) {
    const stretched = new Uint8Array(size);
    stretched.set(key.subarray(0, Math.min(size, 32)));
    assert.not(verdictOf(stretched, message, signature), `key of ${size}`);
  }
});

test("S is refused from the group order on, although S + L solves the equation", () => {
  const seed = seedOf("malleable");
  const [key, message] = [ed25519PublicKey(seed), hex("bb")];
  const signature = signEd25519(seed, message);
  const s = big(signature.subarray(32));
  for (const other of [s + L, s + 2n * L, s + 7n * L, L, L + 1n, 2n ** 256n - 1n]) {
    assert.not(verdictOf(key, message, concatBytes(signature.subarray(0, 32), little(other))), other.toString(16));
  }
  assert.ok(verdictOf(key, message, concatBytes(signature.subarray(0, 32), little(s))));
});

test("every small-order A or R is refused in each of its encodings, whatever S says", () => {
  const message = hex("cc");
  const encodings = torsion.flatMap((point) => {
    const plain = point.toBytes();
    const y = big(plain) & (2n ** 255n - 1n);
    const forms = [y, ...(y + P < 2n ** 255n ? [y + P] : [])];
    return forms.flatMap((form) => [little(form), little(form | (1n << 255n))]);
  });
  assert.ok(encodings.length >= 14);
  for (const encoded of encodings) {
    assert.not(isUsablePublicKey(encoded));
    const zero = concatBytes(Point.BASE.toBytes(), little(1n));
    for (const signature of [concatBytes(encoded, little(0n)), concatBytes(encoded, little(5n)), zero]) {
      assert.not(verdictOf(encoded, message, signature));
    }
    const honest = ed25519PublicKey(seedOf("honest"));
    assert.not(verdictOf(honest, message, concatBytes(encoded, little(3n))));
  }
});

test("y from p to 2^255 - 1 is refused with either sign, for A and for R", () => {
  const seed = seedOf("canonical");
  const [key, message] = [ed25519PublicKey(seed), hex("dd")];
  const signature = signEd25519(seed, message);
  for (let y = P; y < 2n ** 255n; y++) {
    for (const encoded of [little(y), little(y | (1n << 255n))]) {
      assert.not(isUsablePublicKey(encoded));
      assert.not(verdictOf(encoded, message, signature));
      assert.not(verdictOf(key, message, concatBytes(encoded, signature.subarray(32))));
    }
  }
});

test("with torsion in A and R the cofactorless equation decides, as the oracle says", () => {
  let accepted = 0;
  let cofactoredOnly = 0;
  for (const [i, torsionA] of torsion.entries()) {
    for (const [j, torsionR] of torsion.entries()) {
      for (let round = 0; round < 4; round++) {
        const message = sha256(Uint8Array.of(i, j, round));
        const { key, signature } = forge({ a: 12345n + BigInt(i), r: 777n + BigInt(j * 8 + round), torsionA, torsionR, message });
        const verdict = verdictOf(key, message, signature);
        if (verdict) accepted++;
        else if (ed25519.verify(signature, message, key, { zip215: true })) cofactoredOnly++;
      }
    }
  }
  assert.ok(accepted > 4, "torsion-free and cancelling pairs are accepted");
  assert.ok(cofactoredOnly > 100, "pairs that only the cofactored equation takes are refused");
});

test("bytes that are no point are refused as key and as R", () => {
  const [seed, message] = [seedOf("no point"), hex("ee")];
  const signature = signEd25519(seed, message);
  let found = 0;
  for (let y = 2n; y < 40n; y++) {
    if (strictPoint(little(y)) !== undefined) continue;
    found++;
    assert.not(verdictOf(little(y), message, signature));
    assert.not(verdictOf(ed25519PublicKey(seed), message, concatBytes(little(y), signature.subarray(32))));
  }
  assert.ok(found > 5);
});

test("random keys and messages get the verdict of @noble/curves, and its signatures are ours", () => {
  for (let i = 0; i < 60; i++) {
    const seed = seedOf(`random ${i}`);
    const message = new Uint8Array(i * 7).fill(i);
    const signature = signEd25519(seed, message);
    assert.equal(signature, ed25519.sign(message, seed));
    assert.equal(ed25519PublicKey(seed), ed25519.getPublicKey(seed));
    assert.ok(verdictOf(ed25519PublicKey(seed), message, signature));
    signature[i % 32] = (signature[i % 32] as number) ^ 1;
    assert.not(verdictOf(ed25519PublicKey(seed), message, signature));
  }
});

test("sodium-native is chosen where it is installed", () => {
  if (sodiumScheme() === undefined) console.log("not run: sodium-native is not installed here");
  else assert.is(fastestScheme.name, "sodium-native");
});

test("Buffers are taken and left as they were", () => {
  const seed = seedOf("buffer 2");
  const [key, message] = [Buffer.from(ed25519PublicKey(seed)), Buffer.from("ff", "hex")];
  const signature = Buffer.from(signEd25519(seed, message));
  const before = [key, message, signature].map((bytes) => bytes.toString("hex"));
  assert.ok((key[31] as number) >= 0x80 || (signature[31] as number) >= 0x80, "one of the signs is set");
  assert.ok(verifyEd25519(key, message, signature));
  assert.equal([key, message, signature].map((bytes) => bytes.toString("hex")), before);
});

test("the library behind the rule can be exchanged, and is never asked about an edge case", () => {
  const asked: string[] = [];
  const counting = { ...nodeScheme, name: "counting", equationHolds: (...[key]: Parameters<typeof nodeScheme.equationHolds>) => (asked.push(toHex(key)), true) };
  const key = ed25519PublicKey(seedOf("library"));
  assert.ok(verifyEd25519(key, hex("00"), signEd25519(seedOf("library"), hex("01")), counting));
  assert.not(verifyEd25519(key, hex("00"), new Uint8Array(64), counting));
  assert.equal(asked, [toHex(key)]);
});

test.run();
