import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";

/** Version of the program, from package.json two folders above `src` in dist, one above in the sources. */
export function programVersion(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const root = here.replace(/(dist\/)?src\/cli\/$/, "");
  const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string };
  return version;
}

export async function runVersion({ flags, io }: CommandCall): Promise<number> {
  const facts = { gridshell: programVersion(), node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  if (flags["json"] !== undefined) io.out(`${JSON.stringify(facts)}\n`);
  else io.out(`gridshell ${facts.gridshell} (node ${facts.node}, ${facts.platform})\n`);
  return EXIT.ok;
}
