import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { countingKeys, keyOf, type KeySet, type SessionKey } from "./key-set.ts";

/**
 * With what authority code acts. It is that of whoever signs and belongs to his domain: a program that he calls
 * acts for its own domain and has none of it.
 */
export type Authority = { readonly domain: Uint8Array } & AuthorityLevel;
/** With what keys a package was signed. */
export type AuthorityLevel =
  /** May change the keys too. */
  | { readonly level: "owner" }
  | { readonly level: "active" }
  | { readonly level: "session"; readonly key: SessionKey };

/** What the keys of a quorum may do for a domain. A domain that never changed its keys has one, which owns it: its address is that key's id. */
export function authorityIn(domain: Uint8Array, record: { readonly keys?: KeySet }, quorum: { readonly keys: readonly Uint8Array[]; readonly needed: number }): AuthorityLevel | undefined {
  if (record.keys !== undefined) return authorityOf(record.keys, quorum);
  return quorum.keys.length === 1 && equalBytes(quorum.keys[0] as Uint8Array, domain) ? OWNER : undefined;
}

const OWNER: AuthorityLevel = { level: "owner" };

/** What `needed` of `keys` may do together, whichever of them sign; undefined if nothing. Says nothing about a session key's limits. */
export function authorityOf(set: KeySet, { keys, needed }: { readonly keys: readonly Uint8Array[]; readonly needed: number }): AuthorityLevel | undefined {
  const found = keys.map((id) => keyOf(set, id));
  const [first] = found;
  if (keys.length === 1 && first?.role === "session") return { level: "session", key: first };
  const owners = found.filter((key) => key?.role === "owner").length;
  if (found.some((key) => key === undefined || key.role === "session")) return undefined;
  // The worst that can happen is that all who are not owners are among those who sign.
  if (needed - (keys.length - owners) >= set.thresholds.owner) return { level: "owner" };
  return needed >= set.thresholds.active ? { level: "active" } : undefined;
}

/** The keys that are asked to sign for a domain: `starter` alone where that is enough, else all that count. */
export function quorumFor(set: KeySet, level: "owner" | "active", starter?: Uint8Array): { readonly keys: readonly Uint8Array[]; readonly needed: number } {
  const own = starter === undefined ? undefined : keyOf(set, starter);
  if (own?.role === "session") return { keys: [own.id], needed: 1 };
  const counting = countingKeys(set, level).map(({ id }) => id);
  const needed = set.thresholds[level];
  const isEnough = needed === 1 && starter !== undefined && counting.some((id) => equalBytes(id, starter));
  return isEnough ? { keys: [starter], needed: 1 } : { keys: counting, needed };
}

/** Faults: STATE_NOT_OWNER. */
export function requireOwner(authority: Authority | undefined, domain: Uint8Array, word: string): void {
  if (authority?.level === "owner" && equalBytes(authority.domain, domain)) return;
  throw new FaultError<StateFault>({ code: "STATE_NOT_OWNER", word });
}

/** Words that write are free to everybody but a session key, which has a list. Faults: STATE_SESSION_LIMIT. */
export function requireWord(authority: Authority | undefined, { word, code, access }: { readonly word: string; readonly code: number; readonly access: string }): void {
  if (authority?.level !== "session" || access === "read" || access === "show") return;
  if (!authority.key.limits.words.includes(code)) throw new FaultError<StateFault>({ code: "STATE_SESSION_LIMIT", limit: "word", what: word });
}
