/** Columns that text takes in a terminal, by grapheme: what users see as one character. */

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** East Asian wide and fullwidth ranges (Unicode 15, UAX 11), and what is drawn as an emoji. */
const WIDE = /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|^\p{Emoji}\ufe0f/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

/** What a person sees as one character each. */
export function graphemes(text: string): string[] {
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Columns of a terminal: 0, 1 or 2. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.charCodeAt(0) < 0x300) return 1;
  if (ZERO.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Columns of a terminal. */
export function textWidth(text: string): number {
  let width = 0;
  for (const part of graphemes(text)) width += graphemeWidth(part);
  return width;
}
