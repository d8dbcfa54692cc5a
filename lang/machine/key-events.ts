/**
 * Key events of EKEY: a character is its code point; a key without one is a number above all of them,
 * plus a bit for each key held down with it. Terminals send such keys as sequences that begin with ESC.
 */
const FIRST_KEY = 1 << 24;
export const KEY_MASKS = { shift: 1 << 25, ctrl: 1 << 26, alt: 1 << 27 } as const;

/** In the order of their numbers. */
export const FUNCTION_KEYS = [
  "left", "right", "up", "down", "home", "end", "prior", "next", "insert", "delete",
  "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
] as const;
type KeyName = (typeof FUNCTION_KEYS)[number];

/** Final letters of `ESC [ … letter` and `ESC O letter`. */
const BY_LETTER: Readonly<Record<string, KeyName>> = {
  A: "up", B: "down", C: "right", D: "left", H: "home", F: "end", P: "f1", Q: "f2", R: "f3", S: "f4",
};
/** Numbers of `ESC [ number ~`. */
const BY_NUMBER: Readonly<Record<string, KeyName>> = {
  1: "home", 2: "insert", 3: "delete", 4: "end", 5: "prior", 6: "next", 7: "home", 8: "end", 11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5",
  17: "f6", 18: "f7", 19: "f8", 20: "f9", 21: "f10", 23: "f11", 24: "f12",
};
const SEQUENCE = /^\x1b(?:\[|O)(?:(\d{1,2})(?:;(\d{1,2}))?)?([A-Z~])/;
const LONGEST_SEQUENCE = 8;

export function keyCode(name: KeyName): number {
  return FIRST_KEY + FUNCTION_KEYS.indexOf(name);
}

/** Whether an event is a key without a character. */
export function isFunctionKey(event: number): boolean {
  const held = KEY_MASKS.shift | KEY_MASKS.ctrl | KEY_MASKS.alt;
  return event >= FIRST_KEY && event < 1 << 28 && (event & ~held) - FIRST_KEY < FUNCTION_KEYS.length && (event & FIRST_KEY) !== 0;
}

/** Takes one byte; -1 when nothing more will come. */
export function takeByte(typed: number[]): number {
  return typed.shift() ?? -1;
}

/** Takes one event; -1 when nothing more will come. Bytes that are no character are events of their own. */
export function takeEvent(typed: number[]): number {
  const sequence = SEQUENCE.exec(String.fromCharCode(...typed.slice(0, LONGEST_SEQUENCE)));
  const name = sequence === null ? undefined : keyOf(sequence);
  if (sequence === null || name === undefined) return takeCharacter(typed);
  typed.splice(0, sequence[0].length);
  return keyCode(name) + heldKeys(Number(sequence[2] ?? 1) - 1);
}

function keyOf([, number = "", , letter = ""]: readonly string[]): KeyName | undefined {
  return letter === "~" ? BY_NUMBER[number] : BY_LETTER[letter];
}

/** Terminals count shift as 1, alt as 2 and ctrl as 4. */
function heldKeys(bits: number): number {
  return ((bits & 1) !== 0 ? KEY_MASKS.shift : 0) + ((bits & 2) !== 0 ? KEY_MASKS.alt : 0) + ((bits & 4) !== 0 ? KEY_MASKS.ctrl : 0);
}

function takeCharacter(typed: number[]): number {
  const lead = typed[0];
  if (lead === undefined) return -1;
  const size = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const text = new TextDecoder().decode(Uint8Array.from(typed.slice(0, size)));
  const whole = [...text].length === 1 && text !== "\ufffd" && text.length > 0;
  const taken = typed.splice(0, whole ? size : 1);
  return whole ? (text.codePointAt(0) ?? lead) : (taken[0] ?? -1);
}
