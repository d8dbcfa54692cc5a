import { chmodSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { ROOT } from "../support/grid.ts";
import { gridHere } from "../support/grid-here.ts";
import { inTerminal } from "../support/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "keys-"));
const passphraseFile = join(folder, "passphrase");
writeFileSync(passphraseFile, "correct horse\n");

interface ShownKey {
  readonly label: string;
  readonly address: string;
  readonly publicKey: string;
  readonly file: string;
}

async function newKey(name: string, keys = folder): Promise<ShownKey> {
  const { code, stdout, stderr } = await gridHere(["key", "new", name, "--keys", keys, "--passphrase-file", passphraseFile, "--json"]);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout) as ShownKey;
}

test("a new key is shown and listed without its passphrase, and only its owner can read the file", async () => {
  const made = await newKey("alice");
  assert.match(made.address, /^grid1[a-z0-9]{38}$/);
  assert.is(statSync(made.file).mode & 0o777, 0o600);
  const shown = await gridHere(["key", "show", "alice", "--keys", folder, "--json"]);
  assert.equal(JSON.parse(shown.stdout), made);
  const byPath = await gridHere(["key", "show", made.file]);
  assert.is(byPath.stdout, `address     ${made.address}\npublic key  ${made.publicKey}\nfile        ${made.file}\n`);
  const list = await gridHere(["key", "list"], { env: { GRID_KEYS: folder } });
  assert.is(list.stdout, `alice  ${made.address}\n`);
});

test("a key is never made over another", async () => {
  await newKey("bob");
  const again = await gridHere(["key", "new", "bob", "--keys", folder, "--passphrase-file", passphraseFile]);
  assert.equal([again.code, again.stdout], [1, ""]);
  assert.match(again.stderr, /^! KEY_EXISTS: .*\n {2}hint: /);
});

test("a folder without keys is an empty list, not a failure", async () => {
  const { code, stdout, stderr } = await gridHere(["key", "list", "--keys", join(folder, "none")]);
  assert.equal([code, stdout], [0, ""]);
  assert.match(stderr, /There are no keys in .*grid key new NAME/);
});

test("a key file that others can read, and a folder that cannot be used, are said in one line and a remedy", async () => {
  const keys = join(folder, "permissions");
  assert.is((await gridHere(["key", "new", "open", "--keys", keys, "--passphrase-file", passphraseFile])).code, 0);
  chmodSync(join(keys, "open.key"), 0o644);
  const shown = await gridHere(["key", "show", "open", "--keys", keys]);
  assert.is(shown.code, 1);
  assert.match(shown.stderr, /^! KEY_PERMISSIONS: .*\n {2}hint: chmod 600 /);
  const noFolder = await gridHere(["key", "new", "a", "--keys", passphraseFile, "--passphrase-file", passphraseFile]);
  assert.is(noFolder.code, 1);
  assert.match(noFolder.stderr, /^grid: there is something at .* already\.\n {2}Choose another name\.\n$/);
});

test("a key that is not there, and no terminal to ask in, are said in one line and a remedy", async () => {
  const missing = await gridHere(["key", "show", "nobody", "--keys", folder]);
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /^! KEY_NOT_FOUND: .*\n {2}hint: .*\n$/);
  const asking = await gridHere(["key", "new", "carol", "--keys", folder]);
  assert.is(asking.code, 1);
  assert.is(asking.stderr, "grid: There is no terminal to ask for the passphrase.\n  Name a file that holds it with --passphrase-file, readable by you alone.\n");
});

test("typed passphrases are not shown, can be corrected, and must agree", async () => {
  if (!haveClients("typing a passphrase", "script")) return;
  const command = `${process.execPath} --disable-warning=ExperimentalWarning ${join(ROOT, "src/main.ts")} key new`;
  await inTerminal(`${command} dora --keys ${folder}`, {}, async (terminal) => {
    await terminal.waitFor(/passphrase for the new key dora:/);
    terminal.type("secrex\u007ft\r");
    await terminal.waitFor(/once more:/);
    terminal.type("secret\r");
    assert.is(await terminal.ended(), 0, terminal.text());
    assert.match(terminal.text(), /address +grid1/);
    assert.not(terminal.text().includes("secre"));
  });
  await inTerminal(`${command} emil --keys ${folder}`, {}, async (terminal) => {
    await terminal.waitFor(/passphrase for the new key emil:/);
    terminal.type("one\r");
    await terminal.waitFor(/once more:/);
    terminal.type("two\r");
    assert.is(await terminal.ended(), 1);
    assert.match(terminal.text(), /The two passphrases differ/);
  });
});

test.run();
