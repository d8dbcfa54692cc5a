import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";

/** Compares with a golden file of test/transcripts; UPDATE=1 writes it anew, and the diff is reviewed. */
export function matchesTranscript(name: string, text: string): void {
  const path = fileURLToPath(new URL(`../transcripts/${name}`, import.meta.url));
  if (process.env["UPDATE"] === "1") writeFileSync(path, text);
  assert.fixture(text, readFileSync(path, "utf8"), `test/transcripts/${name}; UPDATE=1 rewrites it`);
}
