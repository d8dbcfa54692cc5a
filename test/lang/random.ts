/** A repeatable source of numbers for property tests (mulberry32): returns a whole number below `most`. */
export function makeRandom(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

const PIECES = ["a", "b c", "'", '"', "\\", ">", ">>", "-", "--", "-r", "=", " ", "\t", "\n", "\r", "\0", "\x1b[2J", "\x7f", "\u0085", "\u2028", "\u202e", "\ufeff", "é", "字", "🐛", ";", "mkdir", "\\ ", "( ", "$", "1.5", "~", "/"];

/** Text of up to eight awkward pieces: quotes, blanks, controls, escapes, words, every plane of Unicode. */
export function randomText(random: (most: number) => number): string {
  return Array.from({ length: random(9) }, () => {
    if (random(4) > 0) return PIECES[random(PIECES.length)] ?? "";
    const point = random(0x11_0000);
    return point >= 0xd800 && point <= 0xdfff ? "x" : String.fromCodePoint(point);
  }).join("");
}
