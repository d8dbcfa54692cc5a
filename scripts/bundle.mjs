// Joins the compiled modules into a few files. A process or a worker that loads some 370 small modules spends most
// of its start on finding them: `grid eval` took 225 ms of processor time, and takes 115 with these files.
import { createRequire } from "node:module";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";

/** Where a process or a thread begins; those that are there. */
const ENTRIES = ["src/main.js", "node/machines/worker.js", "node/ledger/miner-worker.js", "src/bench/ledger/verify-worker.js"];
/** Packages with native code or files of their own beside them stay where npm put them. */
const OUTSIDE = ["classic-level", "ssh2", "sodium-native", "hash-wasm"];
/** CommonJS packages inside a bundle ask for `require`. */
const BANNER = 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);';

/** Writes dist/bundle/ from `folders` of `dist`; every module keeps its path, so that paths between files keep their meaning. */
export function bundle(root, dist, folders) {
  const [staged, outdir] = [join(dist, "staged"), join(dist, "bundle")];
  for (const folder of [staged, outdir]) rmSync(folder, { recursive: true, force: true });
  for (const folder of folders) stage(join(dist, folder), join(staged, folder), `${folder}/`);
  // Otherwise esbuild works in a process that outlives the call and cannot be waited for. For the same reason the
  // places are kept beforehand and not by a plugin.
  process.env.ESBUILD_WORKER_THREADS = "0";
  createRequire(join(root, "package.json"))("esbuild").buildSync({
    entryPoints: ENTRIES.map((entry) => join(staged, entry)).filter(existsSync),
    outdir, outbase: staged, absWorkingDir: root,
    bundle: true, splitting: true, format: "esm", platform: "node", target: "node22",
    entryNames: "[dir]/[name]", chunkNames: "parts/[name]-[hash]",
    external: OUTSIDE, banner: { js: BANNER }, logLevel: "error", legalComments: "none",
  });
  rmSync(staged, { recursive: true });
}

function stage(from, to, path) {
  if (!existsSync(from)) return;
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to, { recursive: true })) if (name.endsWith(".js")) keepPlace(join(to, name), path + name.split(sep).join("/"));
}

/** A module asks for its own place to find a file beside it; in a bundle that would be the place of the whole. */
function keepPlace(file, path) {
  const source = readFileSync(file, "utf8");
  if (!source.includes("import.meta.url")) return;
  const place = `(import.meta.url.replace(/\\/bundle\\/.*$/, "/bundle/") + ${JSON.stringify(path)})`;
  writeFileSync(file, source.replaceAll("import.meta.url", place));
}
