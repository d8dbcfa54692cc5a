import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "./judge.ts";
import type { Verdict } from "./judge.ts";
import { summary } from "./report.ts";
import { runFile } from "./run-file.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function verdictOn(fixture: string, rules = { requireClients: false }): Promise<Verdict> {
  const run = await runFile(root, `test/runner/fixtures/${fixture}.fixture.ts`, { long: false, timeLimitMs: 5_000, graceMs: 300 });
  return judge(run, rules);
}

async function problemOf(fixture: string): Promise<string> {
  const verdict = await verdictOn(fixture);
  assert.ok(verdict.failed >= 1, `${fixture} counts as failed`);
  return verdict.problems.join("; ");
}

test("a file whose tests pass is counted", async () => {
  const verdict = await verdictOn("passes");
  assert.equal([verdict.passed, verdict.failed, verdict.problems], [2, 0, []]);
});

test("a failing test fails its file, and the others still count", async () => {
  const verdict = await verdictOn("fails");
  assert.equal([verdict.passed, verdict.failed, verdict.problems], [1, 1, ["exit code 1"]]);
  assert.match(verdict.output, /FAIL +"wrong"/);
});

test("a missing run() fails", async () => {
  assert.match(await problemOf("no-run"), /no test ran: is test.run\(\) missing/);
});

test("a file without tests fails", async () => {
  assert.match(await problemOf("no-test"), /no test ran/);
});

test("a throwing hook fails, whichever it is", async () => {
  assert.match(await problemOf("before-throws"), /only 0 of 1 tests ran: a hook threw/);
  assert.match(await problemOf("after-each-throws"), /hook threw|exit code/);
  assert.match(await problemOf("after-throws"), /hook threw|exit code/);
});

test("an open handle fails, and is named", async () => {
  const verdict = await verdictOn("open-handle");
  assert.match(verdict.problems.join(), /open handles/);
  assert.match(verdict.output, /still open: .*TCPServerWrap/);
});

test("a file that takes too long fails", async () => {
  const run = await runFile(root, "test/runner/fixtures/hangs.fixture.ts", { long: false, timeLimitMs: 700 });
  assert.equal(judge(run, { requireClients: false }).problems, ["timed out after 0.7 s"]);
});

test("an unhandled rejection fails", async () => {
  assert.match(await problemOf("rejects"), /exit code/);
});

test("a process left behind fails, and is ended", async () => {
  assert.match(await problemOf("leaves-process"), /left processes running/);
});

test("test.only fails, so that it is not committed", async () => {
  assert.match(await problemOf("only"), /1 skipped|2 skipped/);
});

test("what could not run is listed, and fails when clients are required, except long runs", async () => {
  const lenient = await verdictOn("not-run");
  assert.equal(lenient.notRun, ["the picture (needs a camera)", "long run: the marathon"]);
  assert.equal(lenient.problems, []);
  const strict = await verdictOn("not-run", { requireClients: true });
  assert.equal(strict.problems, ["REQUIRE_CLIENTS is set, but it was not run: the picture (needs a camera)"]);
});

test("the report ends with the two counts alone on a line", async () => {
  const text = summary([await verdictOn("passes"), await verdictOn("fails")]);
  assert.match(text, /\n3 passed, 1 failed\n$/);
  assert.match(text, /FAILED test\/runner\/fixtures\/fails\.fixture\.ts/);
});

test.run();
