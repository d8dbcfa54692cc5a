import { equalBytes } from "../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem, textItem } from "../../lang/base/rlp-fields.ts";
import { malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { encodeAddress } from "../state/address.ts";
import { coinsText } from "../state/coins.ts";
import { LIMITS } from "../state/limits.ts";
import type { DomainChange } from "../state/realm-changes.ts";
import { nickField, sacrificeOf } from "../state/sacrifice.ts";

/** What a package burns of a domain's coins, and what becomes of the domain's nick. The coins are among the balances too. */
export interface SacrificeChange {
  readonly domain: Uint8Array;
  /** Base units that nobody has any more. */
  readonly burntUnits: bigint;
  /** Burnt units that have paid for a nick and pay for nothing else. */
  readonly usedUnits: bigint;
  /** Empty for none. */
  readonly oldNick: string;
  readonly newNick: string;
}

/** None or one. A nick that was taken and dropped again shows in what it used. */
export function sacrificeChange({ domain, before, after }: DomainChange): readonly SacrificeChange[] {
  if (before.sacrifice === after.sacrifice) return [];
  const [old, given] = [sacrificeOf(before), sacrificeOf(after)];
  const change = { domain, burntUnits: given.burntUnits - old.burntUnits, usedUnits: given.usedUnits - old.usedUnits, oldNick: old.nick, newNick: given.nick };
  return changesAnything(change) ? [change] : [];
}

/** Its item in an effect. */
export function sacrificeChangeItem({ domain, burntUnits, usedUnits, oldNick, newNick }: SacrificeChange): RlpItem {
  return [domain, numberItem(burntUnits), numberItem(usedUnits), textItem(oldNick), textItem(newNick)];
}

/** Faults: CODEC_MALFORMED. */
export function readSacrificeChange(item: RlpItem): SacrificeChange {
  const [domain, burnt, used, oldNick, newNick] = listField(item, "sacrifice", 5);
  const change = {
    domain: bytesField(domain, "domain", [20]), burntUnits: numberField(burnt, "burnt", LIMITS.amountBits), usedUnits: numberField(used, "used", LIMITS.amountBits),
    oldNick: nickField(oldNick), newNick: nickField(newNick),
  };
  if (!changesAnything(change)) malformed("sacrifice: nothing changes");
  if (isClaim(change) && change.usedUnits === 0n) malformed("sacrifice: a nick that nothing pays for");
  return change;
}

function changesAnything({ burntUnits, usedUnits, oldNick, newNick }: SacrificeChange): boolean {
  return burntUnits !== 0n || usedUnits !== 0n || oldNick !== newNick;
}

function isClaim({ oldNick, newNick }: SacrificeChange): boolean {
  return newNick !== "" && newNick !== oldNick;
}

/** A sentence for what is burnt and one for each nick. */
export function sacrificeSentences(change: SacrificeChange, signerDomain: Uint8Array): readonly string[] {
  const { burntUnits, usedUnits, oldNick, newNick } = change;
  const isOwn = equalBytes(change.domain, signerDomain);
  const whose = isOwn ? "your domain" : encodeAddress(change.domain);
  const weight = `${coinsText(usedUnits)} of ${isOwn ? "your" : "its"} burnt weight`;
  return [
    ...(burntUnits === 0n ? [] : [`burns ${coinsText(burntUnits)} of ${isOwn ? "yours" : whose} for ever: nobody gets them`]),
    ...(oldNick === "" || oldNick === newNick ? [] : [`gives up the nick @${oldNick} of ${whose}: anybody may take it`]),
    ...(isClaim(change) ? [`gives ${whose} the nick @${newNick} for ${weight}`] : usedUnits === 0n ? [] : [`uses up ${weight} for nothing that stays`]),
  ];
}
