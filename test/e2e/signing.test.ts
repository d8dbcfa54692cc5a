// time-out: 300 s
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { decodeIntent, encodeIntent } from "../../node/package/intent.ts";
import type { Intent } from "../../node/package/intent.ts";
import { haveClients } from "../support/clients.ts";
import { grid, run } from "../support/grid.ts";
import { told } from "../support/hooks.ts";
import { OpenSsh } from "../support/open-ssh.ts";
import { DARK, LIGHT, pictureOf } from "../support/picture.ts";
import type { Theme } from "../support/picture.ts";
import { atPrompt, typeLine } from "../support/prompt.ts";
import { startGrid } from "../support/running-node.ts";
import type { RunningNode } from "../support/running-node.ts";
import type { TestTerminal } from "../support/terminal.ts";

// Commits without an agent: by the intent's text and QR code in a second terminal, and headless.

interface World {
  readonly folder: string;
  readonly ssh: OpenSsh;
  readonly node: RunningNode;
  readonly keyFlags: readonly string[];
}
const test = suite<World>("signing");
const canRun = haveClients("signing in a second terminal", "ssh", "ssh-keygen", "script");

test.before(told(async (world) => {
  if (!canRun) return;
  const folder = mkdtempSync(join(tmpdir(), "sign-"));
  const passphrase = join(folder, "passphrase");
  writeFileSync(passphrase, "correct horse\n");
  const keyFlags = ["--keys", join(folder, "keys"), "--passphrase-file", passphrase];
  const made = await grid(["key", "new", "bob", ...keyFlags, "--json"]);
  assert.is(made.code, 0, made.stderr);
  Object.assign(world, { folder, ssh: new OpenSsh(join(folder, "ssh")), keyFlags, node: await startGrid(join(folder, "data")) });
}));

test.after(async (world) => {
  await (world as Partial<World>).node?.end("SIGTERM");
});

function intentOn(terminal: TestTerminal): string | undefined {
  return /\bGS:[A-Z2-7]+$/m.exec(terminal.text())?.[0];
}

/** What a scanner reads from the screen, as soon as the code is there whole. */
async function scan(terminal: TestTerminal, theme: Theme, picture: string): Promise<string> {
  for (;;) {
    const { version } = terminal;
    writeFileSync(picture, pictureOf(terminal.cells(), theme));
    const found = (await run("zbarimg", ["-q", "--raw", picture])).stdout.trim();
    if (found !== "") return found;
    await terminal.waitUntil((each) => each.version > version, "a code that can be read");
  }
}

test("grid exec commits a script without questions and exits 0 only for a receipt that says done", async ({ node, keyFlags, folder }) => {
  if (!canRun) return;
  const place = `127.0.0.1:${node.ssh.port}`;
  const script = join(folder, "make.gs");
  writeFileSync(script, "#!grid\nmkdir made\necho 'by exec' > made/note\n");
  const good = await grid(["exec", script, "--key", "bob", ...keyFlags, "--node", place, "--faucet", "--json"]);
  assert.is(good.code, 0, good.stderr);
  assert.is((JSON.parse(good.stdout) as { outcome: string }).outcome, "done");
  writeFileSync(script, "#!grid\nmkdir made\n");
  const bad = await grid(["exec", script, "--key", "bob", ...keyFlags, "--node", place]);
  assert.is(bad.code, 1, "the directory is there already");
  assert.match(bad.stderr, /STATE_EXISTS/);
});

