import { AssertionFailure } from "../../lang/base/assert.ts";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { encodeAddress } from "../state/address.ts";
import { COIN_DECIMALS } from "../state/limits.ts";
import { showPlace, type Place } from "../state/paths.ts";
import { RIGHT_BITS, unpackMode, type ModeGroups } from "../state/rights.ts";
import { DIRECTORY_HASH, lossOf, type BalanceChange, type Effect, type PathChange, type RightsChange } from "./effect.ts";
import { shownText } from "./shown-text.ts";

/**
 * The effect in words, for whoever is asked to sign: a sentence for each entry, none of them general. They are
 * derived from the effect alone, whose hash is what gets signed, so a node cannot say one thing and do another.
 * `signerDomain` is "you": its paths begin with `~`.
 */
export function effectSentences(effect: Effect, signerDomain: Uint8Array): readonly string[] {
  const sentences = [
    ...effect.paths.map((change) => pathSentence(change, signerDomain)),
    ...effect.rights.flatMap((change) => rightsSentences(change, signerDomain)),
    ...effect.balances.map((change) => balanceSentence(change, signerDomain)),
  ];
  const loss = lossOf(effect, signerDomain);
  if (effect.greatestSpendUnits !== loss) sentences.push(`may spend up to ${coinsText(effect.greatestSpendUnits)} of yours, fee left out`);
  return sentences.length === 0 ? ["changes nothing: only the fee is paid"] : sentences;
}

const UNITS_PER_COIN = 10n ** BigInt(COIN_DECIMALS);

/** An exact amount: "1 coin", "1.5 coins", "0.000000000000000001 coins". Never rounded. */
export function coinsText(units: bigint): string {
  const fraction = (units % UNITS_PER_COIN).toString().padStart(COIN_DECIMALS, "0").replace(/0+$/, "");
  const amount = `${units / UNITS_PER_COIN}${fraction === "" ? "" : `.${fraction}`}`;
  return `${amount} ${amount === "1" ? "coin" : "coins"}`;
}

type Standing = "nothing" | "file" | "directory";

function pathSentence(change: PathChange, signerDomain: Uint8Array): string {
  const place = placeText(change, signerDomain);
  const [oldSize, newSize] = [bytesText(change.oldSizeBytes), bytesText(change.newSizeBytes)];
  const transition = `${standing(change.oldHash)} to ${standing(change.newHash)}` as const;
  switch (transition) {
    case "nothing to file": return `makes the file ${place} (${newSize})`;
    case "nothing to directory": return `makes the directory ${place}`;
    case "file to file": return `writes ${place} (${oldSize} → ${newSize})`;
    case "file to nothing": return `removes the file ${place} (${oldSize})`;
    case "directory to nothing": return `removes the directory ${place}`;
    case "file to directory": return `replaces the file ${place} (${oldSize}) by a directory`;
    case "directory to file": return `replaces the directory ${place} by a file (${newSize})`;
    case "nothing to nothing":
    case "directory to directory": throw new AssertionFailure("an effect has no entry that changes nothing; its codec refuses it");
  }
}

function standing(hash: Uint8Array): Standing {
  if (hash.length === 0) return "nothing";
  return equalBytes(hash, DIRECTORY_HASH) ? "directory" : "file";
}

function rightsSentences(change: RightsChange, signerDomain: Uint8Array): readonly string[] {
  const place = placeText(change, signerDomain);
  const { old, new: given } = change;
  const sentences: string[] = [];
  if (!equalBytes(old.owner, given.owner)) sentences.push(`gives ${place} to ${domainText(given.owner, signerDomain)}, who then owns it`);
  sentences.push(...modeSentences(place, unpackMode(old.mode), unpackMode(given.mode)));
  if (!equalBytes(old.acl, given.acl)) sentences.push(listSentence("access-control list", place, given.acl.length === 0 ? given.acl : sha256(given.acl)));
  if (!equalBytes(old.metaHash, given.metaHash)) sentences.push(listSentence("metadata", place, given.metaHash));
  return sentences;
}

const GROUPS: readonly (readonly [keyof ModeGroups, string])[] = [
  ["owner", "its owner"], ["mask", "any identity on its list, at most,"], ["others", "everybody else"],
];

function modeSentences(place: string, old: ModeGroups, given: ModeGroups): readonly string[] {
  const changed = GROUPS.filter(([group]) => old[group] !== given[group]);
  return changed.map(([group, who]) => `sets what ${who} may do with ${place}: ${rightsText(given[group])} (was: ${rightsText(old[group])})`);
}

function rightsText(bits: number): string {
  const names = Object.entries(RIGHT_BITS).filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
  return names.length === 0 ? "nothing" : names.join(", ");
}

function listSentence(what: string, place: string, hash: Uint8Array): string {
  return hash.length === 0 ? `removes the ${what} of ${place}` : `sets the ${what} of ${place} (SHA-256 ${toHex(hash)})`;
}

function balanceSentence({ domain, deltaUnits }: BalanceChange, signerDomain: Uint8Array): string {
  const isSigner = equalBytes(domain, signerDomain);
  const gains = deltaUnits > 0n;
  const amount = coinsText(gains ? deltaUnits : -deltaUnits);
  if (isSigner) return gains ? `raises your balance by ${amount}` : `lowers your balance by ${amount}`;
  return gains ? `pays ${amount} to ${encodeAddress(domain)}` : `takes ${amount} from ${encodeAddress(domain)}`;
}

function domainText(domain: Uint8Array, signerDomain: Uint8Array): string {
  return equalBytes(domain, signerDomain) ? "you" : encodeAddress(domain);
}

function placeText(place: Place, signerDomain: Uint8Array): string {
  return shownText(showPlace(place, signerDomain));
}

function bytesText(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
