import { listField, numberField, numberItem, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { LIMITS } from "./limits.ts";
import { nickProblem, NICK_CHARACTERS } from "./nick-form.ts";

/** What a domain gave up for ever: its public weight. Base units. It only grows: nobody can take back what nobody has. */
export interface Sacrifice {
  /** Coins that the domain burnt, at least 1. */
  readonly burntUnits: bigint;
  /** The part of them that paid for something already, so that no coin pays twice. */
  readonly usedUnits: bigint;
  /** The domain's nickname without `@`, empty for none. */
  readonly nick: string;
}

/** What is added to a sacrifice. Sums are differences, as those of coins are: two packages of one domain burn both. */
export interface SacrificePatch {
  readonly burntUnits: bigint;
  readonly usedUnits: bigint;
  /** Absent: as it was. */
  readonly nick?: string;
}

const NO_SACRIFICE: Sacrifice = { burntUnits: 0n, usedUnits: 0n, nick: "" };

/** The sacrifice of a record, one of nothing where it has none. */
export function sacrificeOf({ sacrifice }: { readonly sacrifice?: Sacrifice }): Sacrifice {
  return sacrifice ?? NO_SACRIFICE;
}

/** A sacrifice, or what is added to one, with more added to it. */
export function addSacrifice<S extends SacrificePatch>(before: S, { burntUnits, usedUnits, nick }: SacrificePatch): S {
  return { ...before, burntUnits: before.burntUnits + burntUnits, usedUnits: before.usedUnits + usedUnits, ...(nick === undefined ? {} : { nick }) };
}

/** A record's sacrifice with a patch over it; undefined while nothing is burnt, so that a record has one form. */
export function patchedSacrifice(before: Sacrifice | undefined, patch: SacrificePatch | undefined): Sacrifice | undefined {
  if (patch === undefined) return before;
  const after = addSacrifice(before ?? NO_SACRIFICE, patch);
  return after.burntUnits === 0n && after.usedUnits === 0n ? undefined : after;
}

/** Its last field in the record of a domain, which is there only once the domain burnt something. */
export function sacrificeItem({ burntUnits, usedUnits, nick }: Sacrifice): RlpItem {
  return [numberItem(burntUnits), numberItem(usedUnits), textItem(nick)];
}

/** Faults: CODEC_MALFORMED. */
export function readSacrifice(item: RlpItem | undefined): Sacrifice {
  const [burnt, used, nickItem] = listField(item, "sacrifice", 3);
  const sacrifice = { burntUnits: numberField(burnt, "burnt", LIMITS.amountBits), usedUnits: numberField(used, "used", LIMITS.amountBits), nick: nickField(nickItem) };
  if (sacrifice.burntUnits === 0n) malformed("sacrifice: of nothing");
  if (sacrifice.usedUnits > sacrifice.burntUnits) malformed("sacrifice: more is used than was burnt");
  if (sacrifice.nick !== "" && sacrifice.usedUnits === 0n) malformed("sacrifice: a nick that nothing paid for");
  return sacrifice;
}

/** A nick in its one form, or nothing. Faults: CODEC_MALFORMED. */
export function nickField(item: RlpItem | undefined): string {
  const nick = textField(item, "nick", NICK_CHARACTERS.most);
  if (nick !== "" && nickProblem(nick) !== undefined) malformed("nick: not in its one form");
  return nick;
}
