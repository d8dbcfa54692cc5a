import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { toHex } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { SUBJECTS } from "../../lang/library-list.ts";
import { builtinXt, SHELL_FORMS } from "../../lang/primitives/table.ts";
import { WORDLIST } from "../../lang/words.ts";
import { runLines } from "../lang/run-lines.ts";
import { startMachine } from "./start-machine.ts";
import { pageExamples } from "./page-examples.ts";

const FOLDER = new URL("../../stdlib/", import.meta.url);
const LIST = new URL("../../lang/library-list.ts", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".gs") && !name.endsWith(".test.gs")).map((name) => name.replace(/\.gs$/, "")).sort();

/** The list as it must be for the sources as they are. */
function shipped(): string {
  const rows = files.map((name) => {
    const about = (/^\\ \S+: (.*)\.\n/.exec(read(`${name}.gs`))?.[1] ?? "").trim();
    return `  { name: ${JSON.stringify(name)}, about: ${JSON.stringify(about)}, sha256: "${toHex(sha256(readFileSync(new URL(`${name}.gs`, FOLDER))))}" },\n`;
  });
  return readFileSync(LIST, "utf8").replace(/(?<=SUBJECTS: readonly Subject\[\] = \[\n)[^]*(?=\];)/, rows.join(""));
}

test("the shipped list has every subject, its first line and its hash", () => {
  if (process.env["UPDATE"] === "1") writeFileSync(LIST, shipped());
  assert.is(readFileSync(LIST, "utf8"), shipped(), "UPDATE=1 writes it anew");
  for (const { name, about } of SUBJECTS) assert.match(about, /^.{10,80}$/, name);
});

for (const name of files) {
  test(`stdlib/${name} passes its tests, prints nothing and leaves the stack empty`, () => {
    assert.equal(runLines(`use assertions\nuse ${name}`, read(`${name}.test.gs`)), { output: "", fault: undefined, stack: [] });
  });

  test(`stdlib/${name}.md: every example prints what the page says`, () => {
    const examples = pageExamples(read(`${name}.md`));
    assert.ok(examples.length >= 3, `${String(examples.length)} examples`);
    for (const { lines, shown } of examples) assert.equal(runLines(`use ${name}`, ...lines).output.trimEnd(), shown, lines.join("\n"));
  });
}

/** `[name, rest of the definition]` of every definition of a source, in order. */
function definitions(name: string): readonly (readonly [string, string])[] {
  return read(`${name}.gs`).split(/^(?=: )/m).slice(1).map((text) => [/^: (\S+)/.exec(text)?.[1] ?? "", text.replace(/\n(?:\n|\\|use |\S+ constant )[^]*$/, "").trim()] as const);
}

test("every word of stdlib says its stack effect, and half of them have two lines or less", () => {
  const all = files.flatMap(definitions);
  for (const [, definition] of all) assert.match(definition, /^: \S+\s+\( [^)]*-- [^)]*\)/, definition.slice(0, 60));
  const short = all.filter(([, definition]) => definition.split("\n").length <= 2);
  assert.ok(short.length * 2 >= all.length, `${String(short.length)} of ${String(all.length)}`);
});

test("no word of stdlib has the name of another one, or of a word of the machine or the shell", () => {
  const names = files.flatMap(definitions).map(([name]) => name.toLowerCase());
  assert.equal(names.filter((name, index) => names.indexOf(name) !== index), []);
  assert.equal(names.filter((name) => builtinXt(name) !== 0 || SHELL_FORMS.has(name)), []);
});

test("stdlib makes no data that can change: what it gives can stand in a package (R3)", () => {
  const { vm } = startMachine(files.map((name) => `use ${name}`).join("\n"));
  const words = vm.dictionary.entries.filter(({ wordlist }) => wordlist === WORDLIST.library);
  assert.ok(words.length > 80);
  assert.equal(words.filter(({ kind }) => kind !== "colon" && kind !== "constant").map(({ name }) => name), []);
});

test.run();
