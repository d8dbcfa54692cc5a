import { readFileSync, readdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runCases } from "./run-cases.ts";

const CASES = new URL("./cases/", import.meta.url);

for (const name of readdirSync(CASES).filter((file) => file.endsWith(".fs"))) {
  test(`${name.replace(".fs", "")}: every case leaves what the standard says`, () => {
    const { output, fault, run, wrong } = runCases(readFileSync(new URL(name, CASES), "utf8"), name);
    assert.is(fault, undefined, `${output}${fault ?? ""}`);
    assert.equal(output.split("\n").filter((line) => line.includes("wrong: ")), []);
    assert.is(wrong, 0);
    assert.ok(run > 0);
  });
}

test.run();
