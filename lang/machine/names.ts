import type { Dictionary } from "../dictionary.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { primitiveName } from "../primitives/table.ts";

/** The name of a token for people: as defined, or what stands for a word without a name. */
export function nameOfXt(xt: number, dictionary: Dictionary): string {
  if (xt < FIRST_USER_XT) return primitiveName(xt);
  if (!dictionary.has(xt)) return `token ${xt}`;
  return dictionary.entry(xt).name || ":noname";
}
