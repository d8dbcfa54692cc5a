import { AssertionFailure } from "../../lang/base/assert.ts";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { formatAddress } from "../keys/address.ts";
import { DIRECTORY_HASH, type BalanceChange, type Effect, type PathChange, type RightsChange } from "./effect.ts";
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

/** What a domain loses by an effect, in base units; 0 if it gains. */
export function lossOf(effect: Effect, domain: Uint8Array): bigint {
  const delta = effect.balances.find((one) => equalBytes(one.domain, domain))?.deltaUnits ?? 0n;
  return delta < 0n ? -delta : 0n;
}

const UNITS_PER_COIN = 10n ** 18n;

/** An exact amount: "1 coin", "1.5 coins", "0.000000000000000001 coins". Never rounded. */
export function coinsText(units: bigint): string {
  const fraction = (units % UNITS_PER_COIN).toString().padStart(18, "0").replace(/0+$/, "");
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
  if (old.mode !== given.mode) sentences.push(`sets the rights of ${place} to ${modeText(given.mode)} (were ${modeText(old.mode)})`);
  if (!equalBytes(old.acl, given.acl)) sentences.push(listSentence("access-control list", place, given.acl.length === 0 ? given.acl : sha256(given.acl)));
  if (!equalBytes(old.metaHash, given.metaHash)) sentences.push(listSentence("metadata", place, given.metaHash));
  return sentences;
}

/** Octal, three bits a digit, as `chmod` takes it. */
function modeText(mode: number): string {
  return `0${mode.toString(8)}`;
}

function listSentence(what: string, place: string, hash: Uint8Array): string {
  return hash.length === 0 ? `removes the ${what} of ${place}` : `sets the ${what} of ${place} (SHA-256 ${toHex(hash)})`;
}

function balanceSentence({ domain, deltaUnits }: BalanceChange, signerDomain: Uint8Array): string {
  const isSigner = equalBytes(domain, signerDomain);
  const gains = deltaUnits > 0n;
  const amount = coinsText(gains ? deltaUnits : -deltaUnits);
  if (isSigner) return gains ? `raises your balance by ${amount}` : `lowers your balance by ${amount}`;
  return gains ? `pays ${amount} to ${formatAddress(domain)}` : `takes ${amount} from ${formatAddress(domain)}`;
}

function domainText(domain: Uint8Array, signerDomain: Uint8Array): string {
  return equalBytes(domain, signerDomain) ? "you" : formatAddress(domain);
}

function placeText(place: { readonly domain: Uint8Array; readonly path: string }, signerDomain: Uint8Array): string {
  const root = equalBytes(place.domain, signerDomain) ? "~" : `/${formatAddress(place.domain)}`;
  return shownText(place.path === "/" ? root : root + place.path);
}

function bytesText(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
