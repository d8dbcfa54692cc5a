import type { TerminalView } from "../session-io.ts";
import { drawQr, drawQrPlain, plainQrSize, qrMatrix, qrSize } from "./qr.ts";

/** The prompt's row, below the code. */
const ROWS_BELOW = 1;

/**
 * A request for a signature as a signer can take it: a QR code if the terminal has room for it, and the same as
 * text. Without a terminal only the text.
 */
export function intentText(intent: string, terminal: TerminalView | undefined, drawn: "colour" | "plain" = "colour"): string {
  return drawnText({ intent, word: "ct", text: `Sign with a device, or in another terminal:\n  grid sign ${intent}\nCtrl-C stops waiting; what you recorded stays.\n` }, terminal, drawn);
}

/** The same for a login. With a QR code it takes at most 80 columns and 24 rows, the prompt below it included. */
export function loginText(intent: string, terminal: TerminalView | undefined, drawn: "colour" | "plain" = "colour"): string {
  return drawnText({ intent, word: "logmein", text: `Prove your key with a device, or: grid sign ${intent}\nCtrl-C stops waiting.\n` }, terminal, drawn);
}

interface Drawn {
  readonly intent: string;
  /** What made it. */
  readonly word: string;
  readonly text: string;
}

function drawnText({ intent, word, text }: Drawn, terminal: TerminalView | undefined, drawn: "colour" | "plain"): string {
  if (terminal === undefined) return text;
  const matrix = qrMatrix(intent);
  const { columns, rows } = drawn === "plain" ? plainQrSize(matrix) : qrSize(matrix);
  const fits = columns <= terminal.columns && rows + ROWS_BELOW <= terminal.rows;
  if (fits) return `${text}${drawn === "plain" ? drawQrPlain(matrix) : drawQr(matrix)}`;
  return `${text}The QR code needs ${columns} columns and ${rows + ROWS_BELOW} rows; this terminal has ${terminal.columns} and ${terminal.rows}. Enlarge it and type ${word} again.\n`;
}
