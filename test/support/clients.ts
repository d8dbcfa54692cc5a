import { spawnSync } from "node:child_process";

/** System programs some tests drive, and the Debian package that brings each. `.ci/run` installs them. */
const PACKAGE_OF = { ssh: "openssh-client", "ssh-add": "openssh-client", "ssh-agent": "openssh-client", "ssh-keygen": "openssh-client", zbarimg: "zbar-tools", tmux: "tmux", script: "bsdutils" } as const;
export type Client = keyof typeof PACKAGE_OF;

/**
 * True when all these programs are here. If one is missing, says so in the form the runner collects; with
 * REQUIRE_CLIENTS=1 the runner makes that a failure.
 */
export function haveClients(check: string, ...clients: readonly Client[]): boolean {
  const missing = clients.filter((client) => spawnSync("sh", ["-c", `command -v ${client}`]).status !== 0);
  if (missing.length === 0) return true;
  const packages = [...new Set(missing.map((client) => PACKAGE_OF[client]))];
  process.stdout.write(`not run: ${check} (needs ${missing.join(", ")}; package ${packages.join(", ")})\n`);
  return false;
}

/** True with `npm test -- --long`: for what takes minutes. */
export function isLongRun(check: string): boolean {
  if (process.env["LONG"] === "1") return true;
  process.stdout.write(`not run: long run: ${check} (npm test -- --long)\n`);
  return false;
}
