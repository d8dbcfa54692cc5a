import type { FileRun } from "./run-file.ts";

export interface Verdict {
  readonly path: string;
  readonly durationMs: number;
  /** Tests that ran and passed. */
  readonly passed: number;
  /** Tests that failed, and at least 1 when there is any problem with the file. */
  readonly failed: number;
  /** Why the file counts as failed; empty when it does not. */
  readonly problems: readonly string[];
  /** Reasons of checks that could not run here: `not run: REASON`. */
  readonly notRun: readonly string[];
  readonly output: string;
}

const SUMMARY = /\n {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)\n {2}Duration: /g;
const NOT_RUN = /^not run: (.+)$/gm;
/** Left out on purpose, wherever it runs; see test/support/clients.ts. */
const LONG_RUN = "long run";

/**
 * Decides whether a test file passed. uvu alone says yes to a file that forgot `test.run()`, to one whose
 * `before` throws, and to one that never ends.
 */
export function judge(run: FileRun, rules: { readonly requireClients: boolean }): Verdict {
  const counts = count(run.output);
  const notRun = [...run.output.matchAll(NOT_RUN)].map((match) => match[1] ?? "");
  const problems = [...endProblems(run), ...countProblems(run, counts)];
  if (rules.requireClients) {
    problems.push(...notRun.filter((reason) => !reason.startsWith(LONG_RUN)).map((reason) => `REQUIRE_CLIENTS is set, but it was not run: ${reason}`));
  }
  const failedTests = counts.total - counts.passed;
  const failed = problems.length === 0 ? 0 : Math.max(1, failedTests);
  return { path: run.path, durationMs: run.durationMs, passed: counts.passed, failed, problems, notRun, output: run.output };
}

interface Counts {
  readonly summaries: number;
  readonly total: number;
  readonly passed: number;
  readonly skipped: number;
}

function count(output: string): Counts {
  const found = [...output.matchAll(SUMMARY)];
  const sum = (group: number): number => found.reduce((total, match) => total + Number(match[group]), 0);
  return { summaries: found.length, total: sum(1), passed: sum(2), skipped: sum(3) };
}

function endProblems(run: FileRun): string[] {
  if (run.end === "timed-out") return [`timed out after ${run.timeLimitMs / 1000} s`];
  if (run.end === "handles-open") return ["open handles: its tests were done, but the process did not end"];
  const problems: string[] = [];
  if (run.signal !== undefined) problems.push(`ended by ${run.signal}`);
  else if (run.exitCode !== 0) problems.push(`exit code ${run.exitCode}`);
  if (run.leftProcesses) problems.push("left processes running");
  return problems;
}

function countProblems(run: FileRun, counts: Counts): string[] {
  if (counts.summaries === 0) return run.end === "timed-out" ? [] : ["no test ran: is test.run() missing, or did the file end early?"];
  const problems: string[] = [];
  if (counts.total === 0) problems.push("no test ran: the file declares none");
  if (counts.passed < counts.total && run.exitCode === 0) {
    problems.push(`only ${counts.passed} of ${counts.total} tests ran: a hook threw (uvu drops its error)`);
  }
  if (counts.skipped > 0) problems.push(`${counts.skipped} skipped by test.skip or test.only; print "not run: REASON" where a check cannot run`);
  return problems;
}
