import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../../lang/base/bytes.ts";
import { verifyEd25519, signEd25519 } from "../../../node/crypto/ed25519.ts";
import { createKey, keyPath, listKeys, openKey, showKey, type KeyPorts } from "../../../node/keys/key-file.ts";
import { domainOfKey, encodeAddress } from "../../../node/state/address.ts";
import { Dice, faultOf, keyNamed, seedNamed } from "../package/package-samples.ts";

const dice = new Dice("key files");
const ports: KeyPorts = { random: { bytes: (count) => dice.bytes(count) }, clock: { nowMs: () => 1_790_000_000_000 } };
const quick = { N: 16, r: 8, p: 1 };
const typed = (passphrase: string) => async (): Promise<string> => passphrase;

const test = suite<{ folder: string }>("key files");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "gridshell-keys-"));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

test("a key that was made opens with its passphrase and signs", async ({ folder }) => {
  const made = await createKey(join(folder, "keys"), { label: "main", passphrase: "correct horse", work: quick }, ports);
  const key = await openKey(made.path, typed("correct horse"));
  assert.equal(key.publicKey, made.publicKey);
  assert.is(key.address, encodeAddress(domainOfKey(key.publicKey)));
  assert.is(key.address.length, 43);
  assert.ok(verifyEd25519(made.publicKey, dice.bytes(4).fill(1), signEd25519(key.seed, new Uint8Array(4).fill(1))));
  assert.is(statSync(made.path).mode & 0o777, 0o600);
  assert.equal(readdirSync(join(folder, "keys")), ["main.key"], "nothing temporary is left");
  assert.not.match(readFileSync(made.path, "utf8"), toHex(key.seed));
});

test("the passphrase is the same however its letters are composed", async ({ folder }) => {
  const { path } = await createKey(folder, { label: "umlaut", passphrase: "f\u00fcr", work: quick }, ports);
  assert.is((await openKey(path, typed("fu\u0308r"))).label, "umlaut");
});

test("a wrong passphrase is told from a damaged file", async ({ folder }) => {
  const { path } = await createKey(folder, { label: "a", passphrase: "right", work: quick }, ports);
  assert.equal(await faultOf(() => openKey(path, typed("wrong"))), { code: "KEY_WRONG_PASSPHRASE", path });
  const text = readFileSync(path, "utf8");
  const fields = JSON.parse(text) as Record<string, unknown>;
  const cipher = fields["cipher"] as Record<string, string>;
  const damages: readonly [string, string][] = [
    ["", "not JSON"], [text.slice(0, 300), "not JSON"], ["[]", "file is no object"], ["{}", "not a key file of GridShell"],
    [JSON.stringify({ ...fields, label: "b" }), "the checksum does not match"],
    [JSON.stringify({ ...fields, address: 5 }), "address is no text"],
    [JSON.stringify({ ...fields, createdMs: 0.5 }), "createdMs is no number"],
    [JSON.stringify({ ...fields, cipher: { ...cipher, sealed: `00${(cipher["sealed"] as string).slice(2)}` } }), "the checksum does not match"],
    [JSON.stringify({ ...fields, cipher: { ...cipher, sealed: "00" } }), "sealed is not 48 bytes of hex"],
    [JSON.stringify({ ...fields, cipher: { ...cipher, name: "none" } }), "unknown kdf or cipher"],
    [JSON.stringify({ ...fields, kdf: { ...(fields["kdf"] as object), N: 2 ** 30 } }), "scrypt numbers out of range"],
    [JSON.stringify({ ...fields, kdf: { ...(fields["kdf"] as object), N: 24 } }), "scrypt numbers out of range"],
  ];
  const neverAsked = async (): Promise<string> => assert.unreachable("no passphrase is asked for a damaged file") as never;
  for (const [content, reason] of damages) {
    writeFileSync(path, content);
    assert.equal(await faultOf(() => openKey(path, neverAsked)), { code: "KEY_DAMAGED", path, reason });
  }
  writeFileSync(path, JSON.stringify({ ...fields, version: 2 }));
  assert.equal(await faultOf(() => openKey(path, neverAsked)), { code: "KEY_NEWER", path, found: 2, known: 1 });
});

test("a file that others may read is refused", async ({ folder }) => {
  const { path } = await createKey(folder, { label: "a", passphrase: "p", work: quick }, ports);
  for (const mode of [0o640, 0o604, 0o660, 0o601]) {
    chmodSync(path, mode);
    assert.equal(await faultOf(() => openKey(path, typed("p"))), { code: "KEY_PERMISSIONS", path, mode: mode.toString(8) });
  }
});

