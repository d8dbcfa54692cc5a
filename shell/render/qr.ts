import { encode } from "uqr";

/**
 * A QR code as rows of modules, true for dark, without quiet zone. Level L, which is enough on a screen and
 * keeps the code small; no boost, for the same reason.
 */
export function qrMatrix(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: "L", boostEcc: false, border: 0 }).data;
}

/** Modules of light around the code. The standard asks for 4; 1 was decoded from every terminal theme tried, and fits. */
export const QUIET_ZONE = 1;
const RESET = "\x1b[0m";
/** Black and white of the 256-colour cube: themes repaint the first 16 colours, not these. */
const DARK = 16;
const LIGHT = 231;

/** Columns and rows the drawing takes. */
export function qrSize(matrix: readonly (readonly boolean[])[]): { readonly columns: number; readonly rows: number } {
  const modules = matrix.length + 2 * QUIET_ZONE;
  return { columns: modules, rows: Math.ceil(modules / 2) };
}

/**
 * Two modules to a character. Where both are the same a space on that background; `▄` only for mixed ones:
 * black-on-white half-blocks leave seams between rows in real terminals and do not decode. Lines end in `\n`.
 */
export function drawQr(matrix: readonly (readonly boolean[])[]): string {
  const { columns, rows } = qrSize(matrix);
  let out = "";
  for (let row = 0; row < rows; row++) {
    let colours = "";
    for (let column = 0; column < columns; column++) {
      const upper = moduleAt(matrix, 2 * row, column);
      const lower = moduleAt(matrix, 2 * row + 1, column);
      const next = upper === lower ? `\x1b[48;5;${upper}m` : `\x1b[38;5;${lower};48;5;${upper}m`;
      if (next !== colours) out += next;
      colours = next;
      out += upper === lower ? " " : "▄";
    }
    out += `${RESET}\n`;
  }
  return out;
}

/** Columns and rows of the plain drawing. */
export function plainQrSize(matrix: readonly (readonly boolean[])[]): { readonly columns: number; readonly rows: number } {
  const { columns } = qrSize(matrix);
  return { columns: 2 * columns, rows: columns };
}

/** The same for terminals without colours or block characters, and paper: two characters to a module, `##` for dark. */
export function drawQrPlain(matrix: readonly (readonly boolean[])[]): string {
  const { columns } = qrSize(matrix);
  const lines = Array.from({ length: columns }, (_, row) =>
    Array.from({ length: columns }, (_, column) => (moduleAt(matrix, row, column) === DARK ? "##" : "  ")).join("").trimEnd(),
  );
  return `${lines.join("\n")}\n`;
}

function moduleAt(matrix: readonly (readonly boolean[])[], row: number, column: number): number {
  return matrix[row - QUIET_ZONE]?.[column - QUIET_ZONE] === true ? DARK : LIGHT;
}
