/**
 * What `help WORD` says beyond the table of words, which has effect and price: one sentence, and a line
 * that runs on an empty machine with exactly what it prints. Tested for every word.
 */
export interface WordHelp {
  readonly word: string;
  readonly text: string;
  readonly example: { readonly line: string; readonly prints: string };
}

/** One entry, in the order people read it. */
export function help(word: string, text: string, line: string, prints: string): WordHelp {
  return { word, text, example: { line, prints } };
}
