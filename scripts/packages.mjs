// Is node_modules what package-lock.json says? npm's own record of what it installed is compared, so that
// an `npm ci` or `npm install` by hand counts as well and no stamp of ours can go stale.
import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { npm, npmCi } from "./npm.mjs";
import { say, SetupProblem } from "./problem.mjs";

export async function installPackages(root) {
  if (isInstalled(root)) return;
  refuseLink(join(root, "node_modules"));
  say("installing packages (first run or changed lockfile; about half a minute) …");
  await npmCi(root);
  await buildNativeStore(root);
}

/** `npm ci` begins by emptying node_modules; through a link that would be some other clone's. */
function refuseLink(folder) {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  throw new SetupProblem(
    `node_modules is a link to ${realpathSync(folder)}, which is not what package-lock.json says.`,
    "Install there, or remove the link and run the same command again.",
  );
}

/** True when every package of the lockfile is there in the locked version; optional ones may be missing. */
export function isInstalled(folder) {
  const installed = readLock(join(folder, "node_modules", ".package-lock.json"));
  if (installed === undefined) return false;
  const locked = readLock(join(folder, "package-lock.json"));
  if (locked === undefined) throw new SetupProblem("package-lock.json is missing or broken.", "Restore it with `git checkout package-lock.json`.");
  return Object.entries(locked).every(([path, entry]) => path === "" || isSame(installed[path], entry));
}

function isSame(installed, locked) {
  if (installed === undefined) return locked.optional === true;
  return installed.version === locked.version && installed.integrity === locked.integrity;
}

function readLock(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined; // cut off by a crash: install again
  }
}

/** classic-level ships binaries for common systems; elsewhere its install script compiles one. */
async function buildNativeStore(root) {
  const require = createRequire(join(root, "package.json"));
  const folder = dirname(require.resolve("classic-level/package.json"));
  try {
    require("node-gyp-build").path(folder);
  } catch {
    say("compiling the storage engine, because there is no ready-made one for this system …");
    await npm(root, ["rebuild", "classic-level", "--foreground-scripts"]);
  }
}
