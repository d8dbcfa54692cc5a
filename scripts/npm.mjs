// Runs npm quietly and explains its failures. Output is shown only when it is the best explanation there is.
import { spawn } from "node:child_process";
import { SetupProblem } from "./problem.mjs";

/** The lockfiles have version 3, which npm reads since 7; older ones would rewrite them. */
const LEAST_NPM_MAJOR = 7;
/** npm's own defaults wait more than a minute before they say that there is no network. */
const PATIENCE = ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=8000"];
const NETWORK_CODES = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/**
 * Installs exactly what the lockfile of `folder` says. Install scripts do not run: the few that are needed
 * are run by name (see packages.mjs), so that an npm that asks about them and one that does not do the same.
 */
export async function npmCi(folder) {
  await npm(folder, ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error", ...PATIENCE]);
}

export async function npm(folder, args) {
  refuseOldNpm();
  const { code, output } = await run(folder, args);
  if (code !== 0) throw explain(output);
}

function refuseOldNpm() {
  const major = /^npm\/(\d+)\./.exec(process.env.npm_config_user_agent ?? "")?.[1];
  if (major === undefined || Number(major) >= LEAST_NPM_MAJOR) return;
  throw new SetupProblem(`npm ${major} is too old to read package-lock.json.`, `Install npm ${LEAST_NPM_MAJOR} or newer; Node 20 and newer bring one.`);
}

function run(folder, args) {
  // Inside `npm start` the same npm is used again; a bare `node scripts/setup.mjs` takes the one on the PATH.
  const cli = process.env.npm_execpath;
  const [program, first] = cli?.endsWith(".js") ? [process.execPath, [cli]] : ["npm", []];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => (output = (output + chunk).slice(-64_000));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", () => reject(new SetupProblem("npm was not found.", "Install Node 20 or newer together with its npm, and see that `npm --version` works.")));
    child.on("close", (code) => resolve({ code, output }));
  });
}

export function explain(output) {
  if (NETWORK_CODES.test(output)) {
    return new SetupProblem("npm could not reach the package registry.", "Check the network (or npm's proxy and registry settings) and run the same command again.");
  }
  if (/\bENOSPC\b/.test(output)) return new SetupProblem("The disk is full.", "Free about 500 MB and run the same command again.");
  if (/\b(EACCES|EPERM|EROFS)\b/.test(output)) {
    return new SetupProblem("npm may not write in this folder.", "Clone the project into a folder of your own, or correct the owner of its files.");
  }
  if (/\bEINTEGRITY\b/.test(output)) {
    return new SetupProblem("A package differs from what package-lock.json promises.", "Do not use it. Run `npm cache verify` and try again; if it stays, the registry or a proxy alters packages.");
  }
  const line = output.split("\n").find((each) => /^npm (error|ERR!) (?!code)/.test(each));
  return new SetupProblem(`npm failed: ${line?.replace(/^npm (error|ERR!)\s*/, "") ?? "it gave no reason"}`, "Run `npm ci` to see all it says.");
}
