/** Where a fault happened, so that it can be shown with a caret. Lines count from 1, columns from 0 in UTF-16 units. */
export interface SourceSpot {
  readonly source: string; // "prompt", a file name, "package"
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text: string; // the whole line, cut to 4,096 characters around the spot
}

/**
 * Every way GridScript refuses. `THROW` numbers stand in `lang/throw-codes.ts`; text and hint of each
 * in `shell/render/faults.ts`.
 */
export type LangFault =
  | { readonly code: "LANG_UNDERFLOW"; readonly word: string; readonly needs: number; readonly depth: number }
  | { readonly code: "LANG_OVERFLOW"; readonly stack: "data" | "return" | "control"; readonly limit: number }
  | { readonly code: "LANG_RETURN_UNDERFLOW"; readonly word: string }
  /**
   * `subject`: the subject of the stdlib that has such a word and was not loaded. `after`: the shell word before it, which takes
   * words only where it begins its line. `remedy`: what to type here for what such a name does elsewhere. `open`: the definition that
   * an earlier line began.
   */
  | { readonly code: "LANG_UNKNOWN_WORD"; readonly word: string; readonly nearest: readonly string[]; readonly subject?: string; readonly after?: string; readonly remedy?: string; readonly open?: string }
  | { readonly code: "LANG_COMPILE_ONLY"; readonly word: string }
  | { readonly code: "LANG_OUT_OF_ERG"; readonly ergLimit: number }
  | { readonly code: "LANG_BAD_ADDRESS"; readonly word: string; readonly address: string }
  | { readonly code: "LANG_DIVIDE_BY_ZERO"; readonly word: string }
  | { readonly code: "LANG_RESULT_RANGE"; readonly word: string }
  | { readonly code: "LANG_WRONG_KIND"; readonly word: string; readonly expected: string; readonly found: string; readonly shown: string }
  | { readonly code: "LANG_BOXED_STORE"; readonly word: string; readonly found: string }
  | { readonly code: "LANG_MEMORY_FULL"; readonly limitBytes: number }
  | { readonly code: "LANG_CALL_DEPTH"; readonly limit: number }
  | { readonly code: "LANG_TOO_LARGE"; readonly what: string; readonly limit: number }
  | { readonly code: "LANG_UNBALANCED"; readonly word: string; readonly opened?: string }
  | { readonly code: "LANG_UNCLOSED_QUOTE"; readonly quote: string }
  | { readonly code: "LANG_BAD_ESCAPE"; readonly escape: string }
  | { readonly code: "LANG_BAD_INPUT"; readonly reason: "utf8" | "nul" | "line-length"; readonly limit?: number }
  | { readonly code: "LANG_MISSING_NAME"; readonly word: string }
  | { readonly code: "LANG_BAD_PARAMETER"; readonly word: string; readonly parameter: string; readonly expected: string; readonly found: string; readonly usage: string }
  | { readonly code: "LANG_OUTSIDE_PLACE"; readonly word: string }
  | { readonly code: "LANG_UNSUPPORTED"; readonly word: string; readonly instead: string }
  | { readonly code: "LANG_ABORT"; readonly message: string }
  | { readonly code: "LANG_THROW"; readonly number: number; readonly message?: string }
  | { readonly code: "LANG_UNKNOWN_SUBJECT"; readonly subject: string; readonly nearest: readonly string[] }
  | { readonly code: "LANG_SUBJECT_DAMAGED"; readonly subject: string }
  | { readonly code: "LANG_BAD_PROGRAM"; readonly reason: string };

/** A fault as the machine reports it: what, where, and through which words. Plain data. */
export interface FaultReport<F = { readonly code: string }> {
  readonly fault: F;
  readonly at?: SourceSpot;
  /** Innermost first, at most 64; `spot` is where in the source that word called the next. */
  readonly trace: readonly { readonly word: string; readonly spot?: SourceSpot }[];
}
