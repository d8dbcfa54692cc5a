import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { grid, ROOT, run } from "../support/grid.ts";
import type { Outcome } from "../support/grid.ts";
import { gridHere } from "../support/grid-here.ts";

const folder = mkdtempSync(join(tmpdir(), "script-"));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function brief({ code, stdout, stderr }: Omit<Outcome, "signal" | "durationMs">): readonly unknown[] {
  return [code, stdout, stderr];
}

test("eval prints what the text prints, and exits 0", async () => {
  assert.equal(brief(await grid(["eval", "2 3 + ."])), [0, "5 \n", ""]);
  assert.equal(brief(await grid(["eval", ""])), [0, "", ""]);
});

test("eval has the shell's words on an empty state of its own", async () => {
  assert.equal(brief(await gridHere(["eval", "mkdir docs\necho 'hi' > docs/note\ncat docs/note\nls"])), [0, "hi\ndocs/\n", ""]);
  assert.equal(brief(await gridHere(["eval", "ls"])), [0, "", ""]);
});

test("a fault goes to standard error with line, caret and hint, and exits 1; what was printed before stays", async () => {
  const { code, stdout, stderr } = await gridHere(["eval", "1 .\n2 +\n3 ."]);
  assert.equal([code, stdout], [1, "1 \n"]);
  assert.match(stderr, /^! LANG_UNDERFLOW \(-4\): .*\n {2}2 \+\n {4}\^\n {2}hint: /);
});

test("a file is Forth unless its first line says #!grid; faults name the file and the right line", async () => {
  assert.equal(brief(await gridHere(["run", file("shell.gs", "#!grid\nmkdir docs\nls\n")])), [0, "docs/\n", ""]);
  const forth = await gridHere(["run", file("forth.fs", ": square dup * ;\n7 square .\nmkdir docs\n")]);
  assert.equal([forth.code, forth.stdout], [1, "49 "]);
  assert.match(forth.stderr, /forth\.fs:3: mkdir/);
  const wrong = await gridHere(["run", file("wrong.gs", "#!grid\nls\n1 +\n")]);
  assert.match(wrong.stderr, /wrong\.gs:3: 1 \+/);
});

test("run - reads a script in shell mode from standard input", async () => {
  assert.equal(brief(await grid(["run", "-"], { input: "mkdir docs\nls\n" })), [0, "docs/\n", ""]);
});

test("exit ends the script with its code", async () => {
  assert.equal(brief(await gridHere(["eval", "1 .\nexit\n2 ."])), [0, "1 \n", ""]);
});

test("a file's program reads and writes files under the working directory, and no others", async () => {
  file("in.txt", "from the host\n");
  const source = `: copy s" in.txt" r/o open-file throw >r pad 100 r@ read-line throw drop pad swap type r> close-file throw ;
copy  s" out.txt" w/o create-file throw constant out  s" made" out write-line throw  out close-file throw
s" ../outside" w/o create-file nip .  s" /etc/hostname" r/o open-file nip .`;
  const { code, stdout, stderr } = await gridHere(["run", file("copy.fs", source)], { directory: folder });
  assert.equal([code, stdout, stderr], [0, "from the host-63 -69 ", ""]);
  assert.is(readFileSync(join(folder, "out.txt"), "utf8"), "made\n");
});

test("a script includes what lies beside it from any working directory, and reads it, but writes nothing there", async () => {
  const scripts = mkdtempSync(join(tmpdir(), "beside-"));
  mkdirSync(join(scripts, "sub"));
  writeFileSync(join(scripts, "main.fs"), 's" sub/first.fs" included  require sub/first.fs  s" sub/first.fs" r/o open-file nip .');
  writeFileSync(join(scripts, "sub/first.fs"), `1 . include second.fs s" ${scripts}/sub/second.fs" included  s" ${scripts}/new" w/o create-file nip .`);
  writeFileSync(join(scripts, "sub/second.fs"), "2 .");
  assert.equal(brief(await gridHere(["run", join(scripts, "main.fs")], { directory: folder })), [0, "1 2 2 -63 -38 ", ""]);
  assert.is(existsSync(join(scripts, "new")), false);
});

test("a script that is not there, and a word that needs a node, are said in one line and a remedy", async () => {
  const missing = await gridHere(["run", join(folder, "none.gs")]);
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /^grid: The script cannot be read: there is no .*\n {2}Check its name; .*\n$/);
  const needsNode = await gridHere(["eval", "faucet"]);
  assert.is(needsNode.code, 1);
  assert.match(needsNode.stderr, /grid up/);
});

test("key and accept read standard input; its end is -1, and a program that reads on behind it is stopped", async () => {
  const copy = ": copy begin key dup -1 <> while emit repeat drop ; copy 5 .";
  assert.equal(brief(await gridHere(["eval", copy], { input: "abc\n" })), [0, "abc\n5 \n", ""]);
  const endless = await gridHere(["eval", ": endless begin key drop again ; endless"]);
  assert.is(endless.code, 1);
  assert.match(endless.stderr, /behind the end of its input/);
});

test("a loop without end is stopped by ERG", async () => {
  const { code, stderr } = await gridHere(["eval", ": forever begin again ; forever", "--erg", "1000000"]);
  assert.is(code, 1);
  assert.match(stderr, /^! LANG_OUT_OF_ERG[^]*--erg N/);
});

test("input that no one types is answered by a declared fault within seconds", async () => {
  const inputs: readonly (readonly [string, string | Uint8Array])[] = [
    ["1 MB on one line", "1 ".repeat(500_000)],
    ["1 MB in one word", "x".repeat(1_000_000)],
    ["bytes of all values", Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7_919) & 255)],
    ["an open quote", "1 . 'abc"],
    ["ten thousand quotes", "'".repeat(10_001)],
    ["deep control structures", `: x ${"if ".repeat(20_000)}`],
    ["deep recursion", ": r recurse ; r"],
    ["deep evaluation", ': r s" r" evaluate ; r'],
  ];
  for (const [name, input] of inputs) {
    const { code, stderr, durationMs } = await gridHere(["run", "-"], { input });
    assert.is(code, 1, name);
    assert.match(stderr, /^! LANG_/, name);
    assert.ok(durationMs < 5_000, `${name}: ${durationMs} ms`);
    assert.not.match(stderr, /node:internal|at file:/, name);
  }
});

test("a reader that goes away ends the program quietly", async () => {
  const program = `${process.execPath} --disable-warning=ExperimentalWarning ${join(ROOT, "src/main.ts")}`;
  const { stdout, stderr } = await run("sh", ["-c", `${program} eval ': many 100000 0 do i . loop ; many' | head -c 8`]);
  assert.equal([stdout, stderr], ["0 1 2 3 ", ""]);
});

test.run();
