import { utf8 } from "../../../lang/base/bytes.ts";
import { FaultError } from "../../../lang/base/fault.ts";
import type { LangFault } from "../../../lang/fault.ts";
import { decodeValue, encodeValue } from "../../../lang/program/value-codec.ts";
import type { Value } from "../../../lang/value.ts";
import { fault, shown, type FileContext } from "../access.ts";
import { LIMITS } from "../limits.ts";
import type { Place } from "../paths.ts";
import { PRICES, readPrice, writePrice } from "../prices.ts";
import { programFault } from "./program-fault.ts";

/** What a program keeps on the ledger, value by value, under keys of its own. Nobody else reaches it: `place` is the program's. */

const NOTHING: Value = { kind: "cell", value: 0n };

/** The value under a key; 0 where there is none. Faults: PROGRAM_BAD_KEY. */
export function keptValue({ realm, meter }: FileContext, { domain, path }: Place, key: string): Value {
  const bytes = realm.stored(domain, path, checkedKey(key));
  if (bytes === undefined) return NOTHING;
  meter.charge(readPrice(bytes.length));
  return decodeValue(bytes);
}

/** Whether the program at a place keeps something under a key. */
export function keepsValue({ realm }: FileContext, { domain, path }: Place, key: string): boolean {
  return realm.stored(domain, path, checkedKey(key)) !== undefined;
}

/**
 * Paid by the byte, key included; nothing is returned when it is freed (see prices.ts). A program that removed or moved
 * its own file keeps nothing more: there would be nothing to clean it up with.
 * Faults: PROGRAM_BAD_KEY, LANG_TOO_LARGE, STATE_NO_SUCH_PATH.
 */
export function keepValue(context: FileContext, place: Place, key: string, value: Value): void {
  const { realm, meter } = context;
  const { domain, path } = place;
  if (realm.entry(domain, path)?.kind !== "file") throw fault({ code: "STATE_NO_SUCH_PATH", path: shown(context, place) });
  const size = utf8(checkedKey(key)).length;
  const bytes = encodeValue(value);
  if (bytes.length > LIMITS.storedValueBytes) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "value that a program keeps (bytes)", limit: LIMITS.storedValueBytes });
  meter.charge(writePrice(size + bytes.length));
  realm.putStored(domain, path, key, bytes);
}

/** Keeps nothing under a key any more. */
export function forgetValue({ realm }: FileContext, { domain, path }: Place, key: string): void {
  if (realm.stored(domain, path, checkedKey(key)) !== undefined) realm.putStored(domain, path, key, undefined);
}

/** All that the program at a place keeps, by key, paid for value by value. */
export function allKept({ realm, meter }: FileContext, { domain, path }: Place): readonly (readonly [key: string, value: Value])[] {
  return realm.listStored(domain, path, () => meter.charge(PRICES.listEntry)).map(([key, bytes]) => [key, decodeValue(bytes)]);
}

/** The file goes, and all that its program kept goes with it. */
export function forgetAll({ realm, meter }: FileContext, { domain, path }: Place): void {
  for (const [key] of realm.listStored(domain, path, () => meter.charge(PRICES.treeEntry))) realm.putStored(domain, path, key, undefined);
}

/** The file moves, and what its program keeps moves with it. */
export function moveKept({ realm, meter }: FileContext, from: Place, to: Place): void {
  for (const [key, value] of realm.listStored(from.domain, from.path, () => meter.charge(PRICES.treeEntry))) {
    meter.charge(writePrice(value.length));
    realm.putStored(to.domain, to.path, key, value);
    realm.putStored(from.domain, from.path, key, undefined);
  }
}

/** A key has a name of its own bytes; a NUL parts it from the path in an effect. */
function checkedKey(key: string): string {
  const size = utf8(key).length;
  if (size === 0 || size > LIMITS.storedKeyBytes || key.includes("\0")) throw programFault({ code: "PROGRAM_BAD_KEY", key: key.slice(0, 40), limitBytes: LIMITS.storedKeyBytes });
  return key;
}
