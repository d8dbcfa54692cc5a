import { toHex } from "../../../lang/base/bytes.ts";
import { coinsText, encodeAddress, type PackageRow } from "../../../node/api.ts";

/** Ids, times and amounts as tables show them. Ids cut like this are still found. */

const ID_DIGITS = 12;
const ADDRESS_CHARACTERS = 14;

/** The beginning of an id, long enough to look it up. */
export function shortId(id: Uint8Array): string {
  return toHex(id).slice(0, ID_DIGITS);
}

/** The beginning of an address, long enough to look it up. */
export function shortAddress(domain: Uint8Array): string {
  return encodeAddress(domain).slice(0, ADDRESS_CHARACTERS);
}

/** UTC, to the second. */
export function timeText(timeMs: bigint): string {
  return new Date(Number(timeMs)).toISOString().slice(0, 19).replace("T", " ");
}

/** "45 s", "12 min", "3 h", "2 days". */
export function spanText(ms: bigint): string {
  const seconds = ms / 1_000n;
  if (seconds < 120n) return `${seconds} s`;
  if (seconds < 7_200n) return `${seconds / 60n} min`;
  return seconds < 172_800n ? `${seconds / 3_600n} h` : `${seconds / 86_400n} days`;
}

/** With its sign: "+5 coins". */
export function deltaText(units: bigint): string {
  return units < 0n ? `-${coinsText(-units)}` : `+${coinsText(units)}`;
}

/** An outcome in a word or two, with the fault's code. */
export function outcomeText(outcome: PackageRow["outcome"]): string {
  return "faultCode" in outcome ? `${outcome.kind} (${outcome.faultCode})` : outcome.kind.replaceAll("-", " ");
}
