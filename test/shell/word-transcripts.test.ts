import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HOST_WORDS } from "../../lang/primitives/host-words.ts";
import type { HostWordSpec } from "../../lang/primitives/spec.ts";
import { COMMANDS } from "../../shell/commands/table.ts";
import { FAULT_SAMPLES } from "./fault-samples.ts";

// A word without a golden transcript, and a way to fail that no transcript shows, are found here.

const folder = fileURLToPath(new URL("../transcripts/", import.meta.url));
const text = readdirSync(folder).filter((name) => !["faults.txt", "effect-sentences.txt"].includes(name)).map((name) => readFileSync(folder + name, "utf8")).join("\n");
const inputs = text.split("\n").filter((line) => /^(?:[a-z]+(?:-\w+)?)?> \S/.test(line));
const typed = new Set(inputs.flatMap((line) => line.replace(/^[a-z-]*> /, "").split(/[\s⏎]+/)).map((token) => token.toLowerCase()));

/** Tested elsewhere, by hand-made conditions that no typed line can bring about. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  STATE_BASE_PRUNED: "state-versioned.test.ts: after hundreds of blocks",
  THREAD_GRACE_SPENT: "grace.test.ts: after minutes of computing",
  THREAD_LOST: "threads.test.ts: when a worker dies",
  THREAD_BUSY: "threads.test.ts: two background lines at once",
  THREAD_COMMITTING: "threads.test.ts: while another session signs",
  THREAD_TOO_MANY: "threads.test.ts: 64 threads",
  THREAD_TOO_LARGE: "threads.test.ts: memory filled in two threads",
  STATE_TOO_LARGE: "state-host.test.ts: a megabyte",
  STATE_BAD_AMOUNT: "state-host.test.ts: the parser refuses such amounts before",
  STATE_NOT_OWNER: "keys.test.ts: a package that was made by hand",
  STATE_TOO_MANY_KEYS: "keys.test.ts: dozens of keys",
};

/** Words whose output is another at every run, held by their own tests. */
const OTHER_TESTS: Readonly<Record<string, string>> = { chain: "explorer tests", difficulty: "explorer tests", install: "stdlib tests" };

const isShown = (word: string): boolean => typed.has(word.toLowerCase());

test("every shell word and every outside word stands in a golden transcript", () => {
  const rows: readonly HostWordSpec[] = HOST_WORDS;
  const shellWords = rows.filter(({ access }) => access !== "files").map(({ word, shell }): readonly string[] => (shell === undefined ? [word] : [shell.word, word]));
  const missing = [...shellWords, ...COMMANDS.map(({ word }) => [word])].filter((forms) => !forms.some(isShown)).map(([word = ""]) => word).filter((word) => OTHER_TESTS[word] === undefined);
  assert.equal(missing, []);
});

test("every way in which state and threads refuse stands in a golden transcript, or is named here with its test", () => {
  const shown = new Set([...text.matchAll(/^! ([A-Z_]+)/gm)].map(([, code]) => code));
  const missing = Object.keys(FAULT_SAMPLES).filter((code) => /^(STATE|THREAD)_/.test(code) && !shown.has(code) && ELSEWHERE[code] === undefined);
  assert.equal(missing, []);
  assert.equal(Object.keys(ELSEWHERE).filter((code) => shown.has(code)), [], "these are shown now");
});

test.run();
