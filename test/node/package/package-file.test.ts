import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeBody } from "../../../node/package/body-codec.ts";
import type { PackageBody, PackageSignature } from "../../../node/package/body.ts";
import { addSignature, missingSignatures } from "../../../node/package/gather.ts";
import { decodePackageFile, encodePackageFile, mergePackageFiles, type PackageFile } from "../../../node/package/package-file.ts";
import { encodeAddress } from "../../../node/state/address.ts";
import { damaged, Dice, domainNamed, faultOf, idOf, quorumOf, sampleBody, signatures } from "./package-samples.ts";

// A package that is passed from signer to signer, and comes back in any order.

const at = (name: string): string => encodeAddress(idOf(name));
const shared = sampleBody({ signers: quorumOf(["alice", "bob", "carol"], 2), payer: { domain: domainNamed("payer"), signers: quorumOf(["eve"]) } });

function fileOf(body: PackageBody, dice?: Dice): PackageFile {
  const some = (most: number): Uint8Array => (dice === undefined ? new Uint8Array(0) : dice.bytes(dice.below(most)));
  return { body, bodyBytes: encodeBody(body), effectBytes: some(200), excerptBytes: some(900), ergUsed: 31_000n, signatures: [] };
}

function signed(file: PackageFile, ...names: readonly string[]): PackageFile {
  return names.reduce((each, name) => ({ ...each, signatures: addSignature(each, without(signatures(each.bodyBytes, "signer", [name])[0] as PackageSignature)) }), file);
}

function without({ role: _, ...rest }: PackageSignature): Omit<PackageSignature, "role"> {
  return rest;
}

test("a file that was written reads back, alone or in the output of a session", () => {
  const dice = new Dice("package files");
  for (let i = 0; i < 60; i++) {
    const file = signed(fileOf(shared, dice), ...["alice", "carol", "eve"].slice(0, dice.below(4)));
    const text = encodePackageFile(file);
    assert.equal(decodePackageFile(text), file);
    assert.is(encodePackageFile(decodePackageFile(text)), text);
    assert.equal(decodePackageFile(`~> ct --file\r\npackage 12\r\n${text.replaceAll("\n", "\r\n")}\r\n~> `), file);
  }
});

test("signatures come in any order and end in one form", () => {
  const orders = [["alice", "bob", "eve"], ["eve", "bob", "alice"], ["bob", "eve", "alice"]];
  const texts = orders.map((order) => encodePackageFile(order.reduce((file, name) => decodePackageFile(encodePackageFile(signed(file, name))), fileOf(shared))));
  assert.is(new Set(texts).size, 1);
  assert.is(missingSignatures(shared, decodePackageFile(texts[0] as string).signatures), 0);
});

test("a signature that is foreign, wrong, there twice or one too many is named and refused", async () => {
  const file = signed(fileOf(shared), "alice");
  assert.equal(await faultOf(() => signed(file, "mallory")), { code: "PACKAGE_WRONG_KEY", key: at("mallory") });
  assert.equal(await faultOf(() => signed(file, "alice")), { code: "SIGN_TWICE", key: at("alice") });
  assert.equal(await faultOf(() => signed(file, "bob", "carol")), { code: "SIGN_ENOUGH" });
  const other = fileOf({ ...shared, nonce: 2n });
  const stolen = without(signatures(other.bodyBytes, "signer", ["bob"])[0] as PackageSignature);
  assert.equal(await faultOf(() => addSignature(file, stolen)), { code: "PACKAGE_BAD_SIGNATURE", key: at("bob") });
});

test("a file never holds such a signature, whoever wrote it", async () => {
  const file = fileOf(shared);
  const forged = (list: readonly PackageSignature[]) => faultOf(() => decodePackageFile(encodePackageFile({ ...file, signatures: list })));
  const [alice, bob, carol] = signatures(file.bodyBytes, "signer", ["alice", "bob", "carol"]) as [PackageSignature, PackageSignature, PackageSignature];
  const [eve] = signatures(file.bodyBytes, "payer", ["eve"]) as [PackageSignature];
  assert.is(await forged([alice, bob, eve]), undefined);
  assert.is((await forged([alice, bob, carol]))?.["code"], "SIGN_ENOUGH");
  assert.is((await forged([alice, alice]))?.["code"], "CODEC_MALFORMED");
  assert.is((await forged([{ ...eve, role: "signer" }]))?.["code"], "PACKAGE_WRONG_KEY");
  assert.is((await forged([{ ...alice, role: "payer" }]))?.["code"], "PACKAGE_WRONG_KEY");
  assert.is((await forged([{ ...alice, signature: bob.signature }]))?.["code"], "PACKAGE_BAD_SIGNATURE");
  assert.is((await forged([{ ...alice, scheme: alice.scheme === "raw" ? "sshsig" : "raw" }]))?.["code"], "PACKAGE_BAD_SIGNATURE");
});

test("copies that were signed apart are merged; those of another package are not", async () => {
  const file = fileOf(shared);
  const merged = mergePackageFiles(signed(file, "alice"), signed(file, "bob", "eve"));
  assert.equal(merged, signed(file, "alice", "bob", "eve"));
  assert.equal(mergePackageFiles(merged, signed(file, "alice")), merged);
  assert.equal(await faultOf(() => mergePackageFiles(file, fileOf({ ...shared, nonce: 2n }))), { code: "PACKAGE_DIFFERS", field: "package id" });
  assert.equal(await faultOf(() => mergePackageFiles(signed(file, "alice", "bob"), signed(file, "carol"))), { code: "SIGN_ENOUGH" });
});

test("damaged text is refused with a declared fault, or is another file in its one form", async () => {
  const dice = new Dice("damaged files");
  const expected = new Set(["CODEC_MALFORMED", "PACKAGE_TOO_LARGE", "PACKAGE_WRONG_KEY", "PACKAGE_BAD_SIGNATURE", "SIGN_TWICE", "SIGN_ENOUGH"]);
  let refused = 0;
  for (let i = 0; i < 1_500; i++) {
    const file = signed(fileOf(shared, dice), ...["bob", "eve"].slice(0, dice.below(3)));
    const text = encodePackageFile(file);
    const bytes = Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
    const mutated = dice.below(2) === 0 ? Buffer.from(damaged(Buffer.from(text), dice)).toString("latin1") : text.replace(/\n[^-]+\n/, `\n${Buffer.from(damaged(bytes, dice)).toString("base64")}\n`);
    const fault = await faultOf(() => assert.equal(decodePackageFile(encodePackageFile(decodePackageFile(mutated))), decodePackageFile(mutated)));
    if (fault === undefined) continue;
    assert.ok(expected.has(String(fault["code"])), String(fault["code"]));
    refused++;
  }
  assert.ok(refused > 900, String(refused));
});

test("what is no package, too large, or two packages is refused before it is built", async () => {
  const text = encodePackageFile(fileOf(shared));
  for (const wrong of ["", "hello", text.slice(0, 40), `${text}${text}`, text.replace("BEGIN", "START")]) assert.is((await faultOf(() => decodePackageFile(wrong)))?.["code"], "CODEC_MALFORMED");
  assert.is((await faultOf(() => decodePackageFile("x".repeat(4 << 20))))?.["code"], "PACKAGE_TOO_LARGE");
});

test.run();
