import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../../lang/base/rlp.ts";
import type { PackageBody } from "../../../node/package/body.ts";
import { decodeBody, decodeSignedPackage, encodeBody, encodeSignedPackage, packageId, PACKAGE_LIMITS } from "../../../node/package/body-codec.ts";
import { damaged, Dice, domainNamed, faultCode, idOf, quorumOf, randomBody, sampleBody, signatures } from "./package-samples.ts";

const EXPECTED_FAULTS = new Set(["CODEC_MALFORMED", "LANG_BAD_INPUT", "PACKAGE_TOO_LARGE"]);

/** The encoded body with one field exchanged for something its writer would not make. */
function bodyWith(field: number, item: RlpItem): Uint8Array {
  const fields = decodeRlp(encodeBody(sampleBody())) as RlpItem[];
  return encodeRlp(fields.map((old, index) => (index === field ? item : old)));
}

test("a body that was encoded decodes to itself", () => {
  const dice = new Dice("bodies");
  for (let i = 0; i < 300; i++) {
    const body = randomBody(dice);
    const bytes = encodeBody(body);
    assert.equal(decodeBody(bytes), body);
    assert.equal(encodeBody(decodeBody(bytes)), bytes);
  }
});

test("a signed package that was encoded decodes to itself and to the bytes that were signed", () => {
  const dice = new Dice("packages");
  for (let i = 0; i < 40; i++) {
    const body = sampleBody({ nonce: BigInt(i), payer: { domain: domainNamed("payer"), signers: quorumOf(["eve"]) } });
    const bodyBytes = encodeBody(body);
    const signed = { body, signatures: [...signatures(bodyBytes, "signer", ["alice"]), ...signatures(bodyBytes, "payer", ["eve"])] };
    const bytes = encodeSignedPackage(signed);
    assert.equal(decodeSignedPackage(bytes), { ...signed, bodyBytes });
    const mutated = damaged(bytes, dice);
    const code = faultCode(() => assert.equal(encodeSignedPackage(decodeSignedPackage(mutated)), mutated));
    assert.ok(code === undefined || EXPECTED_FAULTS.has(code), code);
  }
});

test("damaged bytes are refused with a declared fault, or are the one form of another body", () => {
  const dice = new Dice("damage");
  let refused = 0;
  for (let i = 0; i < 3_000; i++) {
    const mutated = damaged(encodeBody(randomBody(dice)), dice);
    const code = faultCode(() => assert.equal(encodeBody(decodeBody(mutated)), mutated));
    if (code === undefined) continue;
    assert.ok(EXPECTED_FAULTS.has(code), code);
    refused++;
  }
  assert.ok(refused > 1_500);
});

test("the package id is the hash of the body and ignores signatures", () => {
  const body = sampleBody();
  const bytes = encodeBody(body);
  assert.equal(packageId(bytes), sha256(bytes));
  const signed = encodeSignedPackage({ body, signatures: signatures(bytes, "signer", ["alice"]) });
  assert.equal(packageId(decodeSignedPackage(signed).bodyBytes), packageId(bytes));
});

test("every field is bounded", () => {
  const wrong: readonly [number, RlpItem, string][] = [
    [0, Uint8Array.of(2), "another format"], [1, Uint8Array.of(1, 0, 0), "rules version"], [2, Uint8Array.of(0), "leading zero"],
    [3, new Uint8Array(31), "words hash"], [4, new Uint8Array(33), "chain id"], [5, new Uint8Array(0), "domain"], [6, new Uint8Array(9).fill(1), "nonce"],
    [7, [], "no signers"], [7, [[], Uint8Array.of(1)], "no signer"], [7, [[new Uint8Array(19)], Uint8Array.of(1)], "short key"], [7, utf8("key"), "keys as bytes"],
    [7, [[idOf("eve")], Uint8Array.of(2)], "more needed than there are"], [7, [[idOf("eve")], new Uint8Array(0)], "none needed"],
    [8, new Uint8Array(20), "payer as bytes"], [8, [new Uint8Array(20)], "payer without keys"], [8, [new Uint8Array(20), [[], Uint8Array.of(1)]], "payer with no key"],
    [9, new Uint8Array(17).fill(1), "price"], [10, new Uint8Array(7).fill(255), "ERG limit"], [11, new Uint8Array(9).fill(1), "expiry"],
    [12, Uint8Array.of(2), "unknown mode"], [12, Uint8Array.of(1), "loose with an effect"], [13, new Uint8Array(0), "strict without effect"],
    [14, [], "no section"], [14, [[Uint8Array.of(2), utf8("x")]], "unknown section"], [14, Array.from({ length: 65 }, () => [Uint8Array.of(1), utf8("x")]), "too many sections"],
  ];
  for (const [field, item, what] of wrong) assert.is(faultCode(() => decodeBody(bodyWith(field, item))), "CODEC_MALFORMED", what);
});

test("keys stand in strictly ascending order, and are no more than a domain may have", () => {
  const [first, second] = [idOf("alice"), idOf("bob")].sort(Buffer.compare) as [Uint8Array, Uint8Array];
  const withSigners = (keys: readonly Uint8Array[]) => faultCode(() => decodeBody(bodyWith(7, [keys, Uint8Array.of(1)])));
  assert.is(withSigners([first, second]), undefined);
  assert.is(withSigners([second, first]), "CODEC_MALFORMED");
  assert.is(withSigners([first, first]), "CODEC_MALFORMED");
  const many = Array.from({ length: PACKAGE_LIMITS.keys + 1 }, (_, i) => idOf(`many ${i}`)).sort(Buffer.compare);
  assert.is(withSigners(many.slice(1)), undefined);
  assert.is(withSigners(many), "CODEC_MALFORMED");
});

test("the writer refuses what the reader would refuse", () => {
  const wrong: readonly Partial<PackageBody>[] = [
    { signers: { keys: [], needed: 0 } }, { signers: quorumOf(["alice"], 2) }, { mode: "loose" }, { effectHash: new Uint8Array(0) }, { payer: { domain: domainNamed("alice"), signers: quorumOf(["eve"]) } },
    { nonce: 1n << 64n }, { domain: new Uint8Array(19) }, { ergLimit: 1n << 53n },
  ];
  for (const changes of wrong) assert.is(faultCode(() => encodeBody(sampleBody(changes))), "CODEC_MALFORMED");
});

test("too many bytes and too many items are refused before they are built", () => {
  const large = sampleBody({ sections: [{ kind: 1, bytes: new Uint8Array(PACKAGE_LIMITS.packageBytes) }] });
  assert.is(faultCode(() => encodeBody(large)), "PACKAGE_TOO_LARGE");
  assert.is(faultCode(() => decodeBody(new Uint8Array(PACKAGE_LIMITS.packageBytes + 1))), "PACKAGE_TOO_LARGE");
  const crowd = encodeRlp(Array.from({ length: 100_000 }, () => new Uint8Array(0)));
  assert.is(faultCode(() => decodeBody(crowd)), "CODEC_MALFORMED");
});

test.run();
