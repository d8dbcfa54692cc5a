#!/usr/bin/env node
// `npm run sim`: set-up, then the simulation of whole networks with the arguments given.
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { reportingProblems } from "./problem.mjs";
import { ROOT, setUp } from "./setup.mjs";

await reportingProblems(async () => {
  const node = await setUp(ROOT, "test");
  return runChild(node, ["--disable-warning=ExperimentalWarning", join(ROOT, "test", "sim", "run.ts"), ...process.argv.slice(2)]);
});
