import { test } from "uvu";
import * as assert from "uvu/assert";
import xterm from "@xterm/headless";
import { utf8 } from "../../lang/base/bytes.ts";
import { Pager } from "../../shell/pager.ts";
import { withRealNode } from "./real-node.ts";
import { ed25519File } from "./ssh-keys.ts";
import { connect, TestTerminal } from "./terminal.ts";

/** A pager on a screen of 20×5; what the screen shows after some keys. */
function paging(text: string) {
  const terminal = new xterm.Terminal({ cols: 20, rows: 5, allowProposedApi: true });
  const pager = new Pager({ content: utf8(text), title: "~/note" }, { columns: 20, rows: 5 }, (out) => void terminal.write(out));
  pager.start();
  return {
    pager,
    async after(keys: string): Promise<string> {
      pager.keys(utf8(keys));
      await new Promise<void>((resolve) => terminal.write("", resolve));
      return Array.from({ length: 5 }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? "").join("|");
    },
  };
}
const numbers = (count: number): string => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join("");

test("keys move as in less, and never beyond the ends", async () => {
  const { after } = paging(numbers(10));
  assert.is(await after(""), "1|2|3|4|~/note  4 of 10  sp");
  assert.is(await after(" "), "5|6|7|8|~/note  8 of 10  sp");
  assert.is(await after("f"), "7|8|9|10|~/note  10 of 10  s");
  assert.is(await after("j"), "7|8|9|10|~/note  10 of 10  s");
  assert.is(await after("kk"), "5|6|7|8|~/note  8 of 10  sp");
  assert.is(await after("g"), "1|2|3|4|~/note  4 of 10  sp");
  assert.is(await after("k\x1b[A"), "1|2|3|4|~/note  4 of 10  sp");
  assert.is(await after("\x1b[6"), "1|2|3|4|~/note  4 of 10  sp", "half a sequence waits");
  assert.is(await after("~\x1b[Bb"), "2|3|4|5|~/note  5 of 10  sp");
  assert.is(await after("G?x"), "7|8|9|10|~/note  10 of 10  s");
});

test("long and wide lines are wrapped, tabs set, control characters shown, and a resize keeps the place", async () => {
  const { pager, after } = paging(`${"x".repeat(25)}\na\tb\n\x1b[2J\n漢字漢字漢字漢字漢字漢\nend\n`);
  assert.is(await after(""), "xxxxxxxxxxxxxxxxxxxx|xxxxx|a       b|␛[2J|~/note  4 of 7  spa");
  assert.is(await after("G"), "␛[2J|漢字漢字漢字漢字漢字|漢|end|~/note  7 of 7  spa");
  pager.resized({ columns: 20, rows: 4 });
  assert.match(await after("g"), /^x{20}\|xxxxx\|a {7}b\|/);
});

test("q and Ctrl-C leave; a text that fits needs no pager", () => {
  for (const key of ["q", "\x03", " q", "\x04"]) assert.ok(paging(numbers(10)).pager.keys(utf8(key)), JSON.stringify(key));
  assert.not.ok(paging(numbers(10)).pager.keys(utf8(" ")));
  assert.ok(paging(numbers(4)).pager.fits);
  assert.not.ok(paging(numbers(5)).pager.fits);
});

test("less pages a long file at a terminal, prints a short one, and the session goes on", () =>
  withRealNode(async ({ port }) => {
    const client = await connect(port, { privateKey: ed25519File(3) });
    const terminal = await TestTerminal.open(client);
    await terminal.waitFor("~>");
    terminal.type("echo short > a");
    terminal.type("less a");
    await terminal.waitFor(/less a\nshort\n ?ok/);
    terminal.type(": fill 60 0 do 'line\\n' 'long' appendEx loop ;  fill");
    terminal.type("less long");
    await terminal.waitFor(/long {2}23 of 60/);
    terminal.key("G");
    await terminal.waitFor(/long {2}60 of 60/);
    terminal.key("q");
    await terminal.waitFor(/less long\n ?ok/);
    terminal.type("1 2 + .");
    await terminal.waitFor("3 ok");
    client.end();
  }));

test.run();
