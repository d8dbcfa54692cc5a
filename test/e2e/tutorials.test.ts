// time-out: 600 s
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { runTutorial } from "../support/tutorial.ts";

// What the pages show is what is printed. UPDATE=1 rewrites the pages; review the difference.

const canRun = haveClients("the pages", "ssh", "ssh-agent", "ssh-keygen", "script");

const FOLDER = new URL("../../tutorials/", import.meta.url);
const tutorials = readdirSync(FOLDER).filter((name) => readFileSync(new URL(name, FOLDER), "utf8").includes("```console")).sort();

for (const page of ["README.md", ...tutorials.map((name) => `tutorials/${name}`)]) {
  test(`${page} shows what is printed`, async () => {
    if (!canRun) return;
    const { differences } = await runTutorial(page, mkdtempSync(join(tmpdir(), "page-")));
    assert.is(differences.join("\n"), "");
  });
}

test.run();
