import { test } from "uvu";
import * as assert from "uvu/assert";
import { fromUtf8 } from "../../lang/base/bytes.ts";
import { LIBRARY_EXAMPLES } from "../../lang/help/library-examples.ts";
import { SUBJECTS } from "../../lang/library-list.ts";
import { Machine } from "../../lang/machine/machine.ts";
import { NULL_HOST } from "../../lang/machine/null-host.ts";
import { WORDLIST } from "../../lang/words.ts";
import { installedLibrary } from "../../node/library/installed.ts";

const library = installedLibrary();

/** What a line prints on a new machine, and the machine. */
function run(line: string): { readonly machine: Machine; readonly printed: string } {
  let printed = "";
  const machine = Machine.create({ host: { ...NULL_HOST, library, write: (bytes) => void (printed += fromUtf8(bytes)) } });
  assert.is(machine.run(line, { mode: "shell", sourceName: "test" }).kind, "done", line);
  return { machine, printed };
}

test("every word of the stdlib has an example, and there is none for a word that is not", () => {
  for (const { name } of SUBJECTS) {
    const source = fromUtf8(library(name) ?? new Uint8Array());
    const { entries } = run(`use ${name}`).machine.vm.dictionary;
    const own = entries.filter((entry) => entry.wordlist === WORDLIST.library && new RegExp(`(?:^: |constant )${entry.name.replace(/\W/g, "\\$&")}(?:\\s|$)`, "m").test(source));
    assert.equal(Object.keys(LIBRARY_EXAMPLES[name] ?? {}).sort(), own.map((entry) => entry.name).sort(), name);
  }
});

test("every example prints what it says, and help ends with it", () => {
  for (const [subject, words] of Object.entries(LIBRARY_EXAMPLES)) {
    for (const [word, { line, prints }] of Object.entries(words)) {
      const { printed } = run(`${line}\nhelp ${word}`);
      assert.is(printed.slice(0, prints.length), prints, `${subject}: ${word}`);
      assert.ok(printed.slice(prints.length).includes(`  example  ${line}\n`), `help ${word} printed ${printed}`);
    }
  }
});

test.run();
