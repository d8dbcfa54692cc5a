import type { NodeFault } from "../../node/api.ts";
import type { FaultTable } from "./faults.ts";

type ProgramFault = Extract<NodeFault, { readonly code: `PROGRAM_${string}` }>;

/** How calls of programs are refused. What a program did wrong itself is told as it would be told of a line. */
export const PROGRAM_FAULTS: FaultTable<ProgramFault> = {
  PROGRAM_NOT_CALLED: ({ word }) => ({ text: `${word} means something only within a program that was called`, hint: "write it into a file that begins #!grid, chmod +x it, then call or play it" }),
  PROGRAM_NO_WORD: ({ path, word, exports }) => ({
    text: `${path} lets nobody call ${word}`,
    hint: exports.length === 0 ? `its source must say: export ${word}` : `it exports ${exports.join(", ")}`,
  }),
  PROGRAM_REENTERED: ({ path }) => ({ text: `${path} is being called already`, hint: "a program that expects that says re-entrant in its source" }),
  PROGRAM_TOO_DEEP: ({ path, limit }) => ({ text: `${path} would be more than ${limit} programs deep`, hint: "let the program give back what comes next instead of calling it" }),
  PROGRAM_FAILED: ({ path, word, cause, line, below }, causeText) => {
    const { text, hint } = causeText(cause);
    const where = below === 0 ? "" : ` ${below} ${below === 1 ? "call" : "calls"} further down`;
    return { text: `${path}${line === undefined ? "" : `:${line}`}: ${word} failed${where}, ${cause.code}: ${text}`, hint };
  },
  PROGRAM_OUT_OF_SHARE: ({ path, word, ergLimit }) => ({ text: `${word} of ${path} needs more than the ${ergLimit} ERG it was given`, hint: "give callLimitEx a higher limit; play prints what a call needs" }),
  PROGRAM_BAD_KEY: ({ key, limitBytes }) => ({ text: `'${key}' is no key`, hint: `a key has 1 to ${limitBytes} bytes and no zero byte` }),
  PROGRAM_NO_PLAY: () => ({ text: "play shows a run to somebody, and here is nobody to see it", hint: "use play at the prompt, outside of bt … rt" }),
};
