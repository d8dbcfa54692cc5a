// Compiles the TypeScript into dist/ and bundles it, when a source changed since the last build. Looking costs a stat
// per file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundle } from "./bundle.mjs";
import { say, SetupProblem } from "./problem.mjs";

const SOURCE_FOLDERS = ["src", "lang", "node", "shell"];
/** Words written in GridScript: read where they are used, so they lie beside the modules. */
const LIBRARY_FOLDER = "stdlib";
const CONFIG_FILES = ["tsconfig.json", "tsconfig.build.json", "package-lock.json"];
const SHOWN_ERRORS = 20;

export function build(root) {
  const dist = join(root, "dist");
  const stampPath = join(dist, ".stamp");
  const sources = listSources(root);
  const stamp = fingerprint(root, sources);
  const lastStamp = existsSync(stampPath) ? readFileSync(stampPath, "utf8") : undefined;
  if (lastStamp === stamp) return;
  // Without a finished build the compiler's own record may not match what lies in dist.
  if (lastStamp === undefined) {
    say("building …");
    for (const folder of [...SOURCE_FOLDERS, ".build.tsbuildinfo"]) rmSync(join(dist, folder), { recursive: true, force: true });
  }
  compile(root);
  removeOrphans(dist, new Set(sources));
  bundle(root, dist, SOURCE_FOLDERS);
  for (const folder of [dist, join(dist, "bundle")]) copyLibrary(root, join(folder, LIBRARY_FOLDER));
  mkdirSync(dist, { recursive: true });
  writeFileSync(stampPath, stamp);
}

function compile(root) {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--pretty", "false"], { cwd: root, encoding: "utf8" });
  if (result.status === 0) return;
  const errors = `${result.stdout}${result.stderr}`.trim().split("\n");
  const shown = errors.slice(0, SHOWN_ERRORS).join("\n");
  throw new SetupProblem(`the sources do not compile (${errors.length} lines from the compiler):\n${shown}`, "Correct them, or return to a released state with git, and run the same command again.");
}

/** Paths relative to `root` of everything that is compiled. */
function listSources(root) {
  return SOURCE_FOLDERS.flatMap((folder) => listFiles(root, folder)).filter((path) => path.endsWith(".ts")).sort();
}

function librarySources(root) {
  return listFiles(root, LIBRARY_FOLDER).filter((path) => path.endsWith(".gs") && !path.endsWith(".test.gs")).sort();
}

function copyLibrary(root, target) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const path of librarySources(root)) {
    const copy = join(target, path.slice(LIBRARY_FOLDER.length + 1));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(join(root, path), copy);
  }
}

function listFiles(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, path) : [path];
  });
}

/** Size and time of change of each source; the compiler looks at the contents itself. */
function fingerprint(root, sources) {
  const hash = createHash("sha256");
  for (const path of [...CONFIG_FILES, ...librarySources(root), ...sources]) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

/** Output of a source that is gone would still be importable. */
function removeOrphans(dist, sources) {
  for (const path of SOURCE_FOLDERS.flatMap((folder) => listFiles(dist, folder))) {
    if (path.endsWith(".js") && !sources.has(path.replace(/\.js$/, ".ts"))) rmSync(join(dist, path));
  }
}
