import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect, TestTerminal } from "./terminal.ts";
import { ecdsaFile, ed25519File } from "./ssh-keys.ts";
import { startTestShell, type TestShell } from "./test-shell.ts";

async function atTerminal(run: (terminal: TestTerminal, shell: TestShell) => Promise<void>, options: { size?: Parameters<typeof TestTerminal.open>[1]; privateKey?: string } = {}): Promise<void> {
  const shell = await startTestShell();
  const client = await connect(shell.port, options.privateKey === undefined ? {} : { privateKey: options.privateKey });
  try {
    const terminal = await TestTerminal.open(client, options.size);
    await terminal.waitFor("~>");
    await run(terminal, shell);
  } finally {
    client.end();
    await shell.shell.stop();
  }
}

test("the greeting names chain and identity, and says who sees what is typed", () =>
  atTerminal(async (terminal) => {
    assert.is(
      terminal.text(),
      [
        "GridShell, devnet 07070707, height 1",
        "You are alice (claimed: no key was proved).",
        "This node sees what you type. Nothing leaves your session until you commit:",
        "bt, then your work, then rt and ct. help explains words, exit leaves.",
        "~>",
      ].join("\n"),
    );
  }));

test("a key that cannot commit is told so", () =>
  atTerminal(async (terminal) => void (await terminal.waitFor("can log in but not commit")), { privateKey: ecdsaFile() }));

test("a proved key is shown by its fingerprint", () =>
  atTerminal(async (terminal) => void (await terminal.waitFor("(proved: ssh-ed25519 SHA256:")), { privateKey: ed25519File(1) }));

test("who shares a thread reads why it takes no lines, above what he types", () =>
  atTerminal(async (terminal, { node }) => {
    terminal.key("1 2 half");
    await terminal.waitFor("1 2 half");
    for (const tell of node.commitListeners) tell({ kind: "locked", holder: "plan", elsewhere: true });
    await terminal.waitFor(/plan: another session of yours commits it; no lines until its receipt\n~> 1 2 half$/);
    for (const tell of node.commitListeners) tell({ kind: "released", holder: "plan", elsewhere: true });
    await terminal.waitFor(/plan takes lines again\n~> 1 2 half$/);
    for (const tell of node.commitListeners) tell({ kind: "locked", holder: "main" });
    for (const tell of node.commitListeners) tell({ kind: "timed-out", holder: "main" });
    await terminal.waitFor(/again\n~> 1 2 half\nmain: the commit took too long and was given up; ct begins anew\n~> 1 2 half$/);
  }));

test("a line prints its result, ok and the depth of the stack", () =>
  atTerminal(async (terminal) => {
    terminal.type("2 3 + .");
    await terminal.waitFor(/~> 2 3 \+ \.\n5 ok\n~>/);
    terminal.type("1 2");
    await terminal.waitFor(/~> 1 2\nok <2> 1 2\n~>/);
  }));

test("a fault is shown under the line, and the session goes on", () =>
  atTerminal(async (terminal) => {
    terminal.type("1 7 nonsense");
    await terminal.waitFor("! LANG_UNKNOWN_WORD (-13): 'nonsense' is no word and no number\n  1 7 nonsense\n      ^\n  hint: ");
    terminal.type("1 .");
    await terminal.waitFor(/1 ok/);
  }));

test("the prompt shows recording, readiness and unfinished definitions", () =>
  atTerminal(async (terminal) => {
    terminal.type("bt do mkdir docs");
    await terminal.waitFor("~ [bt 1]>");
    terminal.type("rt");
    await terminal.waitFor("~ [rt 1]>");
    terminal.type(": square");
    await terminal.waitFor(/\n\.\.\.$/);
    terminal.type("dup * ;");
    await terminal.waitFor(/ok\n~ \[rt 1\]>$/);
  }));

test("the prompt says when the thread is behind, and sync brings it up", () =>
  atTerminal(async (terminal, { node }) => {
    Object.assign(node.threads[0] ?? {}, { behind: true });
    terminal.type("bt");
    await terminal.waitFor("~ [bt 0, behind]>");
    terminal.type("sync");
    await terminal.waitFor(/now at block 1\nok\n~ \[bt 0\]>$/);
  }));

test("of a deep stack the top is shown, as wide as the user likes", () =>
  atTerminal(async (terminal) => {
    terminal.type(Array.from({ length: 40 }, (_, index) => index).join(" "));
    await terminal.waitFor(/\nok <40> … 20 21 22 .* 38 39\n~>/);
    terminal.type("stack-line 8");
    await terminal.waitFor(/> stack-line 8\nok <40> … 38 39\n~>/);
    terminal.type("stack-line 0");
    await terminal.waitFor(/> stack-line 0\nok <40>\n~>/);
    terminal.type("stack-line x");
    await terminal.waitFor("! SHELL_BAD_ARGUMENT: stack-line takes 0 to 500 columns, found 'x'");
  }));

