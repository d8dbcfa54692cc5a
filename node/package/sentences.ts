import { AssertionFailure } from "../../lang/base/assert.ts";
import { equalBytes } from "../../lang/base/bytes.ts";
import { encodeAddress } from "../state/address.ts";
import { coinsText } from "../state/coins.ts";
import { showPlace, type Place } from "../state/paths.ts";
import { DIRECTORY_HASH, lossOf, type BalanceChange, type CallEffect, type Effect, type PathChange, type StoredEffect } from "./effect.ts";
import { keySentence } from "./key-sentences.ts";
import { rightsSentences } from "./rights-sentences.ts";
import { sacrificeSentences } from "./sacrifice-effect.ts";
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
    ...effect.calls.map((call) => callSentence(call, signerDomain)),
    ...effect.stored.map((change) => storedSentence(change, signerDomain)),
    ...effect.keys.map((change) => keySentence(change, signerDomain)),
    ...effect.sacrifices.flatMap((change) => sacrificeSentences(change, signerDomain)),
    ...effect.balances.map((change) => balanceSentence(change, signerDomain)),
  ];
  const loss = lossOf(effect, signerDomain);
  if (effect.greatestSpendUnits !== loss) sentences.push(`may spend up to ${coinsText(effect.greatestSpendUnits)} of yours, fee left out`);
  return sentences.length === 0 ? ["changes nothing: only the fee is paid"] : sentences;
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

/** The code itself is what the hash in the effect says; the sentence names place and word. */
function callSentence(call: CallEffect, signerDomain: Uint8Array): string {
  const times = call.times === 1 ? "" : `, ${call.times} times`;
  const coins = call.units === 0n ? "" : ` with ${coinsText(call.units)}${call.times === 1 ? "" : " in all"}`;
  return `calls ${shownText(call.word)} of the program ${placeText(call, signerDomain)}${coins}${times}`;
}

function storedSentence(change: StoredEffect, signerDomain: Uint8Array): string {
  const [key, place] = [shownText(change.key), placeText(change, signerDomain)];
  if (change.newHash.length === 0) return `lets ${place} forget ${key}`;
  return change.oldHash.length === 0 ? `lets ${place} keep ${key}` : `changes ${key} in what ${place} keeps`;
}

function balanceSentence({ domain, deltaUnits }: BalanceChange, signerDomain: Uint8Array): string {
  const isSigner = equalBytes(domain, signerDomain);
  const gains = deltaUnits > 0n;
  const amount = coinsText(gains ? deltaUnits : -deltaUnits);
  if (isSigner) return gains ? `raises your balance by ${amount}` : `lowers your balance by ${amount}`;
  return gains ? `pays ${amount} to ${encodeAddress(domain)}` : `takes ${amount} from ${encodeAddress(domain)}`;
}

function placeText(place: Place, signerDomain: Uint8Array): string {
  return shownText(showPlace(place, signerDomain));
}

function bytesText(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
