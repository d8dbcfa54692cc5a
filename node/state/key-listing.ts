import { equalBytes } from "../../lang/base/bytes.ts";
import { encodeAddress } from "./address.ts";
import { coinsText } from "./coins.ts";
import { countingKeys, THRESHOLD_ROLES, type KeySet, type SessionKey } from "./key-set.ts";
import { safeName } from "./listing.ts";
import { wordName } from "./writing-words.ts";

const WIDTH = 10;
const ROLE_TEXTS = { owner: "change keys", active: "sign packages" };

/** What `keys` prints of a domain: thresholds, keys, limits of session keys, recovery. */
export function keyLines(set: KeySet): readonly string[] {
  const line = (front: string, text: string): string => front.padEnd(WIDTH) + text;
  return [
    ...THRESHOLD_ROLES.map((role) => line(role, `${set.thresholds[role]} of ${countingKeys(set, role).length} ${ROLE_TEXTS[role]}`)),
    ...["owner", "active"].flatMap((role) => set.keys.filter((key) => key.role === role).map(({ id }) => line(role, encodeAddress(id)))),
    ...set.keys.flatMap((key) => (key.role === "session" ? [line("session", encodeAddress(key.id)), line("", limitsText(key))] : [])),
    ...recoveryLines(set, line),
  ];
}

function limitsText({ limits, spentUnits }: SessionKey): string {
  return `until block ${limits.untilHeight}, ${filesText(limits.path, safeName)}, ${coinsText(spentUnits)} of ${coinsText(limits.spendUnits)} spent, ${wordsText(limits.words)}`;
}

/** "files in ~/game", the path as `show` writes it. */
export function filesText(path: string, show: (text: string) => string): string {
  return path === "" ? "no files" : `files in ${show(`~${path === "/" ? "" : path}`)}`;
}

/** "words write mkdir" */
export function wordsText(words: readonly number[]): string {
  return words.length === 0 ? "no words" : `words ${words.map(wordName).join(" ")}`;
}

function recoveryLines({ recovery, votes, takeover }: KeySet, line: (front: string, text: string) => string): readonly string[] {
  if (recovery === undefined) return [];
  const voteOf = (guardian: Uint8Array): string => {
    const vote = votes.find((one) => equalBytes(one.guardian, guardian));
    return vote === undefined ? "" : ` for ${encodeAddress(vote.key)}`;
  };
  return [
    line("recovery", `${recovery.needed} of ${recovery.guardians.length}, after ${recovery.delayBlocks} blocks`),
    ...recovery.guardians.map((guardian) => line("", encodeAddress(guardian) + voteOf(guardian))),
    ...(takeover === undefined ? [] : [line("takeover", `${encodeAddress(takeover.key)} from block ${takeover.readyHeight}`)]),
  ];
}

/** The same for programs: addresses, amounts in base units as text. */
export function keysJson(set: KeySet): string {
  const { thresholds, recovery, votes, takeover } = set;
  return JSON.stringify({
    thresholds,
    keys: set.keys.map((key) => ({
      key: encodeAddress(key.id), role: key.role,
      ...(key.role !== "session" ? {} : { path: key.limits.path, words: key.limits.words.map(wordName), spendUnits: String(key.limits.spendUnits), spentUnits: String(key.spentUnits), untilHeight: String(key.limits.untilHeight) }),
    })),
    ...(recovery === undefined ? {} : { recovery: { needed: recovery.needed, delayBlocks: String(recovery.delayBlocks), guardians: recovery.guardians.map(encodeAddress) } }),
    votes: votes.map(({ guardian, key }) => ({ guardian: encodeAddress(guardian), key: encodeAddress(key) })),
    ...(takeover === undefined ? {} : { takeover: { key: encodeAddress(takeover.key), readyHeight: String(takeover.readyHeight) } }),
  });
}
