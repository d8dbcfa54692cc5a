import { RIGHT_BITS, type Right } from "./rights.ts";

/** One letter for each right, in the order they are written in: `rwx` as on Linux, then what only a ledger knows. */
const RIGHT_LETTERS = { read: "r", write: "w", execute: "x", remove: "d", spend: "s", own: "o", vote: "v" } as const satisfies Record<Right, string>;

const RIGHT_NAMES = Object.keys(RIGHT_BITS) as readonly Right[];

/** Seven characters, `-` for a right that is not there: `rw-dsov`. */
export function rightsText(bits: number): string {
  return RIGHT_NAMES.map((right) => ((bits & RIGHT_BITS[right]) === 0 ? "-" : RIGHT_LETTERS[right])).join("");
}

/** The rights that letters stand for, dashes passed over; undefined for any other character. */
export function readRights(text: string): number | undefined {
  let bits = 0;
  for (const letter of text) {
    const right = RIGHT_NAMES.find((name) => RIGHT_LETTERS[name] === letter);
    if (right === undefined && letter !== "-") return undefined;
    if (right !== undefined) bits |= RIGHT_BITS[right];
  }
  return bits;
}
