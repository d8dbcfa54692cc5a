import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Paths of all test files, relative to `root`, with forward slashes. Those in test/e2e come first: they
 * mostly wait, and the suite should not end with one of them running alone.
 */
export function discover(root: string, patterns: readonly string[]): string[] {
  const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .map((path) => `test/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)));
  const isSlow = (path: string): boolean => path.startsWith("test/e2e/");
  return [...all.filter(isSlow).sort(), ...all.filter((path) => !isSlow(path)).sort()];
}
