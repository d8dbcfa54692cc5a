// time-out: 240 s
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { domainOfKey, encodeAddress } from "../../node/api.ts";
import { readPublicKey } from "../../shell/commands/paste.ts";
import { haveClients } from "../support/clients.ts";
import { typeLine } from "../support/prompt.ts";
import { withRealNode, type RealNode } from "./real-node.ts";

// Commits that ssh-keygen -Y sign signs: the session prints a command, a shell runs it as it stands, its output goes back.

const PRINTED = /^base64 -d <<'END' \| ssh-keygen .*\n(?:[A-Za-z0-9+/=]+\r?\n)+END\r?$/m;
const claimed = ["-o", "PubkeyAuthentication=no", "guest@127.0.0.1"];

/** Runs the printed command with a key, and gives what it prints. */
function signAsTold(printed: string, key: string): string {
  const command = PRINTED.exec(printed)?.[0].replaceAll("\r", "").replace("~/.ssh/id_ed25519", key);
  assert.ok(command !== undefined, printed);
  return execFileSync("sh", ["-c", `${command}\n`], { stdio: ["ignore", "pipe", "ignore"] }).toString();
}

/** Sends a script, signs what it prints with `key` and sends that too. */
function signInPipe({ ssh, place }: RealNode, lines: readonly string[], key: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn("ssh", ["-F", ssh.configFile, "-p", String(place.port), ...claimed], { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    let signed = false;
    const take = (bytes: Buffer): void => {
      output += bytes.toString();
      if (signed || !PRINTED.test(output)) return;
      signed = true;
      child.stdin.end(`${signAsTold(output, key)}ls\n`);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
    child.on("close", (code) => resolve({ code, output }));
    child.stdin.write(`${lines.join("\n")}\n`);
  });
}

test("a session that proved nothing commits with a signature piped in, for the key that ct --key names", async () => {
  if (!haveClients("ssh-keygen -Y sign piped into ct", "ssh", "ssh-keygen")) return;
  await withRealNode(async (real) => {
    const key = real.ssh.makeKey("paper");
    const publicText = readFileSync(`${key}.pub`, "utf8").trim();
    const address = encodeAddress(domainOfKey(readPublicKey(publicText, "ct")));
    const ct = `ct --paste --key '${publicText}'`;
    const good = await signInPipe(real, [`faucet ${address}`, "bt mkdir piped", "rt", ct], key);
    assert.is(good.code, 0, good.output);
    assert.match(good.output, new RegExp(`for ${address}\\n  makes the directory ~/piped\\n`));
    assert.match(good.output, /receipt [0-9a-f]{64}: done, included/);
    const wrong = await signInPipe(real, [`faucet ${address}`, "bt mkdir again", "rt", ct], real.ssh.makeKey("other"));
    assert.is(wrong.code, 1);
    assert.match(wrong.output, /! PACKAGE_WRONG_KEY/);
    assert.equal(real.complaints, []);
  });
});

test("at a terminal the signature is pasted, whole or line by line, and anything else is named", async () => {
  if (!haveClients("ssh-keygen -Y sign pasted into ct", "ssh", "ssh-keygen", "script")) return;
  await withRealNode(async ({ ssh, place }) => {
    const key = ssh.makeKey("alice");
    await ssh.terminal(place, `-i ${key} alice@127.0.0.1`, { columns: 120, rows: 50 }, async (terminal) => {
      for (const line of ["faucet", "bt mkdir pasted", "rt"]) await typeLine(terminal, line);
      const begin = async (count: number): Promise<string> => {
        terminal.type("ct --paste\r");
        await terminal.waitUntil((each) => each.text().split("\nsignature:").length === count + 1, `request ${count}`);
        return signAsTold(terminal.text().slice(terminal.text().lastIndexOf("ssh-keygen shows nothing")), key);
      };
      const first = await begin(1);
      terminal.type(`\x1b[200~${first.replace("BEGIN", "BEGUN")}\x1b[201~\r`);
      await terminal.waitFor(/! SIGN_MALFORMED: the signature is not well-formed: no block from BEGIN to END SSH SIGNATURE/);
      await begin(2);
      terminal.type("\u0003");
      await terminal.waitFor(/! SHELL_INTERRUPTED/);
      const last = await begin(3);
      terminal.type(last.replaceAll("\n", "\r"));
      await terminal.waitFor(/receipt [0-9a-f]{64}: done, included/);
      assert.match(await typeLine(terminal, "ls"), /pasted\//);
      terminal.type("exit\r");
      assert.is(await terminal.ended(), 0);
    });
  });
});

test("a public key is one line of a .pub file, of a kind that signs packages, or its hex", () => {
  const codeOf = (text: string): string => {
    try {
      return String(readPublicKey(text, "ct").length);
    } catch (error) {
      return (error as { fault: { code: string } }).fault.code;
    }
  };
  const good = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
  assert.equal([good, `${good} alice@home`, `  ${good}\n`, "0A".repeat(32)].map(codeOf), ["32", "32", "32", "32"]);
  assert.equal(["", "ssh-ed25519", "ssh-ed25519 !", "0a".repeat(31)].map(codeOf), Array(4).fill("SHELL_BAD_ARGUMENT"));
  assert.equal(["ssh-ed25519 AAAA", good.slice(0, -4)].map(codeOf), Array(2).fill("SIGN_MALFORMED"));
  assert.is(codeOf("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB"), "SIGN_KEY_UNSUITED");
});

test.run();
