import { test } from "uvu";
import * as assert from "uvu/assert";
import ssh2, { type Algorithms, type ConnectConfig } from "ssh2";
import { toHex } from "../../lang/base/bytes.ts";
import { domainOfKey, encodeAddress, type Identity } from "../../node/api.ts";
import { hostKeyFromSeed } from "../../shell/ssh/host-key.ts";
import { connect, exec } from "./terminal.ts";
import { ecdsaFile, ed25519File, ed25519Public, MemoryAgent, rsaFile } from "./ssh-keys.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";

async function withShell(run: (shell: TestShell) => Promise<void>): Promise<void> {
  const shell = await startTestShell();
  try {
    await run(shell);
  } finally {
    await shell.shell.stop();
  }
}

/** Who the shell believes the client to be. */
async function identityOf({ port, node }: TestShell, options: ConnectConfig): Promise<Identity> {
  const client = await connect(port, options);
  await exec(client, "1");
  client.end();
  const identity = node.threads.at(-1)?.identity;
  assert.ok(identity);
  return identity as Identity;
}

test("without a key one comes in by keyboard-interactive, claimed", () =>
  withShell(async (shell) => {
    const identity = await identityOf(shell, {});
    assert.equal(identity, { level: "claimed", sshUser: "alice", sourceAddress: "127.0.0.1" });
  }));

test("without a key and without keyboard-interactive the second `none` lets in, claimed", () =>
  withShell(async (shell) => {
    const identity = await identityOf(shell, { tryKeyboard: false, authHandler: ["none", "none"] });
    assert.is(identity.level, "claimed");
  }));

test("`none` is refused at first, so that a client with a key offers it", () =>
  withShell(async (shell) => {
    const identity = await identityOf(shell, { privateKey: ed25519File(3) });
    assert.is(identity.level, "proved");
    if (identity.level !== "proved") return;
    assert.is(identity.key.algorithm, "ssh-ed25519");
    assert.equal(identity.key.ed25519, ed25519Public(3));
    assert.is(identity.key.fingerprint, hostKeyFromSeed(new Uint8Array(32).fill(3)).fingerprint);
  }));

test("RSA and ECDSA keys are proved, without a key to commit with", () =>
  withShell(async (shell) => {
    const rsa = await identityOf(shell, { privateKey: rsaFile(2048) });
    const ecdsa = await identityOf(shell, { privateKey: ecdsaFile() });
    assert.ok(rsa.level === "proved" && /^rsa-sha2-/.test(rsa.key.algorithm) && rsa.key.ed25519 === undefined);
    assert.ok(ecdsa.level === "proved" && ecdsa.key.algorithm === "ecdsa-sha2-nistp256" && ecdsa.key.ed25519 === undefined);
  }));

test("a weak RSA key proves nothing", () =>
  withShell(async (shell) => {
    assert.is((await identityOf(shell, { privateKey: rsaFile(1024) })).level, "claimed");
  }));

test("a key offered without a signature that fits proves nothing", () =>
  withShell(async (shell) => {
    class LyingAgent extends MemoryAgent {
      override sign(key: ssh2.ParsedKey | Buffer | string, data: Buffer, options: unknown, done?: (error?: Error, signature?: Buffer) => void): void {
        super.sign(key, Buffer.concat([data, Buffer.of(0)]), options, done);
      }
    }
    const identity = await identityOf(shell, { agent: new LyingAgent([ed25519File(3)]) as unknown as string });
    assert.is(identity.level, "claimed");
  }));

test("a user name that is an address lets in its domain's keys and nobody else", () =>
  withShell(async (shell) => {
    const domain = domainOfKey(ed25519Public(3));
    const username = encodeAddress(domain);
    const identity = await identityOf(shell, { username, privateKey: ed25519File(3) });
    assert.equal(identity.level === "proved" && identity.domain, domain);
    for (const options of [{}, { privateKey: ed25519File(4) }, { privateKey: ecdsaFile() }]) assert.ok(await refused(shell, { username, ...options }));
    shell.node.keys.set(toHex(domain), [ed25519Public(4)]); // the key was replaced: the address no longer decides
    assert.ok(await refused(shell, { username, privateKey: ed25519File(3) }));
    assert.is((await identityOf(shell, { username, privateKey: ed25519File(4) })).level, "proved");
  }));

test("a mistyped address is no label: nobody comes in under it", () =>
  withShell(async (shell) => {
    const username = `${encodeAddress(domainOfKey(ed25519Public(3))).slice(0, -1)}q`;
    for (const options of [{}, { privateKey: ed25519File(3) }]) assert.ok(await refused(shell, { username, ...options }));
  }));

const refused = ({ port }: TestShell, options: ConnectConfig): Promise<boolean> => connect(port, options).then((client) => (client.end(), false), () => true);

test("a password lets nobody in", () =>
  withShell(async ({ port }) => {
    const refused = await connect(port, { password: "secret", tryKeyboard: false, authHandler: ["password"] }).then(() => false, () => true);
    assert.ok(refused);
  }));

test("the same seed gives the same host key, and ssh2 takes it for the key it is", () =>
  withShell(async ({ port, shell }) => {
    let seen: Buffer | undefined;
    const client = await connect(port, { hostVerifier: (key: Buffer) => ((seen = key), true) });
    client.end();
    const hostKey = hostKeyFromSeed(new Uint8Array(32).fill(9));
    assert.equal(seen && new Uint8Array(seen), hostKey.publicBlob);
    assert.is(shell.hostKeyFingerprint, hostKey.fingerprint);
  }));

test("weak algorithms are not spoken", () =>
  withShell(async ({ port }) => {
    const weak: Algorithms[] = [
      { kex: ["diffie-hellman-group14-sha256"] }, { kex: ["ecdh-sha2-nistp256"] }, { cipher: ["aes128-cbc"] }, { cipher: ["aes256-ctr"], hmac: ["hmac-sha1"] },
    ];
    for (const algorithms of weak) {
      const refused = await connect(port, { algorithms }).then(() => false, () => true);
      assert.ok(refused, JSON.stringify(algorithms));
    }
  }));

test.run();
