// time-out: 240 s
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { run } from "../support/grid.ts";
import { gridHere } from "../support/grid-here.ts";
import { withRealNode } from "../shell/real-node.ts";

const verify = (file: string, ...flags: readonly string[]): ReturnType<typeof gridHere> => gridHere(["verify", file, ...flags]);

test("what prove writes, through a pipe or copied from a screen, grid verify checks without the node", async () => {
  if (!haveClients("a proof over ssh", "ssh", "ssh-agent", "ssh-add", "ssh-keygen")) return;
  const found = { note: "", armoured: "", absent: "", kept: "", unkept: "", nick: "", nobody: "", domain: "", receipt: "" };
  let folderOf = (_name: string): string => "";
  await withRealNode(async ({ ssh, place, folder }) => {
    folderOf = (name) => join(folder, name);
    const agent = await ssh.startAgent(ssh.makeKey("alice"));
    const env = { SSH_AUTH_SOCK: agent.socket };
    const command = (options: string, line: string): string => `ssh -F ${ssh.configFile} -p ${place.port} -o IdentitiesOnly=no ${options} alice@127.0.0.1 '${line}'`;
    try {
      const made = await ssh.run(place, ["-A", "-o", "IdentitiesOnly=no", "alice@127.0.0.1"], { env, input: "faucet\nbt mkdir docs\necho grün > docs/note\n'#!grid\\n7 \"sum\" kv!\\n' 'docs/adder' writeEx\nchmod +x docs/adder\ncall docs/adder\nburn 2\nnick ann\nrt ct\n" });
      assert.is(made.code, 0, made.stderr);
      const packageId = /receipt ([0-9a-f]{64}): done/.exec(made.stdout)?.[1] ?? "";
      found.receipt = folderOf("receipt.proof");
      const taken = await run("sh", ["-c", `${command("", `receipt ${packageId.slice(0, 12)} --proof`)} > ${found.receipt}`], { env });
      assert.is(taken.code, 0, taken.stderr);
      assert.match((await verify(found.receipt, "--min-work", "0")).stdout, new RegExp(`^valid: [^]*\\n {2}package {2}${packageId}\\n {2}signer {3}grid1\\w+, package 1\\n {2}outcome {2}done\\n`));
      assert.is((JSON.parse((await verify(found.receipt, "--json")).stdout) as { verdict: string }).verdict, "unanchored");
      for (const [name, options, line] of [["note", "", "prove docs/note"], ["armoured", "-tt", "prove docs/note"], ["absent", "", "prove docs/none"], ["kept", "", "prove docs/adder sum"], ["unkept", "", "prove docs/adder other"], ["nick", "", "prove @ann"], ["nobody", "", "prove @bob"], ["domain", "", "prove ~"]] as const) {
        const path = (found[name] = folderOf(`${name}.proof`));
        // A terminal without a name, as a script has it, is a terminal.
        const wrote = await run("sh", ["-c", `${command(options, line)} > ${path}`], { env: { ...env, TERM: "" } });
        assert.is(wrote.code, 0, wrote.stderr);
      }
      const said = await verify(found.note);
      assert.is(said.code, 1, "nobody said whom to trust");
      assert.match(said.stdout, /^not called valid: you named no block to trust and no work to ask for\n {2}path {4}\/grid1\w+\/docs\/note\n {2}what {4}a file of 6 bytes, SHA-256 [0-9a-f]{64}\n {2}height {2}\d+, in headers up to \d+\n {2}block {3}[0-9a-f]{64}\n {2}root {4}[0-9a-f]{64}\n {2}work {4}\d+ hashes\n$/);
      const json = JSON.parse((await verify(found.note, "--json")).stdout) as { verdict: string; blockId: string; stands: string };
      assert.equal([json.verdict, json.stands], ["unanchored", "file"]);
      const out = join(folder, "content");
      const valid = await verify(found.note, "--checkpoint", json.blockId, "--content", out);
      assert.is(valid.code, 0, valid.stdout + valid.stderr);
      assert.match(valid.stdout, /^valid: the block you trust at height \d+ stands on it/);
      assert.equal(readFileSync(out, "utf8"), "grün\n");
      assert.is((await verify(found.armoured, "--min-work", "0")).code, 0);
      assert.match((await verify(found.absent, "--min-work", "0")).stdout, /\n {2}what {4}nothing stands there\n/);
      assert.match((await verify(found.kept, "--min-work", "0")).stdout, /\n {2}what {4}the program there keeps sum = 7\n/);
      assert.match((await verify(found.kept, "--min-work", "0", "--json")).stdout, /"stands":"value","key":"sum","value":"7"/);
      assert.match((await verify(found.unkept, "--min-work", "0")).stdout, /\n {2}what {4}nothing is kept under other\n/);
      assert.match((await verify(found.nick, "--min-work", "0")).stdout, /\n {2}path {4}@ann\n {2}what {4}a nick of grid1\w{38}\n/);
      assert.match((await verify(found.nobody, "--min-work", "0")).stdout, /\n {2}path {4}@bob\n {2}what {4}nobody has that nick\n/);
      assert.match((await verify(found.domain, "--min-work", "0")).stdout, /\n {2}what {4}a domain with [\d.]+ coins, 1 packages so far, 2 coins burnt, nick @ann\n/);
      assert.match((await verify(found.note, "--min-work", "9".repeat(70))).stdout, /^not called valid: only work of \d+ hashes stands on it/);
    } finally {
      await agent.stop();
    }
    const honest = readFileSync(found.note);
    const hostile: readonly (readonly [string, Uint8Array, RegExp])[] = [
      ["empty", new Uint8Array(0), /^invalid: it is no proof file in the one form that is known\n$/],
      ["cut", honest.subarray(0, honest.length - 7), /^invalid: it is no proof file/],
      ["other content", Buffer.from(honest.toString("latin1").replace("gr\u00c3", "gs\u00c3"), "latin1"), /^invalid: the content is not what the entry says\n$/],
      ["other path", Buffer.from(honest.toString("latin1").replace("/docs/note", "/docs/nose"), "latin1"), /^invalid: (the way to the entry: |there is content for what is no file)/],
    ];
    for (const [name, bytes, reason] of hostile) {
      const path = folderOf(name);
      writeFileSync(path, bytes);
      const { code, stdout } = await verify(path, "--min-work", "0", "--content", folderOf("stolen"));
      assert.is(code, 1, name);
      assert.match(stdout, reason, name);
    }
    assert.equal(JSON.parse((await verify(folderOf("cut"), "--min-work", "0", "--json")).stdout).verdict, "invalid");
    assert.not.ok(existsSync(folderOf("stolen")), "what does not hold is not written");
  });
});

test("a wrong checkpoint or amount of work is a wrong command line, a missing file one line with a remedy", async () => {
  assert.is((await verify("-", "--checkpoint", "12")).code, 2);
  assert.is((await verify("-", "--min-work", "lots")).code, 2);
  const missing = await verify("no-such.proof");
  assert.equal([missing.code, missing.stdout], [1, ""]);
  assert.match(missing.stderr, /^grid: there is no .*\n {2}Check its name/);
});

test.run();
