import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { concatBytes, utf8 } from "../../../lang/base/bytes.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { signEd25519, verifyEd25519 } from "../../../node/crypto/ed25519.ts";
import { sshString, sshUint32 } from "../../../node/crypto/ssh-wire.ts";
import { SSHSIG_NAMESPACE, type PackageSignature } from "../../../node/package/body.ts";
import { LOGIN_NAMESPACE } from "../../../node/package/login.ts";
import { encodeBody } from "../../../node/package/body-codec.ts";
import { messageToSign, parseSshPublicKey, parseSshsig, parseSshSignature, signBody, verifyPackageSignatures, withSignature } from "../../../node/package/signing.ts";
import { domainOfKey } from "../../../node/state/address.ts";
import { damaged, Dice, domainNamed, faultCode, faultOf, keyNamed, quorumOf, sampleBody, seedNamed, signatures } from "./package-samples.ts";

const bodyBytes = encodeBody(sampleBody());

interface BlobParts { magic: string; version: number; keyType: string; namespace: string; reserved: string; hash: string; signatureType: string; tail: Uint8Array }
/** An SSHSIG blob whose parts a test may make wrong one by one. */
function blob(changes: Partial<BlobParts> = {}): Uint8Array {
  const parts: BlobParts = { magic: "SSHSIG", version: 1, keyType: "ssh-ed25519", namespace: SSHSIG_NAMESPACE, reserved: "", hash: "sha512", signatureType: "ssh-ed25519", tail: new Uint8Array(0), ...changes };
  return concatBytes(
    utf8(parts.magic), sshUint32(parts.version), sshString(concatBytes(sshString(parts.keyType), sshString(keyNamed("alice")))),
    sshString(parts.namespace), sshString(parts.reserved), sshString(parts.hash),
    sshString(concatBytes(sshString(parts.signatureType), sshString(signEd25519(seedNamed("alice"), messageToSign("sshsig", bodyBytes))))), parts.tail,
  );
}
function armored(bytes: Uint8Array): string {
  const lines = Buffer.from(bytes).toString("base64").match(/.{1,70}/g) ?? [];
  return ["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n");
}

test("raw signs the domain-separated hash, and neither scheme's message passes for the other's", () => {
  assert.equal(messageToSign("raw", bodyBytes), sha256(utf8("gridshell-package-v1\0"), bodyBytes));
  const raw = signEd25519(seedNamed("alice"), messageToSign("raw", bodyBytes));
  assert.ok(verifyEd25519(keyNamed("alice"), messageToSign("raw", bodyBytes), raw));
  assert.not(verifyEd25519(keyNamed("alice"), messageToSign("sshsig", bodyBytes), raw));
});

test("an SSHSIG is read armored or not, and holds plain Ed25519", () => {
  for (const form of [blob(), armored(blob()), utf8(armored(blob())), `\r\n ${armored(blob()).replaceAll("\n", "\r\n")}`]) {
    const { publicKey, signature } = parseSshsig(form);
    assert.equal(publicKey, keyNamed("alice"));
    assert.ok(verifyEd25519(publicKey, messageToSign("sshsig", bodyBytes), signature));
  }
});

test("only our one form of SSHSIG is taken", async () => {
  const cases: readonly [Partial<BlobParts>, string][] = [
    [{ magic: "SSHSIH" }, "no block from BEGIN to END SSH SIGNATURE"],
    [{ version: 2 }, "another version of SSHSIG"],
    [{ namespace: "file" }, "made for another purpose: sign with -n gridshell-package-v1"],
    [{ namespace: LOGIN_NAMESPACE }, "made for another purpose: sign with -n gridshell-package-v1"],
    [{ reserved: "x" }, "reserved field in use"],
    [{ hash: "sha256" }, "hashed with something else: sign with -O hashalg=sha512"],
    [{ tail: Uint8Array.of(0) }, "bytes after the end"],
  ];
  for (const [changes, reason] of cases) assert.equal(await faultOf(() => parseSshsig(blob(changes))), { code: "SIGN_MALFORMED", reason });
  assert.equal(await faultOf(() => parseSshsig(blob({ keyType: "ssh-rsa" }))), { code: "SIGN_KEY_UNSUITED", algorithm: "ssh-rsa" });
  assert.equal(await faultOf(() => parseSshsig(blob({ signatureType: "sk-ssh-ed25519@openssh.com" }))), { code: "SIGN_KEY_UNSUITED", algorithm: "sk-ssh-ed25519@openssh.com" });
  assert.equal(await faultOf(() => parseSshsig(blob({ keyType: "\u001b[2Jx" }))), { code: "SIGN_KEY_UNSUITED", algorithm: "unknown" });
});

