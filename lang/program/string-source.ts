import { badProgram } from "./bad-program.ts";

const ESCAPES: Readonly<Record<number, string>> = { 7: "\\a", 8: "\\b", 27: "\\e", 12: "\\f", 10: "\\n", 34: "\\q", 13: "\\r", 9: "\\t", 11: "\\v", 0: "\\z", 92: "\\\\" };

/** A string as `s" …"`, or `s\" …"` with escapes where it needs them. */
export function stringSource(bytes: Uint8Array): { readonly plain: boolean; readonly source: string } {
  if (isPlain(bytes)) return { plain: true, source: textOf(bytes) };
  return { plain: false, source: Array.from(bytes, escaped).join("") };
}

function escaped(byte: number): string {
  return ESCAPES[byte] ?? (byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte));
}

/** The text between the quotes of a literal that has no escapes. */
export function countedText(bytes: Uint8Array): string {
  return isPlain(bytes) ? textOf(bytes) : badProgram("a string that no literal can hold");
}

/** Printable, without a quote, and valid UTF-8: it can stand in a line as it is. */
function isPlain(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 32 || byte === 34 || byte === 127)) return false;
  return Buffer.from(textOf(bytes), "utf8").equals(bytes) && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u.test(textOf(bytes));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