test("undo takes back the last good line, and says so when there is none", () =>
  atTerminal(async (terminal) => {
    terminal.type("1 2");
    terminal.type("3 4");
    await terminal.waitFor("ok <4> 1 2 3 4");
    terminal.type("undo");
    await terminal.waitFor(/> undo\ntook back: 3 4\nok <2> 1 2\n~>/);
  }));

test("Ctrl-C in an unfinished definition drops it", () =>
  atTerminal(async (terminal) => {
    terminal.type(": square dup");
    await terminal.waitFor(/\n\.\.\.$/);
    terminal.key("\x03");
    await terminal.waitFor(/\^C\ndropped: : square dup\n~>$/);
  }));

test("Ctrl-C stops a line that would not end, and Ctrl-D leaves", () =>
  atTerminal(async (terminal, { node }) => {
    terminal.type("loop");
    await terminal.waitFor("> loop");
    terminal.key("\x03");
    await terminal.waitFor("! LANG_ABORT (-2): interrupted");
    await terminal.waitFor(/~>$/);
    terminal.key("\x04");
    await terminal.untilClosed();
    assert.is(terminal.exitCode, 0);
    await node.threads[0]?.untilClosed;
  }));

test("keys edit the line: cursor, words, ends, history", () =>
  atTerminal(async (terminal) => {
    terminal.key("2 4\x1b[D\x1b[D\x1b[D1\x05 + .\x01\x1b[C\x7f5\r"); // 12 4 + . with the 1 replaced by 5
    await terminal.waitFor(/52 4 \+ \.\n56 ok/);
    terminal.type("7 .");
    await terminal.waitFor("7 ok");
    terminal.key("\x1b[A\x1b[A\r");
    await terminal.waitFor(/56 ok[^]*56 ok/);
    terminal.key("1 2 word\x17.\r");
    await terminal.waitFor(/1 2 \.\n2 ok <1> 1/);
    terminal.key("left over\x03");
    await terminal.waitFor("left over^C");
  }));

test("pasted text waits for Enter and runs as several lines", () =>
  atTerminal(async (terminal, { node }) => {
    terminal.paste("1 2\n+ .\n");
    await terminal.waitFor(/1 2\n\+ \.\n$|1 2\n\+ \.$/);
    assert.equal(node.threads[0]?.stack, []);
    terminal.key("\r");
    await terminal.waitFor("3 ok");
  }));

test("one key takes away one character as people see it", () =>
  atTerminal(async (terminal) => {
    terminal.key("👨‍👩‍👧");
    terminal.key("e\u0301");
    terminal.key("\x7f\x7f1 .\r");
    await terminal.waitFor(/~> 1 \.\n1 ok/);
  }));

test("a character cut between two packets stays whole", () =>
  atTerminal(async (terminal) => {
    const bytes = Buffer.from("é");
    terminal.key(bytes.subarray(0, 1) as unknown as string);
    terminal.key(bytes.subarray(1) as unknown as string);
    await terminal.waitFor("~> é");
  }));

test("a line longer than the terminal is edited across rows", () =>
  atTerminal(
    async (terminal) => {
      terminal.key("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
      await terminal.waitFor("16");
      terminal.key("\x01\x1b[3~9\x05\r");
      await terminal.waitFor("ok <16> … 14 15 16");
      assert.match(terminal.text(), /^~> 9 2 3 4 5 6 7 8 9 1$/m);
    },
    { size: { columns: 22 } },
  ));

test("a program sees the size of the window, also after it changed", () =>
  atTerminal(async (terminal) => {
    terminal.type("columns");
    await terminal.waitFor("80 ok");
    terminal.resize(100, 30);
    terminal.type("columns");
    await terminal.waitFor("100 ok");
  }));

test("a program that waits gets the key that is pressed, or was pressed before", () =>
  atTerminal(async (terminal) => {
    terminal.type("key .");
    await terminal.waitFor("> key .");
    terminal.key("A");
    await terminal.waitFor("65 ok");
    terminal.key("key .\rB");
    await terminal.waitFor("66 ok");
  }));

test("escape sequences of programs do not reach the terminal, colours do", () =>
  atTerminal(async (terminal) => {
    let title = "";
    terminal.screen.onTitleChange((text: string) => (title = text));
    terminal.type("hostile");
    await terminal.waitFor("␛]0;owned");
    await terminal.waitFor(/ok\n~>/);
    assert.is(title, "");
    assert.match(terminal.text(), "ared�5n␛[2J");
    assert.match(terminal.text(), "GridShell");
  }));

test("bye ends the session with the exit status it is told", () =>
  atTerminal(async (terminal) => {
    terminal.type("4 bye");
    await terminal.untilClosed();
    assert.is(terminal.exitCode, 4);
  }));

test("more than can be edited at once is refused whole", () =>
  atTerminal(async (terminal) => {
    terminal.paste("1 ".repeat(40_000));
    terminal.key("\r");
    await terminal.waitFor("LANG_BAD_INPUT");
  }));

test.run();
