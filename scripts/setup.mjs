#!/usr/bin/env node
// Makes a clone ready, doing only what is missing: packages, a recent Node, the build. Nothing but Node 20 and
// npm is needed first. `npm run build` runs this file; `npm start` and `npm test` call setUp.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { installPackages } from "./packages.mjs";
import { reportingProblems } from "./problem.mjs";
import { findRuntime, refuseOldNode } from "./runtime.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Returns the path of the Node to use for `purpose` ("run" or "test"). */
export async function setUp(root, purpose) {
  refuseOldNode(process.versions.node);
  await installPackages(root);
  const node = await findRuntime(root, purpose);
  build(root);
  return node;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await reportingProblems(async () => {
    await setUp(ROOT, "run");
    return 0;
  });
}
