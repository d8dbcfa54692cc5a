/** A nick is ASCII, so that no two look alike, and so short that a line holds it beside an address. */
export const NICK_CHARACTERS = { least: 3, most: 20 } as const;

export type NickProblem = "length" | "characters" | "start" | "dashes" | "address";

/**
 * What keeps a text from being a nick; undefined if nothing does. Lower case letters, digits and single dashes between
 * them, with a letter first: there is one spelling of each, and none reads like a height or an address.
 */
export function nickProblem(text: string): NickProblem | undefined {
  if (text.length < NICK_CHARACTERS.least || text.length > NICK_CHARACTERS.most) return "length";
  if (!/^[a-z0-9-]*$/.test(text)) return "characters";
  if (!/^[a-z]/.test(text)) return "start";
  if (text.endsWith("-") || text.includes("--")) return "dashes";
  return text.startsWith("grid1") ? "address" : undefined;
}
