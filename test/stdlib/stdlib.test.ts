import { readFileSync, readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runLines } from "../lang/run-lines.ts";

const FOLDER = new URL("../../stdlib/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");

/** What each file builds on, besides assertions, which its tests use. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  lists: ["strings"],
  encodings: ["strings"],
  sorting: ["strings", "lists"],
  json: ["strings", "lists", "encodings"],
};

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".gs") && !name.endsWith(".test.gs")).map((name) => name.replace(/\.gs$/, ""));

for (const name of files) {
  test(`stdlib/${name} passes its tests, prints nothing and leaves the stack empty`, () => {
    const parts = [...new Set(["assertions", ...(NEEDS[name] ?? []), name])].map((part) => read(`${part}.gs`));
    assert.equal(runLines(...parts, read(`${name}.test.gs`)), { output: "", fault: undefined, stack: [] });
  });
}

test("every word of stdlib says its stack effect, and half of them have two lines or less", () => {
  const definitions = files.flatMap((name) => read(`${name}.gs`).split(/^(?=: )/m).slice(1));
  for (const definition of definitions) assert.match(definition, /^: \S+\s+\( [^)]*-- [^)]*\)/, definition.slice(0, 60));
  const short = definitions.filter((definition) => definition.replace(/\n(?:\\[^\n]*)?(?=\n|$)/g, "").trim().split("\n").length <= 2);
  assert.ok(short.length * 2 >= definitions.length);
});

test.run();
