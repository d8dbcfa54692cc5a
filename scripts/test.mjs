#!/usr/bin/env node
// `npm test`: set-up, then the test runner with the filters given.
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { reportingProblems } from "./problem.mjs";
import { ROOT, setUp } from "./setup.mjs";

await reportingProblems(async () => {
  const node = await setUp(ROOT, "test");
  return runChild(node, ["--disable-warning=ExperimentalWarning", join(ROOT, "test", "run.ts"), ...process.argv.slice(2)]);
});
