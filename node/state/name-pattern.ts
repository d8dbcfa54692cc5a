/**
 * Whether a name fits a pattern of a shell: `*` any characters, `?` one, `[a-z]` and `[!a-z]` one of a
 * set, `\` takes the next character as it is. One pass with one point to return to, so time is at most
 * name × pattern.
 */
export function matchesName(pattern: string, name: string): boolean {
  const wanted = readPattern(pattern);
  const characters = Array.from(name);
  let at = 0;
  let starAt = -1;
  let starEnd = 0;
  for (let i = 0; i < characters.length; ) {
    const piece = wanted[at];
    if (piece === "star") {
      starAt = at++;
      starEnd = i;
    } else if (piece !== undefined && piece(characters[i] as string)) {
      at++;
      i++;
    } else if (starAt !== -1) {
      at = starAt + 1;
      i = ++starEnd;
    } else return false;
  }
  return wanted.slice(at).every((piece) => piece === "star");
}

type Piece = "star" | ((character: string) => boolean);

function readPattern(pattern: string): readonly Piece[] {
  const characters = Array.from(pattern);
  const pieces: Piece[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] as string;
    const close = character === "[" ? closingBracket(characters, i) : -1;
    if (character === "*") pieces.push("star");
    else if (character === "?") pieces.push(() => true);
    else if (close !== -1) {
      const set = characters.slice(i + 1, close);
      const isInverted = set[0] === "!" || set[0] === "^";
      const isIn = oneOf(isInverted ? set.slice(1) : set);
      pieces.push((found) => isIn(found) !== isInverted);
      i = close;
    } else {
      const literal = character === "\\" && i + 1 < characters.length ? (characters[++i] as string) : character;
      pieces.push((found) => found === literal);
    }
  }
  return pieces;
}

/** A bracket right after `[` or `[!` stands for itself; -1 if the set never closes, and `[` then does so too. */
function closingBracket(characters: readonly string[], open: number): number {
  const start = characters[open + 1] === "!" || characters[open + 1] === "^" ? open + 2 : open + 1;
  return characters.indexOf("]", start + 1);
}

/** A set of characters and ranges such as a-z; a `-` at either end stands for itself. */
export function oneOf(set: readonly string[]): (character: string) => boolean {
  const ranges: (readonly [number, number])[] = [];
  for (let i = 0; i < set.length; i++) {
    const first = codeOf(set[i]);
    const isRange = set[i + 1] === "-" && i + 2 < set.length;
    ranges.push([first, isRange ? codeOf(set[i + 2]) : first]);
    if (isRange) i += 2;
  }
  return (character) => ranges.some(([from, to]) => from <= codeOf(character) && codeOf(character) <= to);
}

function codeOf(character: string | undefined): number {
  return character?.codePointAt(0) ?? -1;
}
