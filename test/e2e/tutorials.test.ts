// time-out: 180 s
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { runTutorial } from "../support/tutorial.ts";

// What the pages show is what is printed. UPDATE=1 rewrites the pages; review the difference.

const canRun = haveClients("the pages", "ssh", "ssh-agent", "ssh-keygen", "script");

for (const page of ["README.md", "tutorials/01-first-words.md", "tutorials/02-first-commit.md", "tutorials/03-threads.md", "tutorials/06-a-contract.md", "tutorials/07-looking-at-the-chain.md", "tutorials/07-multi-signature.md"]) {
  test(`${page} shows what is printed`, async () => {
    if (!canRun) return;
    const { differences } = await runTutorial(page, mkdtempSync(join(tmpdir(), "page-")));
    assert.is(differences.join("\n"), "");
  });
}

test.run();
