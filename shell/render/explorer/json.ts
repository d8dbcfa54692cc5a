import { toHex } from "../../../lang/base/bytes.ts";
import { encodeAddress } from "../../../node/api.ts";

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const DOMAIN_BYTES = 20;
/** What JSON lets through and a terminal obeys: C1 controls and marks that turn the direction of text. */
const UNSEEN = /[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * A view as one JSON document, with the names it has in node/explorer/views.ts: numbers of any size as strings, ids as
 * hex, domains as addresses. An outcome is its kind, with the code of a fault beside it, as `grid exec --json` has it.
 */
export function jsonText(view: object): string {
  return `${JSON.stringify(jsonOf(view)).replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

function jsonOf(value: unknown): Json {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return value.length === DOMAIN_BYTES ? encodeAddress(value) : toHex(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).flatMap(([name, field]) => (field === undefined ? [] : name === "outcome" ? outcomeFields(field as object) : [[name, jsonOf(field)]])));
}

function outcomeFields(outcome: object): [string, Json][] {
  return Object.entries(outcome).map(([name, text]) => [name === "kind" ? "outcome" : name, String(text)]);
}
