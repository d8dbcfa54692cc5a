import { test } from "uvu";
import * as assert from "uvu/assert";
import { readArguments } from "../../src/cli/arguments.ts";
import { UsageError } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { details, overview } from "../../src/cli/help.ts";
import { grid } from "../support/grid.ts";

function usageError(...args: string[]): UsageError {
  try {
    readArguments(COMMANDS, args);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`accepted: ${args.join(" ")}`);
}

test("flags may stand before and after parameters, with a space or =", () => {
  for (const args of [["exec", "--key", "k", "a.gs"], ["exec", "a.gs", "--key=k"]]) {
    const request = readArguments(COMMANDS, args);
    assert.is(request.kind, "run");
    if (request.kind !== "run") return;
    assert.equal([request.params, request.flags], [["a.gs"], { key: "k" }]);
  }
});

test("a text that begins with a dash is a text, not a flag", () => {
  for (const text of ["-5 .", "-", "--1", "- -- -"]) {
    const request = readArguments(COMMANDS, ["eval", text]);
    assert.equal(request.kind === "run" && request.params, [text]);
  }
  const afterDashes = readArguments(COMMANDS, ["eval", "--", "--json"]);
  assert.equal(afterDashes.kind === "run" && afterDashes.params, ["--json"]);
});

test("an unknown command names the nearest", () => {
  assert.is(usageError("evil").message, 'there is no command "evil".');
  assert.match(usageError("evil").hint, /^eval is the nearest/);
  assert.match(usageError("key", "nwe").hint, /^new is the nearest/);
  assert.is(usageError("xyzzy-plugh").hint, "grid help");
});

test("an unknown flag names the nearest", () => {
  assert.is(usageError("up", "--dta", "x").message, 'there is no flag of `grid up` "--dta".');
  assert.match(usageError("up", "--dta", "x").hint, /^--data is the nearest/);
});

test("missing and surplus parameters and values are named", () => {
  assert.match(usageError("eval").message, /^TEXT is missing/);
  assert.match(usageError("eval", "1", "2").message, /"2" is one argument too many/);
  assert.match(usageError("up", "--data").message, /^--data needs a value/);
  assert.match(usageError("up", "--json=yes").message, /^--json takes no value/);
});

test("every command has help with its usage, flags and at least one example", () => {
  for (const command of COMMANDS) {
    const request = readArguments(COMMANDS, [...command.name.split(" "), "--help"]);
    assert.is(request.kind, "help", command.name);
    const text = details(command);
    assert.ok(text.startsWith(`usage: grid ${command.name}`), command.name);
    assert.ok(command.examples.length > 0, command.name);
    for (const flag of command.flags) assert.ok(text.includes(flag.name), `${command.name} ${flag.name}`);
    for (const line of text.split("\n")) assert.ok(line.length <= 130, line);
  }
});

test("a flag that may be repeated is joined with commas, any other counts as given last", () => {
  const flags = (...args: readonly string[]) => {
    const request = readArguments(COMMANDS, ["up", ...args]);
    return request.kind === "run" ? request.flags : {};
  };
  assert.equal(flags("--peer", "127.0.0.1:1", "--peer=127.0.0.1:2"), { peer: "127.0.0.1:1,127.0.0.1:2" });
  assert.equal(flags("--ssh", "a:1", "--ssh", "a:2"), { ssh: "a:2" });
});

test("the examples in the help are accepted by the parser", () => {
  for (const { examples } of COMMANDS) {
    for (const { line } of examples) {
      const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
      assert.is(readArguments(COMMANDS, words).kind, "run", line);
    }
  }
});

test("help lists every command", () => {
  for (const { name } of COMMANDS) assert.ok(overview(COMMANDS).includes(`grid ${name}`), name);
});

test("exit codes: 0 for help, 2 for a wrong command line, with nothing on standard output", async () => {
  const [help, wrong, version] = await Promise.all([grid(["help", "key", "new"]), grid(["pu"]), grid(["--version"])]);
  assert.is(help.code, 0);
  assert.match(help.stdout, /^usage: grid key new NAME/);
  assert.equal([wrong.code, wrong.stdout], [2, ""]);
  assert.is(wrong.stderr, 'grid: there is no command "pu".\n  try: up is the nearest; all of them: grid help\n');
  assert.is(version.code, 0);
  assert.match(version.stdout, /^gridshell \d+\.\d+\.\d+, rules \d+ \(node /);
});

test.run();
