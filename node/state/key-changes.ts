import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import { fault, type FileContext } from "./access.ts";
import { encodeAddress } from "./address.ts";
import { requireOwner, type Authority } from "./authority.ts";
import { countingKeys, keyOf, keysOf, THRESHOLD_ROLES, unreachable, withKey, withoutKey, type DomainKey, type KeySet, type SessionLimits, type ThresholdRole } from "./key-set.ts";
import { keySetItem, tooMany } from "./key-set-codec.ts";
import { LIMITS } from "./limits.ts";
import { writePrice } from "./prices.ts";

/** What a change of keys works on: the domain that acts, and with what authority it does. */
export interface KeyContext extends Pick<FileContext, "realm" | "paths" | "meter"> {
  readonly authority: Authority | undefined;
}

/** Faults: STATE_NOT_OWNER, STATE_BAD_ROLE, STATE_KEY_EXISTS, STATE_TOO_MANY_KEYS, STATE_KEY_LOCKOUT. */
export function addKey(context: KeyContext, id: Uint8Array, roleText: string): void {
  const role = roleNamed(roleText);
  const set = ownKeys(context, "addkey");
  if (keyOf(set, id)?.role === role) throw fault({ code: "STATE_KEY_EXISTS", key: encodeAddress(id), role });
  putKeys(context, withKey(set, { id, role }));
}

/** A session key that is there already gets new limits and starts anew. Faults: as addKey. */
export function addSession(context: KeyContext, id: Uint8Array, limits: SessionLimits): void {
  const set = ownKeys(context, "addsession");
  const known = keyOf(set, id);
  if (known !== undefined && known.role !== "session") throw fault({ code: "STATE_KEY_EXISTS", key: encodeAddress(id), role: known.role });
  putKeys(context, withKey(set, { id, role: "session", limits, spentUnits: 0n }));
}

/** Faults: STATE_NOT_OWNER, STATE_NO_SUCH_KEY, STATE_KEY_LOCKOUT. */
export function removeKey(context: KeyContext, id: Uint8Array): void {
  const set = ownKeys(context, "rmkey");
  requireKey(set, id);
  putKeys(context, withoutKey(set, id));
}

/** The new key takes the place of the old one in every way. Faults: STATE_NOT_OWNER, STATE_NO_SUCH_KEY, STATE_KEY_EXISTS. */
export function rotateKey(context: KeyContext, old: Uint8Array, id: Uint8Array): void {
  const set = ownKeys(context, "rotate");
  const key = requireKey(set, old);
  const known = keyOf(set, id);
  if (known !== undefined) throw fault({ code: "STATE_KEY_EXISTS", key: encodeAddress(id), role: known.role });
  putKeys(context, withKey(withoutKey(set, old), { ...key, id }));
}

/** Faults: STATE_NOT_OWNER, STATE_BAD_ROLE, STATE_KEY_LOCKOUT. */
export function setThreshold(context: KeyContext, roleText: string, count: bigint): void {
  const role = roleNamed(roleText);
  const set = ownKeys(context, "setthreshold");
  const most = countingKeys(set, role).length;
  if (count < 1n || count > BigInt(most)) throw fault({ code: "STATE_KEY_LOCKOUT", role, needs: count, left: most });
  putKeys(context, { ...set, thresholds: { ...set.thresholds, [role]: Number(count) } });
}

/** The keys of the domain that acts, for changing them. Fault: STATE_NOT_OWNER. */
export function ownKeys({ realm, paths, authority }: KeyContext, word: string): KeySet {
  requireOwner(authority, paths.home, word);
  return keysOf(paths.home, realm.domain(paths.home));
}

/** Keeps a set that its domain can live with. Faults: STATE_KEY_LOCKOUT, STATE_TOO_MANY_KEYS. */
export function putKeys(context: KeyContext, set: KeySet, domain = context.paths.home): void {
  const role = unreachable(set);
  if (role !== undefined) throw fault({ code: "STATE_KEY_LOCKOUT", role, needs: BigInt(set.thresholds[role]), left: countingKeys(set, role).length });
  if (tooMany(set)) throw fault({ code: "STATE_TOO_MANY_KEYS", signing: LIMITS.signingKeys, session: LIMITS.sessionKeys });
  context.meter.charge(writePrice(encodeRlp(keySetItem(set)).length));
  context.realm.patchDomain(domain, { keys: set });
}

function requireKey(set: KeySet, id: Uint8Array): DomainKey {
  const key = keyOf(set, id);
  if (key === undefined) throw fault({ code: "STATE_NO_SUCH_KEY", key: encodeAddress(id) });
  return key;
}

function roleNamed(text: string): ThresholdRole {
  const role = THRESHOLD_ROLES.find((one) => one === text);
  if (role === undefined) throw fault({ code: "STATE_BAD_ROLE", role: text.slice(0, 40) });
  return role;
}

/** Sorted, without one that stands there twice. */
export function distinct(list: readonly Uint8Array[]): readonly Uint8Array[] {
  const sorted = [...list].sort(compareBytes);
  return sorted.filter((one, index) => index === 0 || !equalBytes(one, sorted[index - 1] as Uint8Array));
}
