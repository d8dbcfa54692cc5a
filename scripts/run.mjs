#!/usr/bin/env node
// `npm start`: set-up, then `grid` with the arguments given. package.json says `exec node …`, because a shell
// between npm and this process would take the signals that npm passes on, and pass on none.
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { reportingProblems } from "./problem.mjs";
import { ROOT, setUp } from "./setup.mjs";

await reportingProblems(async () => {
  const node = await setUp(ROOT, "run");
  return runChild(node, [join(ROOT, "dist", "bundle", "src", "main.js"), ...process.argv.slice(2)]);
});
