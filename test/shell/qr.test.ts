import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import xterm, { type IBufferCell } from "@xterm/headless";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { intentText } from "../../shell/render/intent.ts";
import { drawQr, drawQrPlain, QUIET_ZONE, qrMatrix, qrSize } from "../../shell/render/qr.ts";
import { haveClients } from "../support/clients.ts";
import { DARK, LIGHT, pictureOf } from "../support/picture.ts";

/** As long as an intent for a named package gets: 103 bytes in base32. */
const INTENT = `GS:${"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".repeat(6).slice(0, 165)}`;

/** What the text looks like on a terminal: rows of cells. */
function shown(text: string, columns: number, rows: number): Promise<IBufferCell[][]> {
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  return new Promise((resolve) =>
    screen.write(text.replaceAll("\n", "\r\n"), () => {
      const buffer = screen.buffer.active;
      resolve(
        Array.from({ length: rows }, (_, y) =>
          Array.from({ length: columns }, (__, x) => buffer.getLine(buffer.viewportY + y)?.getCell(x)).filter((cell) => cell !== undefined),
        ),
      );
      screen.dispose();
    }),
  );
}

/** Reads the drawn characters back: true for dark. */
function readBack(cells: IBufferCell[][], modules: number): boolean[][] {
  const dark = (colour: number): boolean => colour === 16;
  const size = modules + 2 * QUIET_ZONE;
  const all = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (__, column) => {
      const cell = cells[row >> 1]?.[column];
      if (cell === undefined) throw new Error(`no cell at ${row}, ${column}`);
      const lower = cell.getChars() === "▄" ? cell.getFgColor() : cell.getBgColor();
      return dark(row % 2 === 0 ? cell.getBgColor() : lower);
    }),
  );
  return all.slice(QUIET_ZONE, -QUIET_ZONE).map((row) => row.slice(QUIET_ZONE, -QUIET_ZONE));
}

test("the drawn characters read back as the matrix, quiet zone light", async () => {
  for (const text of ["A", INTENT, INTENT.repeat(4)]) {
    const matrix = qrMatrix(text);
    const { columns, rows } = qrSize(matrix);
    const cells = await shown(drawQr(matrix), columns + 1, rows + 1);
    assert.equal(readBack(cells, matrix.length), matrix);
    assert.ok(cells[0]?.slice(0, columns).every((cell) => cell.getBgColor() === 231));
  }
});

test("the plain form reads back as the matrix", () => {
  const matrix = qrMatrix(INTENT);
  const lines = drawQrPlain(matrix).split("\n").slice(QUIET_ZONE, QUIET_ZONE + matrix.length);
  assert.equal(lines.map((line) => Array.from({ length: matrix.length }, (_, x) => line.slice(2 * (x + QUIET_ZONE), 2 * (x + QUIET_ZONE) + 2) === "##")), matrix);
});

test("the matrix has the size that qrcode-terminal's encoder gives, and the same modules under the same mask", () => {
  // qrcode-terminal always picks byte mode, so the text has a lower-case letter, for which uqr does as well.
  const require = createRequire(import.meta.url);
  const QrCode = require("qrcode-terminal/vendor/QRCode") as new (version: number, level: number) => { addData(text: string): void; make(): void; modules: boolean[][] };
  const levels = require("qrcode-terminal/vendor/QRCode/QRErrorCorrectLevel") as { readonly L: number };
  let compared = 0;
  for (const text of ["hello", ...Array.from({ length: 20 }, (_, i) => `gs:${"abc".repeat(3 * i + 1)}`)]) {
    const oracle = new QrCode(-1, levels.L);
    oracle.addData(text);
    oracle.make();
    const matrix = qrMatrix(text);
    assert.is(matrix.length, oracle.modules.length, text);
    if (format(matrix) !== format(oracle.modules)) continue; // another of the eight masks, which is as good
    assert.equal(matrix, oracle.modules.map((row) => row.map(Boolean)), text);
    compared++;
  }
  assert.ok(compared > 0, "no two masks were the same");
});

/** The 15 bits of level and mask beside the upper left finder. */
function format(matrix: readonly (readonly boolean[])[]): string {
  const row = [0, 1, 2, 3, 4, 5, 7, 8].map((x) => matrix[8]?.[x]);
  const column = [7, 5, 4, 3, 2, 1, 0].map((y) => matrix[y]?.[8]);
  return [...row, ...column].map((bit) => (bit === true ? "1" : "0")).join("");
}

test("an intent fits a terminal of 80×24, and a smaller one is told the size it needs", async () => {
  const text = intentText(INTENT, { columns: 80, rows: 24 });
  assert.match(text, "\x1b[48;5;231m");
  assert.match(text, `grid sign ${INTENT}`);
  const small = intentText(INTENT, { columns: 80, rows: 20 });
  assert.match(small, /The QR code needs \d+ columns and \d+ rows; this terminal has 80 and 20\./);
  assert.not.match(small, "\x1b");
  assert.not.match(intentText(INTENT, undefined), "\x1b");
});

test("zbarimg decodes the intent from the terminal, on dark and on light themes", async () => {
  if (!haveClients("QR code decoded from a terminal", "zbarimg")) return;
  const folder = mkdtempSync(join(tmpdir(), "gridshell-qr-"));
  try {
    for (const [name, theme] of Object.entries({ DARK, LIGHT })) {
      const cells = await shown(`${intentText(INTENT, { columns: 80, rows: 24 })}~> `, 80, 24);
      const path = join(folder, `${name}.png`);
      writeFileSync(path, pictureOf(cells, theme));
      const { stdout, status } = spawnSync("zbarimg", ["--quiet", "--raw", path], { encoding: "utf8" });
      assert.equal([status, stdout.trim()], [0, INTENT], name);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
