import type { LangFault } from "./fault.ts";

/** THROW numbers of Forth-2012 (table 9.1) that faults of ours stand for, and the numbers of our own below -255. */
export const THROW = {
  abort: -1n,
  abortQuote: -2n,
  quit: -56n,
} as const;

/** Numbers that CATCH gives for each fault. What the standard has no number for lies between -4095 and -256. */
const NUMBERS: Readonly<Record<LangFault["code"], bigint>> = {
  LANG_ABORT: -2n,
  LANG_UNDERFLOW: -4n,
  LANG_OVERFLOW: -3n,
  LANG_RETURN_UNDERFLOW: -6n,
  LANG_CALL_DEPTH: -5n,
  LANG_MEMORY_FULL: -8n,
  LANG_BAD_ADDRESS: -9n,
  LANG_DIVIDE_BY_ZERO: -10n,
  LANG_RESULT_RANGE: -11n,
  LANG_WRONG_KIND: -12n,
  LANG_UNKNOWN_WORD: -13n,
  LANG_COMPILE_ONLY: -14n,
  LANG_MISSING_NAME: -16n,
  LANG_TOO_LARGE: -18n,
  LANG_UNSUPPORTED: -21n,
  LANG_UNBALANCED: -22n,
  LANG_OUT_OF_ERG: -256n,
  LANG_BOXED_STORE: -257n,
  LANG_UNCLOSED_QUOTE: -258n,
  LANG_BAD_ESCAPE: -259n,
  LANG_BAD_INPUT: -260n,
  LANG_BAD_PARAMETER: -261n,
  LANG_OUTSIDE_PLACE: -262n,
  LANG_BAD_PROGRAM: -263n,
  LANG_UNKNOWN_SUBJECT: -265n,
  LANG_SUBJECT_DAMAGED: -266n,
  LANG_THROW: 0n,
};

/** Every code of a fault of the language. */
export const LANG_FAULT_CODES: ReadonlySet<string> = new Set(Object.keys(NUMBERS));

/** What CATCH gives when the host refused a word. */
const HOST_REFUSED = -264n;

/** The number that CATCH gives for a fault. */
export function throwNumber(fault: { readonly code: string; readonly thrown?: bigint }): bigint {
  if (fault.code === "LANG_THROW") return BigInt((fault as Extract<LangFault, { code: "LANG_THROW" }>).number);
  if (fault.code === "LANG_OVERFLOW") {
    const { stack } = fault as Extract<LangFault, { code: "LANG_OVERFLOW" }>;
    return stack === "data" ? -3n : stack === "return" ? -5n : -52n;
  }
  // A program that was called ended with a number of its own: that is what its caller catches.
  if (fault.thrown !== undefined) return fault.thrown;
  return (NUMBERS as Readonly<Record<string, bigint>>)[fault.code] ?? HOST_REFUSED;
}

/** Short texts of the standard's numbers, for a program that throws one itself. */
const STANDARD: Readonly<Record<number, string>> = {
  [-1]: "ABORT", [-2]: 'ABORT"', [-3]: "stack overflow", [-4]: "stack underflow", [-5]: "return stack overflow",
  [-6]: "return stack underflow", [-7]: "do-loops nested too deeply", [-8]: "dictionary overflow", [-9]: "invalid memory address",
  [-10]: "division by zero", [-11]: "result out of range", [-12]: "argument type mismatch", [-13]: "undefined word",
  [-14]: "interpreting a compile-only word", [-15]: "invalid FORGET", [-16]: "attempt to use zero-length string as a name",
  [-17]: "pictured numeric output string overflow", [-18]: "parsed string overflow", [-19]: "definition name too long",
  [-20]: "write to a read-only location", [-21]: "unsupported operation", [-22]: "control structure mismatch",
  [-23]: "address alignment exception", [-24]: "invalid numeric argument", [-25]: "return stack imbalance",
  [-26]: "loop parameters unavailable", [-27]: "invalid recursion", [-28]: "user interrupt", [-29]: "compiler nesting",
  [-30]: "obsolescent feature", [-31]: ">BODY used on non-CREATEd definition", [-32]: "invalid name argument",
  [-33]: "block read exception", [-34]: "block write exception", [-35]: "invalid block number", [-36]: "invalid file position",
  [-37]: "file I/O exception", [-38]: "non-existent file", [-39]: "unexpected end of file", [-40]: "invalid BASE for floating point conversion",
  [-47]: "compilation word list deleted", [-48]: "invalid POSTPONE", [-49]: "search-order overflow", [-50]: "search-order underflow",
  [-51]: "compilation word list changed", [-52]: "control-flow stack overflow", [-53]: "exception stack overflow", [-56]: "QUIT",
  [-57]: "exception in sending or receiving a character", [-58]: "[IF], [ELSE], or [THEN] exception", [-59]: "ALLOCATE", [-60]: "FREE",
  [-61]: "RESIZE", [-62]: "CLOSE-FILE", [-63]: "CREATE-FILE", [-64]: "DELETE-FILE", [-65]: "FILE-POSITION", [-66]: "FILE-SIZE",
  [-67]: "FILE-STATUS", [-68]: "FLUSH-FILE", [-69]: "OPEN-FILE", [-70]: "READ-FILE", [-71]: "READ-LINE", [-72]: "RENAME-FILE",
  [-73]: "REPOSITION-FILE", [-74]: "RESIZE-FILE", [-75]: "WRITE-FILE", [-76]: "WRITE-LINE", [-77]: "malformed xchar",
  [-78]: "SUBSTITUTE", [-79]: "REPLACES",
};

/** The fault of an uncaught THROW of this number. */
export function throwFault(number: bigint): LangFault {
  const small = Number(BigInt.asIntN(53, number));
  const message = STANDARD[small];
  return { code: "LANG_THROW", number: small, ...(message !== undefined && { message }) };
}