test("a key is never written over another, and labels stay in the folder", async ({ folder }) => {
  const first = await createKey(folder, { label: "a", passphrase: "p", work: quick }, ports);
  assert.equal(await faultOf(() => createKey(folder, { label: "a", passphrase: "p", work: quick }, ports)), { code: "KEY_EXISTS", path: first.path });
  assert.equal((await openKey(first.path, typed("p"))).publicKey, first.publicKey);
  assert.equal(readdirSync(folder), ["a.key"]);
  for (const label of ["", "../a", "é", "a b", ".a", "a".repeat(65), "-a"]) assert.equal(await faultOf(() => keyPath(folder, label)), { code: "KEY_BAD_LABEL", label });
  assert.equal(await faultOf(() => createKey(folder, { label: "b", passphrase: "", work: quick }, ports)), { code: "KEY_PASSPHRASE_EMPTY" });
  assert.equal(await faultOf(() => openKey(join(folder, "none.key"), typed("p"))), { code: "KEY_NOT_FOUND", path: join(folder, "none.key") });
});

test("keys are listed without a passphrase, and what cannot be read is named", async ({ folder }) => {
  assert.equal(await listKeys(join(folder, "none")), { keys: [], refused: [] });
  const seed = seedNamed("alice");
  await createKey(folder, { label: "b", passphrase: "p", work: quick, seed }, ports);
  await createKey(folder, { label: "a", passphrase: "p", work: quick }, ports);
  writeFileSync(join(folder, "z.key"), "rubbish", { mode: 0o600 });
  writeFileSync(join(folder, "notes.txt"), "not looked at");
  const { keys, refused } = await listKeys(folder);
  assert.equal(keys.map((key) => key.label), ["a", "b"]);
  assert.equal(keys[1]?.publicKey, keyNamed("alice"));
  assert.is(keys[1]?.createdMs, 1_790_000_000_000);
  assert.equal(refused, [{ path: join(folder, "z.key"), fault: { code: "KEY_DAMAGED", path: join(folder, "z.key"), reason: "not JSON" } }]);
  assert.equal(await showKey(join(folder, "b.key")), keys[1]);
});

test("the default cost opens as well", async ({ folder }) => {
  const { path } = await createKey(folder, { label: "dear", passphrase: "p" }, ports);
  assert.is((await openKey(path, typed("p"))).label, "dear");
});

test("keys of the real ssh-keygen: Ed25519 without a passphrase is read, others are named", async ({ folder }) => {
  const generate = (name: string, ...args: string[]): string => {
    execFileSync("ssh-keygen", ["-q", "-f", join(folder, name), "-C", "a comment", ...args], { stdio: "ignore" });
    return join(folder, name);
  };
  try {
    generate("plain", "-t", "ed25519", "-N", "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    assert.ok(process.env["REQUIRE_CLIENTS"] !== "1", "REQUIRE_CLIENTS=1 and there is no ssh-keygen");
    console.log("not run: there is no ssh-keygen on this machine");
    return;
  }
  const never = async (): Promise<string> => assert.unreachable("no passphrase is needed") as never;
  const path = join(folder, "plain");
  const key = await openKey(path, never);
  assert.is(key.label, "a comment");
  const blob = Buffer.from(readFileSync(`${path}.pub`, "utf8").split(" ")[1] as string, "base64");
  assert.is(toHex(key.publicKey), blob.subarray(-32).toString("hex"));
  const locked = generate("locked", "-t", "ed25519", "-N", "secret");
  assert.equal(await faultOf(() => openKey(locked, never)), { code: "KEY_LOCKED_SSH", path: locked });
  assert.equal(await faultOf(() => openKey(generate("ec", "-t", "ecdsa", "-N", ""), never)), { code: "SIGN_KEY_UNSUITED", algorithm: "ecdsa-sha2-nistp256" });

  const text = readFileSync(path, "utf8");
  const der = Buffer.from(text.replace(/-----.*-----|\s/g, ""), "base64");
  for (let i = 0; i < 200; i++) {
    const changed = Buffer.from(der);
    const at = dice.below(der.length);
    changed[at] = (changed[at] as number) ^ (1 << dice.below(8));
    writeFileSync(path, `-----BEGIN OPENSSH PRIVATE KEY-----\n${changed.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`);
    const fault = await faultOf(async () => assert.equal((await openKey(path, never)).seed, key.seed));
    assert.ok(fault === undefined || ["KEY_DAMAGED", "KEY_LOCKED_SSH", "SIGN_KEY_UNSUITED"].includes(fault["code"] as string), String(fault?.["code"]));
  }
});

test.run();
