import { utf8 } from "../base/bytes.ts";
import type { SourceSpot } from "../fault.ts";
import { lossyText } from "./lossy-text.ts";

/** Length in UTF-16 units of the text that bytes spell. */
export function textLength(bytes: Uint8Array): number {
  return lossyText(bytes).length;
}

/** A spot from a line and a place in its UTF-8; at most 4,096 characters of a long line are kept, around the spot. */
export function makeSpot(source: string, line: number, text: string, columnBytes: number, lengthBytes: number): SourceSpot {
  const bytes = utf8(text);
  const column = textLength(bytes.subarray(0, columnBytes));
  const length = Math.max(1, textLength(bytes.subarray(columnBytes, columnBytes + lengthBytes)));
  if (text.length <= 4_096) return { source, line, column, length, text };
  const from = Math.max(0, column - 2_048);
  return { source, line, column: column - from, length: Math.min(length, 4_096), text: text.slice(from, from + 4_096) };
}
