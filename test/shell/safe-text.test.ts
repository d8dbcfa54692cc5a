import { test } from "uvu";
import * as assert from "uvu/assert";
import { utf8 } from "../../lang/base/bytes.ts";
import { safeText, TerminalFilter } from "../../shell/render/safe-text.ts";

const HOSTILE = [
  "\x1b]0;title\x07", "\x1b]52;c;cm0gLXJm\x07", "\x1b[2J", "\x1b[?1049h", "\x1b[6n", "\x1bP1$r0m\x1b\\", "\x1b_x\x1b\\", "\x1bc", "\x1b[31;5Hm",
  "\u009b2J", "\u009d0;x\u009c", "\u0090x\u009c", "\x0e", "\x05", "\x1b[38;5;1", "\x1b(0", "\x7f", "\x1b[>c", `\x1b[${"1;".repeat(40)}m`, "\x1b\x1b[2J", "\x00",
];
/** Everything a terminal may be told: text, the plain controls, and colours. */
const HARMLESS = /^(?:[^\x00-\x1f\x7f-\x9f]|[\t\r\n\b\x07]|\x1b\[[0-9;]{0,32}m)*$/;

test("whatever a program prints, in whatever pieces, only text and colours reach the terminal", () => {
  for (const hostile of HOSTILE) {
    const bytes = utf8(`a${hostile}b\x1b[1;31mred\x1b[0m`);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const filter = new TerminalFilter();
      const shown = filter.push(bytes.subarray(0, cut)) + filter.push(bytes.subarray(cut)) + filter.flush();
      assert.match(shown, HARMLESS, JSON.stringify(hostile));
      assert.ok(shown.endsWith("b\x1b[1;31mred\x1b[0m"), JSON.stringify([hostile, cut, shown]));
    }
  }
});

test("bytes that are no UTF-8 become replacement characters, and a raw C1 byte does nothing", () => {
  const filter = new TerminalFilter();
  assert.is(filter.push(Uint8Array.of(0x61, 0x9b, 0x32, 0x4a, 0xff)) + filter.flush(), "a�2J�");
});

test("newlines become those of a terminal, other text stays as it is", () => {
  const filter = new TerminalFilter();
  assert.is(filter.push(utf8("é漢\n\tx\r\n")) + filter.flush(), "é漢\r\n\tx\r\r\n");
});

test("an escape that ends the output is shown, not kept for the next line", () => {
  const filter = new TerminalFilter();
  assert.is(filter.push(utf8("a\x1b[")), "a");
  assert.is(filter.flush(), "␛[");
  assert.is(filter.push(utf8("2J")), "2J");
});

test("our own messages hold no control character and no change of direction", () => {
  assert.is(safeText("a\nb\x1b[2Jc\u202ed\u009b"), "a␊b␛[2Jc�d�");
});

test.run();
