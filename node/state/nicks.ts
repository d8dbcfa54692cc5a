import { assert } from "../../lang/base/assert.ts";
import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeValue, encodeValue } from "../../lang/program/value-codec.ts";
import { fault, type FileContext } from "./access.ts";
import { decodeAddress, encodeAddress } from "./address.ts";
import { childPath, ROOT_PATH } from "./entry-keys.ts";
import { LIMITS } from "./limits.ts";
import { nickProblem } from "./nick-form.ts";
import { showPlace, type Place } from "./paths.ts";
import { NICK_UNITS, PRICES, writePrice } from "./prices.ts";
import { sacrificeOf } from "./sacrifice.ts";

/**
 * Coins that a domain burns, and the nick that it pays for with them. A domain's record says what it burnt, how much
 * of that has paid for something, and its nick; the other way round, from nick to domain, leads a value that is kept
 * like a program's. It lies in the trie of a domain that no key has, under the path of its root: programs stand in
 * files, so none can reach it, and proofs, snapshots and reorganisations know it like any other value.
 */
export const NICKS_DOMAIN: Uint8Array = sha256(utf8("gridshell nicks")).slice(0, 20);

type Actor = Pick<FileContext, "realm" | "paths" | "meter">;

/** Takes coins from the domain that acts and gives them to nobody. Faults: STATE_INSUFFICIENT, STATE_BAD_AMOUNT. */
export function burnCoins({ realm, paths }: Actor, units: bigint): void {
  const { burntUnits } = sacrificeOf(realm.domain(paths.home));
  if (units < 0n) throw fault({ code: "STATE_BAD_AMOUNT", amount: String(units), reason: "negative" });
  if ((burntUnits + units) >> BigInt(LIMITS.amountBits) !== 0n) throw fault({ code: "STATE_BAD_AMOUNT", amount: String(units), reason: "too-large" });
  if (units === 0n) return;
  realm.adjustBalance(paths.home, -units);
  realm.patchDomain(paths.home, { sacrifice: { burntUnits: units, usedUnits: 0n } });
}

/** Gives the domain that acts a nick. Faults: STATE_BAD_NICK, STATE_NICK_HELD, STATE_NICK_TAKEN, STATE_BURN_USED. */
export function claimNick(context: Actor, nick: string): void {
  const { realm, paths, meter } = context;
  const reason = nickProblem(nick);
  if (reason !== undefined) throw fault({ code: "STATE_BAD_NICK", nick: nick.slice(0, 40), reason });
  const own = sacrificeOf(realm.domain(paths.home));
  if (own.nick !== "") throw fault({ code: "STATE_NICK_HELD", nick: own.nick });
  const owner = ownerOf(context, nick);
  if (owner !== undefined) throw fault({ code: "STATE_NICK_TAKEN", nick, owner: encodeAddress(owner) });
  const leftUnits = own.burntUnits - own.usedUnits;
  if (leftUnits < NICK_UNITS) throw fault({ code: "STATE_BURN_USED", leftUnits, needUnits: NICK_UNITS });
  const address = encodeValue({ kind: "text", value: encodeAddress(paths.home) });
  meter.charge(writePrice(utf8(nick).length + address.length));
  realm.putStored(NICKS_DOMAIN, ROOT_PATH, nick, address);
  realm.patchDomain(paths.home, { sacrifice: { burntUnits: 0n, usedUnits: NICK_UNITS, nick } });
}

/** Gives up the nick of the domain that acts; `expected` is empty for any. What it used stays used. Faults: STATE_NO_NICK, STATE_NICK_HELD. */
export function dropNick({ realm, paths }: Actor, expected: string): void {
  const { nick } = sacrificeOf(realm.domain(paths.home));
  if (nick === "") throw fault({ code: "STATE_NO_NICK" });
  if (expected !== "" && expected !== nick) throw fault({ code: "STATE_NICK_HELD", nick });
  realm.putStored(NICKS_DOMAIN, ROOT_PATH, nick, undefined);
  realm.patchDomain(paths.home, { sacrifice: { burntUnits: 0n, usedUnits: 0n, nick: "" } });
}

/** The domain with a nick, 20 bytes. Faults: STATE_UNKNOWN_NICK. */
export function domainOfNick(context: Pick<FileContext, "realm" | "meter">, nick: string): Uint8Array {
  const owner = nickProblem(nick) === undefined ? ownerOf(context, nick) : undefined;
  if (owner === undefined) throw fault({ code: "STATE_UNKNOWN_NICK", nick: nick.slice(0, 40) });
  return owner;
}

function ownerOf({ realm, meter }: Pick<FileContext, "realm" | "meter">, nick: string): Uint8Array | undefined {
  meter.charge(PRICES.listEntry);
  const kept = realm.stored(NICKS_DOMAIN, ROOT_PATH, nick);
  return kept === undefined ? undefined : readOwner(kept);
}

/** The domain that a kept nick leads to: an address as an entry of the stack, so that `grid verify` shows it like any kept value. */
export function readOwner(kept: Uint8Array): Uint8Array {
  const value = decodeValue(kept);
  assert(value.kind === "text", "a nick leads to an address");
  return decodeAddress(value.value);
}

/** `@ann` as the place of its record, for a proof; undefined for any other text. */
export function provedNick(text: string): { readonly domain: Uint8Array; readonly path: string; readonly key: string } | undefined {
  const nick = text.slice(1);
  return text.startsWith("@") && nickProblem(nick) === undefined ? { domain: NICKS_DOMAIN, path: ROOT_PATH, key: nick } : undefined;
}

/** A nick as a place, for reports of what several changed. */
export function nickPlace(nick: string): Place {
  return { domain: NICKS_DOMAIN, path: childPath(ROOT_PATH, `@${nick}`) };
}

/** As showPlace, which knows files only. */
export function showPlaceOrNick(place: Place, home: Uint8Array): string {
  return equalBytes(place.domain, NICKS_DOMAIN) ? `the nick ${place.path.slice(1)}` : showPlace(place, home);
}
