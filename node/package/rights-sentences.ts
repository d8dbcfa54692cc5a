import { equalBytes } from "../../lang/base/bytes.ts";
import { EMPTY_ACL, FOR_EVER, decodeAcl, subjectKey, type Acl, type AclEntry, type DefaultRights, type Subject } from "../state/acl.ts";
import { encodeAddress } from "../state/address.ts";
import { coinsText } from "../state/coins.ts";
import { decodeMeta, legalText, META_TEXTS, type Meta, type Offer } from "../state/meta.ts";
import { showPlace } from "../state/paths.ts";
import { RIGHT_BITS, unpackMode, type ModeGroups } from "../state/rights.ts";
import type { EntryRights, RightsChange } from "./effect.ts";
import { shownText } from "./shown-text.ts";

/** Sentences about owner, rights and metadata of entries: the values themselves, each change its own sentence. */
export function rightsSentences(change: RightsChange, signerDomain: Uint8Array): readonly string[] {
  const place = shownText(showPlace(change, signerDomain));
  const who: Who = (domain) => (equalBytes(domain, signerDomain) ? "you" : encodeAddress(domain));
  const { old, new: given } = change;
  return [
    ...ownerSentences(place, old, given, who),
    ...modeSentences(place, unpackMode(old.mode), unpackMode(given.mode)),
    ...aclSentences(place, aclOf(old), aclOf(given), who),
    ...metaSentences(place, decodeMeta(old.meta), decodeMeta(given.meta), who),
  ];
}

type Who = (domain: Uint8Array) => string;

function aclOf({ acl }: EntryRights): Acl {
  return acl.length === 0 ? EMPTY_ACL : decodeAcl(acl);
}

function ownerSentences(place: string, old: EntryRights, given: EntryRights, who: Who): readonly string[] {
  if (equalBytes(old.owner, given.owner)) return [];
  if (who(given.owner) === "you") return [`takes ${place} over from ${who(old.owner)}: you then own it`];
  return [`gives ${place} to ${who(given.owner)}, who then owns it`];
}

const GROUPS: readonly (readonly [keyof ModeGroups, string])[] = [
  ["owner", "its owner"], ["mask", "any identity on its list, at most,"], ["others", "everybody else"],
];

function modeSentences(place: string, old: ModeGroups, given: ModeGroups): readonly string[] {
  const changed = GROUPS.filter(([group]) => old[group] !== given[group]);
  return changed.map(([group, whose]) => `sets what ${whose} may do with ${place}: ${rightsList(given[group])} (was: ${rightsList(old[group])})`);
}

function rightsList(bits: number): string {
  const names = Object.entries(RIGHT_BITS).filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
  return names.length === 0 ? "nothing" : names.join(", ");
}

function aclSentences(place: string, old: Acl, given: Acl, who: Who): readonly string[] {
  return [...namedSentences(place, old.named, given.named, who), ...defaultSentences(place, old.defaults, given.defaults, who), ...freezeSentences(place, old.frozenUntil, given.frozenUntil)];
}

function namedSentences(place: string, old: readonly AclEntry[], given: readonly AclEntry[], who: Who): readonly string[] {
  const rightsIn = (entries: readonly AclEntry[], { subject }: AclEntry): number | undefined =>
    entries.find((other) => equalBytes(subjectKey(other.subject), subjectKey(subject)))?.rights;
  const set = given.filter((entry) => rightsIn(old, entry) !== entry.rights).map((entry) => {
    const before = rightsIn(old, entry);
    return `sets what ${subjectText(entry.subject, who)} may do with ${place}: ${rightsList(entry.rights)}${before === undefined ? "" : ` (was: ${rightsList(before)})`}`;
  });
  const gone = old.filter((entry) => rightsIn(given, entry) === undefined).map((entry) => `takes ${subjectText(entry.subject, who)} off the list of ${place} (had: ${rightsList(entry.rights)})`);
  return [...set, ...gone];
}

function subjectText(subject: Subject, who: Who): string {
  if (subject.kind === "user") return who(subject.domain);
  const owner = who(subject.domain);
  return owner === "you" ? `your group ${shownText(subject.name)}` : `the group ${shownText(subject.name)} of ${owner}`;
}

function defaultSentences(place: string, old: DefaultRights | undefined, given: DefaultRights | undefined, who: Who): readonly string[] {
  if (given === undefined) return old === undefined ? [] : [`makes new entries in ${place} plain again (were: ${defaultsList(old, who)})`];
  const after = defaultsList(given, who);
  const before = old === undefined ? "plain" : defaultsList(old, who);
  return before === after ? [] : [`sets the rights of new entries in ${place}: ${after} (were: ${before})`];
}

function defaultsList({ owner, mask, others, named }: DefaultRights, who: Who): string {
  const parts = [`owner ${rightsList(owner)}`, ...named.map(({ subject, rights }) => `${subjectText(subject, who)} ${rightsList(rights)}`), `the listed at most ${rightsList(mask)}`, `everybody else ${rightsList(others)}`];
  return parts.join("; ");
}

function freezeSentences(place: string, old: bigint | undefined, given: bigint | undefined): readonly string[] {
  if (old === given) return [];
  if (given === undefined) return [`leaves ${place} no longer frozen (was: ${frozenText(old as bigint)})`];
  return [`freezes ${place} ${frozenText(given)}: nobody can write, move or remove it, not even its owner${old === undefined ? "" : ` (was frozen ${frozenText(old)})`}`];
}

function frozenText(until: bigint): string {
  return until === FOR_EVER ? "for ever" : `until block ${until}`;
}

function metaSentences(place: string, old: Meta, given: Meta, who: Who): readonly string[] {
  const [before, after] = [old, given].map((meta) => new Map([...META_TEXTS.map((name) => [name as string, meta.texts[name]] as const).filter(([, value]) => value !== ""), ...meta.attributes.map(([name, value]) => [`attribute ${shownText(name)}`, value] as const)])) as [Map<string, string>, Map<string, string>];
  const set = [...after].filter(([key, value]) => before.get(key) !== value).map(([key, value]) => `sets the ${key} of ${place}: ${shownText(value)}${before.has(key) ? ` (was: ${shownText(before.get(key) as string)})` : ""}`);
  const gone = [...before.keys()].filter((key) => !after.has(key)).map((key) => `takes away the ${key} of ${place} (was: ${shownText(before.get(key) as string)})`);
  const legal = old.legal === given.legal ? [] : [`sets the legal rights to the work ${place}: ${legalText(given.legal)} (were: ${legalText(old.legal)})`];
  return [...set, ...gone, ...legal, ...offerSentences(place, old.offer, given.offer, who)];
}

function offerSentences(place: string, old: Offer | undefined, given: Offer | undefined, who: Who): readonly string[] {
  const text = ({ units, to }: Offer): string => `to ${to === undefined ? "anybody" : who(to)} for ${coinsText(units)}`;
  if (given === undefined) return old === undefined ? [] : [`ends the offer of ${place} (was: ${text(old)})`];
  if (old !== undefined && text(old) === text(given)) return [];
  return [`offers ${place} ${text(given)}, who then owns it${old === undefined ? "" : ` (was: ${text(old)})`}`];
}
