/** Whether the machine reads source, runs code, or has stopped. */
export const MODE = { text: 0, code: 1, stopped: 2 } as const;

/** Code addresses of the instructions every machine has: where interpreted words, CATCH and TRAVERSE-WORDLIST return to. */
export const HALT_AT = 1;
export const CATCH_END_AT = 2;
export const TRAVERSE_AT = 3;
/** Where compiled code begins. */
export const FIRST_CODE = 4;
