/**
 * Names come from strangers and are shown to people who are about to sign. A name must not move the cursor,
 * turn the direction of the line, hide letters, or pass for the words around it. So whatever is not a visible
 * character is written as an escape, and a name with anything but letters, digits and plain marks is quoted.
 */

// Control, format (bidi overrides, zero width), surrogates, private use, unassigned; all spaces but the plain one;
// and characters that are assigned but draw nothing.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
// More accents than any script writes on one letter smear over neighbouring lines.
const ACCENT_PILE = /\p{M}{4,}/u;
const PLAIN = /^[\p{L}\p{N}\p{M}_./~@%+,:=-]+$/u;
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"], ["\\", "\\\\"], ["'", "\\'"]]);

/** `text` if it is plain, else quoted with everything invisible as `\n` or `\u{202e}`. Different texts look different. */
export function shownText(text: string): string {
  if (PLAIN.test(text) && !INVISIBLE.test(text) && !ACCENT_PILE.test(text)) return text;
  const pile = ACCENT_PILE.test(text);
  return `'${Array.from(text, (character) => shownCharacter(character, pile)).join("")}'`;
}

function shownCharacter(character: string, pile: boolean): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  if (!INVISIBLE.test(character) && !(pile && /\p{M}/u.test(character))) return character;
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}
