import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KNOWN_RULES } from "../../node/ledger/params.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";

/** Where package.json may be, from this file in the sources and in dist. */
const PLACES = ["../../package.json", "../../../package.json", "../../../../package.json"].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** `grid version`. */
export async function runVersion({ flags, io }: CommandCall): Promise<number> {
  const facts = { gridshell: programVersion(), rules: KNOWN_RULES, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  if (flags["json"] !== undefined) io.out(`${JSON.stringify(facts)}\n`);
  else io.out(`gridshell ${facts.gridshell}, rules ${facts.rules} (node ${facts.node}, ${facts.platform})\n`);
  return EXIT.ok;
}

function programVersion(): string {
  const path = PLACES.find((each) => existsSync(each)) ?? "";
  const { version } = JSON.parse(readFileSync(path, "utf8")) as { version: string };
  return version;
}