test("damaged signatures of ssh-keygen are refused with a declared fault", () => {
  const dice = new Dice("sshsig");
  for (let i = 0; i < 1_000; i++) {
    const bytes = damaged(blob(), dice);
    for (const form of [bytes, armored(bytes), damaged(utf8(armored(blob())), dice)]) {
      const code = faultCode(() => parseSshsig(form));
      assert.ok(code === undefined || code === "SIGN_MALFORMED" || code === "SIGN_KEY_UNSUITED", code);
    }
  }
  assert.is(faultCode(() => parseSshsig("A".repeat(100_000))), "SIGN_MALFORMED");
  assert.is(faultCode(() => parseSshPublicKey(concatBytes(sshString("ssh-ed25519"), sshString(new Uint8Array(31))))), "SIGN_MALFORMED");
  assert.is(faultCode(() => parseSshSignature(concatBytes(sshString("ssh-ed25519"), sshString(new Uint8Array(65))))), "SIGN_MALFORMED");
  assert.is(faultCode(() => parseSshSignature(new Uint8Array(0))), "SIGN_MALFORMED");
});

test("a package needs as many signatures of its keys as it says, whoever gives them, and no other", () => {
  const body = sampleBody({ signers: quorumOf(["alice", "bob", "carol"], 2), payer: { domain: domainNamed("payer"), signers: quorumOf(["eve"]) } });
  const bytes = encodeBody(body);
  const full = [...signatures(bytes, "signer", ["alice", "bob"]), ...signatures(bytes, "payer", ["eve"])];
  const verdict = (list: readonly PackageSignature[], over = bytes): string | undefined => verifyPackageSignatures({ body, bodyBytes: over, signatures: list })?.code;
  assert.is(verdict(full), undefined);
  assert.is(verdict([...signatures(bytes, "signer", ["carol", "bob"]), ...full.slice(2)]), undefined);
  assert.is(verdict(full.slice(0, 2)), "PACKAGE_UNSIGNED");
  assert.is(verdict(full.slice(1)), "PACKAGE_UNSIGNED");
  assert.is(verdict([...signatures(bytes, "signer", ["alice", "bob", "carol"]), ...full.slice(2)]), "PACKAGE_UNSIGNED");
  assert.is(verdict([...full.slice(0, 2), ...signatures(bytes, "payer", ["mallory"])]), "PACKAGE_WRONG_KEY");
  assert.is(verdict([...signatures(bytes, "signer", ["alice", "bob"]), ...signatures(bytes, "signer", ["eve"])]), "PACKAGE_WRONG_KEY");
  assert.is(verdict(full, bodyBytes), "PACKAGE_BAD_SIGNATURE");
  assert.is(verdict(full.map((one) => ({ ...one, scheme: "raw" }))), "PACKAGE_BAD_SIGNATURE");
});

test("a key that we hold signs a whole package by itself", () => {
  const key = { seed: seedNamed("alice"), publicKey: keyNamed("alice") };
  assert.is(verifyPackageSignatures({ body: sampleBody(), bodyBytes, signatures: [signBody(bodyBytes, key)] }), undefined);
});

test("signatures gathered in any order end in the order of the format", () => {
  const all = [...signatures(bodyBytes, "signer", ["alice", "bob"]), ...signatures(bodyBytes, "payer", ["eve"])];
  const [a, b, c] = all as [PackageSignature, PackageSignature, PackageSignature];
  for (const order of [[a, b, c], [c, b, a], [b, c, a], [a, a, c, b, b]]) {
    assert.equal(order.reduce<readonly PackageSignature[]>(withSignature, []), all);
  }
});

test("what the real ssh-keygen signs is taken; another namespace, hash or key type is not", () => {
  const folder = mkdtempSync(join(tmpdir(), "gridshell-sshsig-"));
  const run = (...args: string[]): Buffer => execFileSync("ssh-keygen", args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  try {
    try {
      run("-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", "ed");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      assert.ok(process.env["REQUIRE_CLIENTS"] !== "1", "REQUIRE_CLIENTS=1 and there is no ssh-keygen");
      console.log("not run: there is no ssh-keygen on this machine");
      return;
    }
    run("-q", "-t", "ecdsa", "-N", "", "-f", "ec");
    const sign = (key: string, namespace: string, hash: string): string => {
      writeFileSync(join(folder, "body"), bodyBytes);
      run("-q", "-Y", "sign", "-f", key, "-n", namespace, "-O", `hashalg=${hash}`, "body");
      const text = readFileSync(join(folder, "body.sig"), "utf8");
      rmSync(join(folder, "body.sig"));
      return text;
    };
    const { publicKey, signature } = parseSshsig(sign("ed", SSHSIG_NAMESPACE, "sha512"));
    const line = readFileSync(join(folder, "ed.pub"), "utf8").split(" ")[1] as string;
    assert.equal(publicKey, parseSshPublicKey(new Uint8Array(Buffer.from(line, "base64"))));
    const body = sampleBody({ signers: { keys: [domainOfKey(publicKey)], needed: 1 } });
    assert.is(verifyPackageSignatures({ body, bodyBytes, signatures: [{ role: "signer", publicKey, scheme: "sshsig", signature }] }), undefined);
    assert.is(faultCode(() => parseSshsig(sign("ed", "file", "sha512"))), "SIGN_MALFORMED");
    assert.is(faultCode(() => parseSshsig(sign("ed", SSHSIG_NAMESPACE, "sha256"))), "SIGN_MALFORMED");
    assert.is(faultCode(() => parseSshsig(sign("ec", SSHSIG_NAMESPACE, "sha512"))), "SIGN_KEY_UNSUITED");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
