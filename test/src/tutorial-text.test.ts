import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { ROOT } from "../support/grid.ts";
import { runTutorial } from "../support/tutorial.ts";
import { consoleBlocks, masked, matches, PageAddresses, withShown } from "../support/tutorial-text.ts";

const PAGE = "# Page\n\n```console\n$ echo one\none\n$ true\n$ echo two; echo three\ntwo\nthree\n```\n\n```sh\nnpm start\n```\n";

test("a page's console blocks are commands and what they show; other blocks are left alone", () => {
  const [block, ...others] = consoleBlocks(PAGE);
  assert.equal(others, []);
  assert.equal(block?.steps, [
    { command: "echo one", shown: ["one"] },
    { command: "true", shown: [] },
    { command: "echo two; echo three", shown: ["two", "three"] },
  ]);
});

test("an open block, and output before any command, are mistakes of the page", () => {
  assert.throws(() => consoleBlocks("```console\n$ echo\n"), /without an end/);
  assert.throws(() => consoleBlocks("```console\nhello\n```\n"), /begins with "\$ "/);
});

test("replacing what a step shows changes nothing else", () => {
  const [block] = consoleBlocks(PAGE);
  const step = block?.steps[2];
  if (block === undefined || step === undefined) throw new Error("no such step");
  assert.is(withShown(PAGE, step, block, ["2"]), PAGE.replace("two\nthree\n", "2\n"));
});

test("ids, times, hashes, addresses and ports are masked; words and amounts are not", () => {
  const address = `grid1${"q".repeat(38)}`;
  assert.is(masked(`sent 1.5 coins to ${address} in block 17, root ${"ab".repeat(32)}, 12 ms  `), "sent 1.5 coins to ADDRESS in block N, root HEX, TIME");
  assert.is(masked("ssh -p 2222 alice@127.0.0.1"), "ssh -p PORT alice@127.0.0.1");
});

test("a line of three dots stands for any number of lines", () => {
  assert.ok(matches(["a", "…", "d"], ["a", "b", "c", "d"]));
  assert.ok(matches(["a", "…"], ["a"]));
  assert.not(matches(["a", "…", "d"], ["a", "b", "c"]));
  assert.not(matches(["a"], ["a", "b"]));
});

test("an address of a page stands for the same one from step to step", () => {
  const [ann, bob, a, b] = ["n", "p", "q", "r"].map((letter) => `grid1${letter.repeat(38)}`);
  const addresses = new PageAddresses();
  assert.equal(addresses.wrong([`address ${ann}`, "…"], [`address ${a}`, "more"]), []);
  assert.equal(addresses.wrong([`address ${bob}`], [`address ${b}`]), []);
  assert.equal(addresses.wrong([`owner ${bob}`, `owner ${ann}`], [`owner ${a}`, `owner ${b}`]), [], "lists are sorted by address");
  assert.equal(addresses.wrong([`owner ${ann}`], [`owner ${b}`]), [ann]);
  assert.equal(addresses.inPage([`owner ${b}`]), [`owner ${bob}`]);
});

test("a page that is wrong is told with command, page and output", async () => {
  if (!haveClients("running a page", "ssh-agent", "ssh-keygen")) return;
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  mkdirSync(join(folder, "work"));
  const path = join(folder, "page.md");
  writeFileSync(path, PAGE.replace("\nthree\n", "\nfour\n"));
  const { differences } = await runTutorial(relative(ROOT, path), join(folder, "work"));
  assert.is(differences.length, 1);
  assert.match(differences[0] ?? "", /\$ echo two; echo three\n {2}the page says\n {4}two\n {4}four\n {2}it printed\n {4}two\n {4}three/);
});

test.run();
