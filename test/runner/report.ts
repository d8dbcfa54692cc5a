import type { Verdict } from "./judge.ts";

const SLOWEST_SHOWN = 5;
/** Below this a file is not worth naming as slow. */
const SLOW_MS = 2_000;

/** One line when a file is done. */
export function fileLine(verdict: Verdict): string {
  const mark = verdict.problems.length === 0 ? "ok    " : "FAILED";
  const tests = verdict.passed === 1 ? "1 test" : `${verdict.passed} tests`;
  return `${mark} ${verdict.path} (${tests}, ${seconds(verdict.durationMs)})\n`;
}

/** Everything after the last file; its last line is `N passed, N failed`. */
export function summary(verdicts: readonly Verdict[]): string {
  const failures = verdicts.filter((each) => each.problems.length > 0);
  const parts = [...failures.map(failureText), slowestText(verdicts), notRunText(verdicts)].filter((part) => part !== "");
  const passed = verdicts.reduce((sum, each) => sum + each.passed, 0);
  const failed = verdicts.reduce((sum, each) => sum + each.failed, 0);
  return `\n${parts.map((part) => `${part}\n`).join("")}${passed} passed, ${failed} failed\n`;
}

function failureText(verdict: Verdict): string {
  const problems = verdict.problems.map((problem) => `  ${problem}\n`).join("");
  const output = verdict.output.trim().split("\n").map((line) => `  | ${line}\n`).join("");
  return `FAILED ${verdict.path}\n${problems}${output}  again: npm test -- ${verdict.path}\n`;
}

function slowestText(verdicts: readonly Verdict[]): string {
  const slow = verdicts.filter((each) => each.durationMs > SLOW_MS).sort((a, b) => b.durationMs - a.durationMs);
  if (slow.length === 0) return "";
  const lines = slow.slice(0, SLOWEST_SHOWN).map((each) => `  ${seconds(each.durationMs).padStart(7)}  ${each.path}\n`);
  return `slowest files\n${lines.join("")}`;
}

function notRunText(verdicts: readonly Verdict[]): string {
  const lines = verdicts.flatMap((each) => each.notRun.map((reason) => `  ${each.path}: ${reason}\n`));
  return lines.length === 0 ? "" : `not run\n${lines.join("")}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
