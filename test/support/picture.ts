import { crc32, deflateSync } from "node:zlib";
import type { IBufferCell } from "@xterm/headless";

/** A cell of a terminal is about twice as high as wide. */
const CELL_WIDTH = 8;
const CELL_HEIGHT = 16;
const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Brightness of the sixteen base colours as xterm shows them: dark ones first, then light ones. */
const BASE_BRIGHTNESS = [0, 60, 150, 180, 30, 75, 165, 229, 127, 105, 190, 226, 60, 120, 210, 255];
const CUBE_STEPS = [0, 95, 135, 175, 215, 255];

export interface Theme {
  /** Brightness 0–255 of the default colours. */
  readonly background: number;
  readonly foreground: number;
}
export const DARK: Theme = { background: 0, foreground: 229 };
export const LIGHT: Theme = { background: 255, foreground: 0 };

/**
 * A picture, as PNG, of what a terminal shows: backgrounds and block characters, which is all that a QR code
 * is drawn with; letters are left out. Grey is enough for whoever reads codes.
 */
export function pictureOf(rows: readonly (readonly IBufferCell[])[], theme: Theme): Uint8Array {
  const columns = rows[0]?.length ?? 0;
  const width = columns * CELL_WIDTH;
  const pixels = Buffer.alloc((width + 1) * rows.length * CELL_HEIGHT);
  rows.forEach((cells, row) => {
    cells.forEach((cell, column) => {
      const { upper, lower } = halves(cell, theme);
      for (let y = 0; y < CELL_HEIGHT; y += 1) {
        const start = (row * CELL_HEIGHT + y) * (width + 1) + 1 + column * CELL_WIDTH; // each row begins with its filter, 0
        pixels.fill(y < CELL_HEIGHT / 2 ? upper : lower, start, start + CELL_WIDTH);
      }
    });
  });
  return encodePng(width, rows.length * CELL_HEIGHT, pixels);
}

function halves(cell: IBufferCell, theme: Theme): { readonly upper: number; readonly lower: number } {
  const plain = { fore: brightness(cell.getFgColor(), cell.isFgDefault(), cell.isFgRGB(), theme.foreground), back: brightness(cell.getBgColor(), cell.isBgDefault(), cell.isBgRGB(), theme.background) };
  const { fore, back } = cell.isInverse() !== 0 ? { fore: plain.back, back: plain.fore } : plain;
  switch (cell.getChars()) {
    case "█": return { upper: fore, lower: fore };
    case "▀": return { upper: fore, lower: back };
    case "▄": return { upper: back, lower: fore };
    default: return { upper: back, lower: back };
  }
}

function brightness(color: number, isDefault: boolean, isRgb: boolean, otherwise: number): number {
  if (isDefault) return otherwise;
  if (isRgb) return grey(color >> 16, (color >> 8) & 255, color & 255);
  if (color < 16) return BASE_BRIGHTNESS[color] ?? 0;
  if (color >= 232) return 8 + (color - 232) * 10;
  const cube = color - 16;
  const step = (index: number): number => CUBE_STEPS[index] ?? 0;
  return grey(step(Math.floor(cube / 36)), step(Math.floor(cube / 6) % 6), step(cube % 6));
}

function grey(red: number, green: number, blue: number): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}

/** Grey, 8 bit, one IDAT. Source: PNG specification, second edition. */
function encodePng(width: number, height: number, filteredRows: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([PNG_SIGNATURE, chunk("IHDR", header), chunk("IDAT", deflateSync(filteredRows)), chunk("IEND", new Uint8Array())]);
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const size = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}