test("an intent's text is signed by `grid sign`; its QR code read from the screen is the same intent", async ({ ssh, node, keyFlags, folder }) => {
  if (!canRun) return;
  const wrongPassphrase = join(folder, "wrong");
  writeFileSync(wrongPassphrase, "battery staple\n");
  await ssh.terminal(node.ssh, "-o PubkeyAuthentication=no bob@127.0.0.1", { columns: 100, rows: 48 }, async (terminal) => {
    for (const each of ["bt", "mkdir signed", "rt"]) await typeLine(terminal, each);
    terminal.type("ct\r");
    await terminal.waitUntil((each) => intentOn(each) !== undefined, "an intent");
    const intent = intentOn(terminal) ?? "";
    if (haveClients("reading the intent's QR code from the screen", "zbarimg")) {
      for (const theme of [DARK, LIGHT]) assert.is(await scan(terminal, theme, join(folder, "screen.png")), intent);
    }
    const decoded = decodeIntent(intent);
    const sign = (changed: Partial<Intent>, ...flags: readonly string[]) => grid(["sign", encodeIntent({ ...decoded, ...changed }), "--key", "bob", ...keyFlags, "--yes", ...flags]);
    const refusals = [
      [await sign({ expirySeconds: 1_600_000_000 }), /^! SIGN_INTENT_EXPIRED/],
      [await sign({ hostKey: new Uint8Array(32).fill(7) }), /^grid: the node at .* shows the host key SHA256:\S+; it should be SHA256:/],
      [await sign({ kind: "package", packageId: new Uint8Array(32).fill(7) }), /^! PACKAGE_/],
      [await sign({ chainIdPrefix: new Uint8Array(8) }), /^! PACKAGE_/],
      [await sign({ intentId: new Uint8Array(decoded.intentId.length) }), /^! SIGN_NO_SUCH_INTENT/],
      [await sign({ address: "127.0.0.1:1" }), /^! SIGN_UNREACHABLE/],
      [await sign({}, "--passphrase-file", wrongPassphrase), /^! KEY_WRONG_PASSPHRASE/],
    ] as const;
    for (const [{ code, stderr }, reason] of refusals) {
      assert.is(code, 1, stderr);
      assert.match(stderr, reason);
    }
    const signed = await grid(["sign", intent, "--key", "bob", ...keyFlags, "--yes"]);
    assert.is(signed.code, 0, signed.stderr);
    assert.match(signed.stdout, /~\/signed/, "what it does is shown before it is signed");
    await atPrompt(terminal, "after the receipt", 30_000);
    assert.match(terminal.text(), /block \d+/);
    terminal.type("exit\r");
    await terminal.ended();
  });
});

test("logmein on a terminal of 80×24: its QR code is read from the screen, and grid sign answers it", async ({ ssh, node, keyFlags, folder }) => {
  if (!canRun) return;
  await ssh.terminal(node.ssh, "-o PubkeyAuthentication=no bob@127.0.0.1", { columns: 80, rows: 24 }, async (terminal) => {
    await typeLine(terminal, "whoami");
    terminal.type("logmein\r");
    const login = /grid sign (GS:[A-Z2-7]+)\nCtrl-C/;
    await terminal.waitFor(login);
    const intent = login.exec(terminal.text())?.[1] ?? "";
    if (haveClients("reading the login's QR code from the screen", "zbarimg")) assert.is(await scan(terminal, DARK, join(folder, "login.png")), intent);
    const decoded = decodeIntent(intent);
    assert.is(decoded.kind, "login");
    const sign = (changed: Partial<Intent>) => grid(["sign", encodeIntent({ ...decoded, ...changed }), "--key", "bob", ...keyFlags, "--yes"]);
    for (const [changed, reason] of [
      [{ expirySeconds: decoded.expirySeconds + 1 }, /^! SIGN_REFUSED/],
      [{ hostKey: new Uint8Array(32).fill(7) }, /shows the host key/],
      [{ intentId: new Uint8Array(16) }, /^! SIGN_NO_SUCH_INTENT/],
    ] as const) {
      const { code, stderr } = await sign(changed);
      assert.is(code, 1);
      assert.match(stderr, reason);
    }
    const good = await sign({});
    assert.is(good.code, 0, good.stderr);
    assert.match(good.stdout, /^log in at 127\.0\.0\.1:\d+, host key SHA256:\S+\nas grid1\w+\n/);
    await terminal.waitFor(/This node knows you as SHA256:/);
    assert.match(await typeLine(terminal, "whoami"), /bob \(proved: ssh-ed25519 SHA256:/);
    terminal.type("exit\r");
    await terminal.ended();
  });
});

test("a text that is no intent is refused before anything is asked", async ({ keyFlags }) => {
  if (!canRun) return;
  const { code, stderr } = await grid(["sign", "GS:AEAQ", "--key", "bob", ...keyFlags, "--yes"]);
  assert.is(code, 1);
  assert.match(stderr, /^! SIGN_BAD_INTENT/);
});

test.run();
