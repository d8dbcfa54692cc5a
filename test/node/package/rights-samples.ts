import { compareBytes, utf8 } from "../../../lang/base/bytes.ts";
import { encodeAcl, FOR_EVER, sortedEntries, type AclEntry } from "../../../node/state/acl.ts";
import { encodeMeta } from "../../../node/state/meta.ts";
import { packMode } from "../../../node/state/rights.ts";
import type { EntryRights } from "../../../node/package/effect.ts";
import type { Dice } from "./package-samples.ts";

const TEXTS = ["", "a", "Dawn, oil", "two\nlines", "\u202etxt", "(was: nothing)"];

/** Owner, rights and metadata as an entry can have them, hostile names among them. */
export function randomRights(dice: Dice): EntryRights {
  const groups = { owner: dice.below(128), mask: dice.below(128), others: dice.below(128) };
  return { owner: dice.bytes(20), mode: packMode(groups), acl: randomAcl(dice), meta: randomMeta(dice) };
}

function randomAcl(dice: Dice): Uint8Array {
  const named = (): readonly AclEntry[] =>
    sortedEntries(Array.from({ length: dice.below(3) }, (): AclEntry => {
      const domain = dice.bytes(20);
      return { subject: dice.below(2) === 0 ? { kind: "user", domain } : { kind: "group", domain, name: dice.pick(["friends", "two\nlines", "\u202e"]) }, rights: dice.below(128) };
    }));
  const defaults = { owner: dice.below(128), mask: dice.below(128), others: dice.below(128), named: named() };
  return encodeAcl({ named: named(), ...(dice.below(2) === 0 ? { defaults } : {}), ...(dice.below(2) === 0 ? { frozenUntil: dice.pick([FOR_EVER, 120n]) } : {}) });
}

function randomMeta(dice: Dice): Uint8Array {
  const text = (): string => dice.pick(TEXTS);
  const keys = ["artist", "made\nof", "year"].filter(() => dice.below(2) === 0).sort((a, b) => compareBytes(utf8(a), utf8(b)));
  const offer = { units: dice.big(90), ...(dice.below(2) === 0 ? { to: dice.bytes(20) } : {}) };
  return encodeMeta({
    texts: { name: text(), description: text(), uri: text(), preview: text(), icon: text() }, attributes: keys.map((key) => [key, `${text()}!`]), legal: dice.below(256),
    ...(dice.below(3) === 0 ? { offer } : {}),
  });
}
