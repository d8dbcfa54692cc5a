import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { ROOT } from "../support/grid.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** From one heading of second level to the next. */
function section(heading: string): string {
  const text = README.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  assert.ok(text !== undefined, `the README has a section ${heading}`);
  return text as string;
}

test("the README's table of commands has each command of grid", () => {
  const named = [...section("The command line").matchAll(/`(?:grid )?([a-z]+(?: (?:new|show|list|key|vm|erg|ledger|realm))?)\b[^`]*`/g)].map((match) => match[1]);
  for (const { name } of COMMANDS) assert.ok(named.includes(name), `README: grid ${name}`);
});

test("the README gives a reason for each package that is installed", () => {
  const rows = section("Choices").split("\n").filter((line) => line.startsWith("|")).map((line) => line.split("|")[1] as string).join();
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<string, Record<string, string>>;
  for (const name of Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })) assert.ok(rows.split(/[\s,]+/).includes(name), `README: ${name}`);
});

test("the README links every page of tutorials, and none that is not there", () => {
  const linked = [...README.matchAll(/\]\(tutorials\/([^)]+)\)/g)].map((match) => match[1] as string);
  assert.equal(linked.sort(), readdirSync(join(ROOT, "tutorials")).sort());
});

test.run();
