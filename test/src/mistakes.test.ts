import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { builtinXt, SHELL_FORMS } from "../../lang/primitives/table.ts";
import { remedyFor, REMEDIES } from "../../lang/help/other-shells.ts";
import { OUTSIDE_WORDS } from "../../shell/commands/table.ts";
import { grid } from "../support/grid.ts";

/** What newcomers type on the command line, and the two lines that answer; nothing of the system's own messages. */
const MISTAKES: readonly (readonly [args: readonly string[], exit: number, answer: RegExp])[] = [
  [["sign", ""], 2, /^grid: INTENT\|FILE is empty: .*\n {2}try: grid sign --help\n$/],
  [["verify", ""], 2, /^grid: FILE\|- is empty: /],
  [["run", "."], 1, /^grid: The script cannot be read: .* is a folder where a file is needed\.\n {2}Name a file in it\.\n$/],
  [["sign", "."], 1, /^grid: .* is a folder where a file is needed\.\n/],
  [["sign", "no-such-file"], 1, /^grid: there is no .*no-such-file\.\n {2}Check its name; /],
  [["package", "notes.txt/x"], 1, /^grid: .* leads through a file as if that were a folder\.\n/],
  [["restore", "no-such-file"], 1, /^grid: there is no .*no-such-file\.\n/],
  [["prune", "--data", "no-such-folder"], 1, /^! STORE_NO_FOLDER: .*\n {2}hint: /],
];

test("mistakes on the command line are answered with what is wrong and what to do", async () => {
  const folder = mkdtempSync(join(tmpdir(), "grid-mistakes-"));
  writeFileSync(join(folder, "notes.txt"), "hello\n");
  for (const [args, exit, answer] of MISTAKES) {
    const run = await grid(args, { directory: folder });
    assert.is(run.code, exit, args.join(" "));
    assert.match(run.stderr, answer, args.join(" "));
  }
  rmSync(folder, { recursive: true });
});

test("-v is the version", async () => {
  assert.match((await grid(["-v"])).stdout, /^gridshell /);
});

test("what people of other shells type has a remedy only where it is no word of ours", () => {
  const outside = new Set(OUTSIDE_WORDS.map(({ word }) => word));
  for (const name of Object.keys(REMEDIES)) assert.not.ok(builtinXt(name) !== 0 || SHELL_FORMS.has(name) || outside.has(name), name);
  assert.is(remedyFor("constructor"), undefined);
  assert.is(remedyFor("12*3"), "blanks stand between words, and what is done comes last: 12 3 *");
});

test.run();
