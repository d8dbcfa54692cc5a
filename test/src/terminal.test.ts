import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "uqr";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { haveClients } from "../support/clients.ts";
import { run } from "../support/grid.ts";
import { DARK, LIGHT, pictureOf } from "../support/picture.ts";
import { inTerminal } from "../support/terminal.ts";

// The test terminal itself: what the end-to-end tests and the tutorials stand on.

test("a program in the terminal has the size asked for, gets what is typed, and ends", async () => {
  if (!haveClients("the test terminal", "script")) return;
  await inTerminal("sh -c 'stty size; read line; echo \"got $line\"; exit 3'", { columns: 90, rows: 20 }, async (terminal) => {
    await terminal.waitFor(/^20 90$/m);
    terminal.type("hello\r");
    await terminal.waitFor(/^got hello$/m);
    assert.is(await terminal.ended(), 3);
  });
});

test("waiting for what does not come shows the screen", async () => {
  if (!haveClients("the test terminal", "script")) return;
  await inTerminal("sh -c 'echo something else; read line'", {}, async (terminal) => {
    await terminal.waitFor(/something/);
    const error = await terminal.waitFor(/never/, 50).catch((each: Error) => each);
    assert.match((error as Error).message, /no \/never\/ within 50 ms; the screen:\nsomething else/);
  });
});

/** Two modules in a character: upper half in the background colour, lower half in the foreground colour. */
function drawn(text: string): string {
  const { data } = encode(text, { ecc: "L", border: 2 });
  const color = (dark: boolean | undefined): number => (dark === true ? 16 : 231);
  let art = "";
  for (let row = 0; row < data.length; row += 2) {
    const cells = data[row]?.map((upper, column) => `\\033[48;5;${color(upper)};38;5;${color(data[row + 1]?.[column])}m▄`) ?? [];
    art += `${cells.join("")}\\033[0m\\n`;
  }
  return art;
}

test("a QR code on the screen is read from its picture, on dark and light themes", async () => {
  if (!haveClients("reading a QR code from the screen", "script", "zbarimg")) return;
  const script = join(tmpdir(), "draw.sh");
  writeFileSync(script, `printf '${drawn("GS:THEQUICKBROWNFOX")}drawn'; read line`);
  await inTerminal(`sh ${script}`, { columns: 80, rows: 24 }, async (terminal) => {
    await terminal.waitUntil((each) => each.cursorLine() === "drawn", "a picture");
    for (const theme of [DARK, LIGHT]) {
      const picture = join(tmpdir(), "screen.png");
      writeFileSync(picture, pictureOf(terminal.cells(), theme));
      assert.is((await run("zbarimg", ["-q", "--raw", picture])).stdout, "GS:THEQUICKBROWNFOX\n");
    }
  });
});

test.run();
