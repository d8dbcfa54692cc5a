import { equalBytes } from "../../lang/base/bytes.ts";
import { encodeAddress } from "../state/address.ts";
import { coinsText } from "../state/coins.ts";
import { filesText, wordsText } from "../state/key-listing.ts";
import { decodeKeyRights, decodeRecovery } from "../state/key-set-codec.ts";
import { THRESHOLD_ROLES, type Recovery, type SessionLimits } from "../state/key-set.ts";
import type { KeyChange } from "./effect.ts";
import { shownText } from "./shown-text.ts";

/** A sentence for each change of a domain's keys: who may sign for it, how many are needed, who may recover it. */
export function keySentence(change: KeyChange, signerDomain: Uint8Array): string {
  const whose = equalBytes(change.domain, signerDomain) ? "your domain" : encodeAddress(change.domain);
  switch (change.aspect) {
    case "key": return keyChange(change, whose);
    case "threshold": return thresholdChange(change, whose);
    case "recovery": return recoveryChange(change, whose);
    case "vote": return voteChange(change, whose, signerDomain);
    case "takeover": return takeoverChange(change, whose);
  }
}

function keyChange({ subject, old, new: given }: KeyChange, whose: string): string {
  const key = `the key ${encodeAddress(subject)}`;
  if (given.length === 0) return `takes ${key} from ${whose}: it can no longer sign (was: ${rightsText(subject, old)})`;
  const rights = rightsText(subject, given);
  return old.length === 0 ? `gives ${whose} ${key}: ${rights}` : `changes what ${key} of ${whose} may do: ${rights} (was: ${rightsText(subject, old)})`;
}

const ROLE_TEXTS = { owner: "owner, may change keys and do everything else", active: "active, may do everything but change keys" };

function rightsText(id: Uint8Array, rights: Uint8Array): string {
  const key = decodeKeyRights(id, rights);
  return key.role === "session" ? sessionText(key.limits) : ROLE_TEXTS[key.role];
}

function sessionText({ path, words, spendUnits, untilHeight }: SessionLimits): string {
  return `session, may sign alone until block ${untilHeight}, ${filesText(path, shownText)}, at most ${coinsText(spendUnits)} with fees, ${wordsText(words)}`;
}

const THRESHOLD_TEXTS = { owner: "change the keys of", active: "sign packages of" };

function thresholdChange({ subject, old, new: given }: KeyChange, whose: string): string {
  const role = THRESHOLD_ROLES[subject[0] as number] ?? "owner";
  return `sets how many ${role} keys together may ${THRESHOLD_TEXTS[role]} ${whose}: ${given[0] ?? 1} (was: ${old[0] ?? 1})`;
}

function recoveryChange({ old, new: given }: KeyChange, whose: string): string {
  if (given.length === 0) return `ends the recovery of ${whose} (was: ${recoveryText(decodeRecovery(old))})`;
  return `lets ${recoveryText(decodeRecovery(given))} give ${whose} a new owner key, unless it cancels${old.length === 0 ? "" : ` (was: ${recoveryText(decodeRecovery(old))})`}`;
}

function recoveryText({ guardians, needed, delayBlocks }: Recovery): string {
  return `${needed} of ${guardians.map(encodeAddress).join(", ")} after ${delayBlocks} blocks`;
}

function voteChange({ subject, old, new: given }: KeyChange, whose: string, signerDomain: Uint8Array): string {
  const who = equalBytes(subject, signerDomain) ? "your vote" : `the vote of ${encodeAddress(subject)}`;
  if (given.length === 0) return `drops ${who} to recover ${whose} (was: for the key ${encodeAddress(old)})`;
  return `gives ${who} to recover ${whose} for the key ${encodeAddress(given)}${old.length === 0 ? "" : ` (was: ${encodeAddress(old)})`}`;
}

function takeoverChange({ old, new: given }: KeyChange, whose: string): string {
  if (given.length === 0) return `ends the recovery of ${whose} that is under way (was: for the key ${encodeAddress(old)})`;
  return `begins to recover ${whose}: once its delay is over the key ${encodeAddress(given)} may own it${old.length === 0 ? "" : ` (was: ${encodeAddress(old)})`}`;
}
