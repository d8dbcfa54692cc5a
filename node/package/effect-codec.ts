import { compareBytes, concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberField, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, fleetingRlp, malformed, type RlpItem, type RlpValue } from "../../lang/base/rlp.ts";
import { LIMITS as LANG_LIMITS } from "../../lang/limits.ts";
import type { PackageFault } from "../fault.ts";
import { decodeAcl } from "../state/acl.ts";
import { ADDRESS_SIZE } from "../state/address.ts";
import { checkFact, factKey, KEY_ASPECTS } from "../state/key-facts.ts";
import { LIMITS } from "../state/limits.ts";
import { decodeMeta } from "../state/meta.ts";
import { newPiece } from "../state/pieces.ts";
import { packMode, unpackMode } from "../state/rights.ts";
import { DIRECTORY_HASH, type BalanceChange, type CallEffect, type Effect, type EntryRights, type KeyChange, type PathChange, type RightsChange, type StoredEffect } from "./effect.ts";
import { readSacrificeChange, sacrificeChangeItem } from "./sacrifice-effect.ts";

/** The encoded effect is at most this large: a signer fetches it beside the body in one message of 1 MiB. */
export const MAX_EFFECT_BYTES = 384 * 1024;

/** No entry packs more than one item into five bytes, so only the size ever decides. */
const MAX_ITEMS = 128 * 1024;
/** Without the sacrifices, which few have. */
const EFFECT_FIELDS = 8;
const KINDS = ["file", "directory"] as const;

/** SHA-256 of the encoded effect: the field `effectHash` of a strict package. 32 bytes. */
export function effectHash(effectBytes: Uint8Array): Uint8Array {
  return sha256(effectBytes);
}

/** Canonical bytes of an effect; what the reader would refuse is refused here as well. */
export function encodeEffect(effect: Effect): Uint8Array {
  const bytes = encodeAnyEffect(effect);
  decodeEffect(bytes);
  return bytes;
}

/** As `encodeEffect`, of any size: for our own store, which keeps what packages did that nobody was shown. */
export function encodeAnyEffect(effect: Effect): Uint8Array {
  return encodeRlp(effectItem(effect));
}

function effectItem(effect: Effect): RlpValue {
  const fields = [
    effect.version,
    each(effect.paths, (one) => [one.domain, utf8(one.path), KINDS.indexOf(one.kind), one.oldHash, one.newHash, one.oldSizeBytes, one.newSizeBytes]),
    each(effect.balances, ({ domain, deltaUnits }) => [domain, deltaUnits < 0n ? 1 : 0, deltaUnits < 0n ? -deltaUnits : deltaUnits]),
    each(effect.rights, (one) => [one.domain, utf8(one.path), rightsItem(one.old), rightsItem(one.new), one.contentHash]),
    each(effect.calls, (one) => [one.domain, utf8(one.path), textItem(one.word), one.codeHash, one.times, one.units]),
    each(effect.stored, (one) => [one.domain, utf8(one.path), textItem(one.key), one.oldHash, one.newHash]),
    each(effect.keys, (one) => [one.domain, KEY_ASPECTS.indexOf(one.aspect), one.subject, one.old, one.new]),
    effect.greatestSpendUnits,
  ];
  return effect.sacrifices.length === 0 ? fields : [...fields, effect.sacrifices.map(sacrificeChangeItem)];
}

/** Bytes of the effect that is one payment, as `encodeAnyEffect` has them, in a small part of memory that others share. */
export function encodePayment({ from, to, units }: { readonly from: Uint8Array; readonly to: Uint8Array; readonly units: bigint }): Uint8Array {
  const amount = fleetingRlp(units);
  // Each change is a list: domain, sign, amount. Two of them take 56 bytes or more where the amount has four.
  const change = 1 + ADDRESS_SIZE + 1 + amount.length;
  const changes = 2 * (1 + change);
  const fields = 2 + listHead(changes) + changes + 4 + amount.length;
  const bytes = newPiece(listHead(fields) + fields);
  let at = writeListHead(bytes, 0, fields);
  bytes[at] = 1;
  bytes[at + 1] = EMPTY_LIST;
  at = writeListHead(bytes, at + 2, changes);
  const order = compareBytes(from, to);
  for (let i = 0; i < 2; i++) {
    const isLoss = i === 0 ? order < 0 : order > 0;
    bytes[at] = 0xc0 + change;
    bytes[at + 1] = 0x80 + ADDRESS_SIZE;
    bytes.set(isLoss ? from : to, at + 2);
    bytes[at + 2 + ADDRESS_SIZE] = isLoss ? 1 : 0x80;
    bytes.set(amount, at + 3 + ADDRESS_SIZE);
    at += 1 + change;
  }
  bytes.fill(EMPTY_LIST, at, at + 4);
  bytes.set(amount, at + 4);
  return bytes;
}

const EMPTY_LIST = 0xc0;

/** Bytes of the head of a list of so many, at most 255. */
function listHead(size: number): number {
  return size < 56 ? 1 : 2;
}

function writeListHead(bytes: Uint8Array, at: number, size: number): number {
  if (size >= 56) bytes[at] = 0xf8;
  bytes[at + listHead(size) - 1] = size < 56 ? 0xc0 + size : size;
  return at + listHead(size);
}

const NOTHING: RlpValue = [];

/** Nearly all lists of nearly all effects are empty. */
function each<T>(list: readonly T[], item: (one: T) => RlpValue): RlpValue {
  return list.length === 0 ? NOTHING : list.map(item);
}

/**
 * The hash that a strict package must carry to do this, or undefined if the effect is beyond the limits: code may
 * change more than any signer can be shown, and such a package does nothing.
 */
export function bindingHash(effect: Effect): Uint8Array | undefined {
  const bytes = bindingBytes(effect);
  return bytes === undefined ? undefined : effectHash(bytes);
}

/** What `bindingHash` is the hash of. An effect that code made has the right form; only its size is open. */
export function bindingBytes(effect: Effect): Uint8Array | undefined {
  const bytes = encodeAnyEffect(effect);
  return bytes.length > MAX_EFFECT_BYTES ? undefined : bytes;
}

/** Reads an effect and refuses every other form of the same content. Faults: CODEC_MALFORMED, LANG_BAD_INPUT, PACKAGE_TOO_LARGE. */
export function decodeEffect(bytes: Uint8Array): Effect {
  if (bytes.length > MAX_EFFECT_BYTES) {
    throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: MAX_EFFECT_BYTES });
  }
  return readEffect(bytes, MAX_ITEMS);
}

/** As `decodeEffect`, of any size. */
export function decodeAnyEffect(bytes: Uint8Array): Effect {
  return readEffect(bytes, Infinity);
}

function readEffect(bytes: Uint8Array, mostItems: number): Effect {
  const fields = listField(decodeRlp(bytes, mostItems), "effect");
  if (fields.length !== EFFECT_FIELDS) listField(fields, "effect", EFFECT_FIELDS + 1);
  const [version, paths, balances, rights, calls, stored, keys, spend, sacrifices] = fields;
  if (sacrifices !== undefined && listField(sacrifices, "sacrifices").length === 0) malformed("sacrifices: an empty list");
  if (smallField(version, "effect version", 0xff) !== 1) malformed("effect version: only 1 is known");
  const effect: Effect = {
    version: 1,
    paths: listField(paths, "paths").map(pathChange),
    balances: listField(balances, "balances").map(balanceChange),
    rights: listField(rights, "rights").map(rightsChange),
    calls: listField(calls, "calls").map(callEffect),
    stored: listField(stored, "stored values").map(storedEffect),
    keys: listField(keys, "keys").map(keyChange),
    sacrifices: sacrifices === undefined ? [] : listField(sacrifices, "sacrifices").map(readSacrificeChange),
    greatestSpendUnits: numberField(spend, "greatest spend", LIMITS.amountBits),
  };
  ascending(effect.paths.map(placeKey), "paths");
  ascending(effect.balances.map((one) => one.domain), "balances");
  ascending(effect.rights.map(placeKey), "rights");
  ascending(effect.calls.map(callKey), "calls");
  ascending(effect.stored.map(storedKey), "stored values");
  ascending(effect.keys.map((one) => concatBytes(one.domain, factKey(one))), "keys");
  ascending(effect.sacrifices.map((one) => one.domain), "sacrifices");
  return effect;
}

/** The order of paths and rights: domain, then the path's UTF-8. Domains are of one length, so joining keeps it. */
export function placeKey(place: { readonly domain: Uint8Array; readonly path: string }): Uint8Array {
  return concatBytes(place.domain, utf8(place.path));
}

/** The order of calls: place, word, code. A NUL, which no path and no word holds, keeps short names before longer ones. */
export function callKey({ domain, path, word, codeHash }: CallEffect): Uint8Array {
  return concatBytes(placeKey({ domain, path: `${path}\0${word}\0` }), codeHash);
}

/** The order of stored values: the place of the program, then the key. */
export function storedKey({ domain, path, key }: StoredEffect): Uint8Array {
  return placeKey({ domain, path: `${path}\0${key}` });
}

/** Whether two rights of an entry are the same in every part. */
export function equalRights(a: EntryRights, b: EntryRights): boolean {
  return equalBytes(a.owner, b.owner) && a.mode === b.mode && equalBytes(a.acl, b.acl) && equalBytes(a.meta, b.meta);
}

function pathChange(item: RlpItem): PathChange {
  const [domain, path, kind, oldHash, newHash, oldSize, newSize] = listField(item, "path", 7);
  const change: PathChange = {
    domain: bytesField(domain, "domain", [20]),
    path: pathText(path),
    kind: KINDS[smallField(kind, "kind", KINDS.length - 1)] as PathChange["kind"],
    oldHash: bytesField(oldHash, "old hash", [0, 32]),
    newHash: bytesField(newHash, "new hash", [0, 32]),
    oldSizeBytes: smallField(oldSize, "old size", Number.MAX_SAFE_INTEGER),
    newSizeBytes: smallField(newSize, "new size", Number.MAX_SAFE_INTEGER),
  };
  if (equalBytes(change.oldHash, change.newHash)) malformed("path: nothing changes");
  const standing = change.newHash.length > 0 ? change.newHash : change.oldHash;
  if (equalBytes(standing, DIRECTORY_HASH) !== (change.kind === "directory")) malformed("path: kind and hash disagree");
  if (!holdsBytes(change.oldHash) && change.oldSizeBytes !== 0) malformed("path: a size without content");
  if (!holdsBytes(change.newHash) && change.newSizeBytes !== 0) malformed("path: a size without content");
  return change;
}

function holdsBytes(hash: Uint8Array): boolean {
  return hash.length > 0 && !equalBytes(hash, DIRECTORY_HASH);
}

/** Absolute within the domain, in the one spelling of its place. */
function pathText(item: RlpItem | undefined): string {
  const path = textField(item, "path", LIMITS.pathBytes);
  if (path === "/") return path;
  const [front, ...names] = path.split("/");
  if (front !== "" || names.length === 0) malformed("path: does not begin with /");
  for (const name of names) {
    if (name === "" || name === "." || name === ".." || name.includes("\0")) malformed("path: not in its one form");
  }
  return path;
}

function balanceChange(item: RlpItem): BalanceChange {
  const [domain, isLoss, amount] = listField(item, "balance", 3);
  const units = numberField(amount, "amount", LIMITS.amountBits);
  if (units === 0n) malformed("balance: nothing changes");
  const loss = smallField(isLoss, "sign", 1) === 1;
  return { domain: bytesField(domain, "domain", [20]), deltaUnits: loss ? -units : units };
}

function rightsChange(item: RlpItem): RightsChange {
  const [domain, path, before, after, content] = listField(item, "rights", 5);
  const change = {
    domain: bytesField(domain, "domain", [20]), path: pathText(path), old: entryRights(before), new: entryRights(after), contentHash: bytesField(content, "content hash", [0, 32]),
  };
  if (equalRights(change.old, change.new)) malformed("rights: nothing changes");
  if ((change.contentHash.length === 0) !== equalBytes(change.old.owner, change.new.owner)) malformed("rights: content is named where the owner changes, and only there");
  return change;
}

function callEffect(item: RlpItem): CallEffect {
  const [domain, path, word, codeHash, times, units] = listField(item, "call", 6);
  const call: CallEffect = {
    domain: bytesField(domain, "domain", [20]), path: pathText(path), word: textField(word, "word", LANG_LIMITS.nameLength * 4),
    codeHash: bytesField(codeHash, "hash of the code", [32]), times: smallField(times, "times", 2 ** 32 - 1), units: numberField(units, "units", LIMITS.amountBits),
  };
  if (call.times === 0) malformed("call: never made");
  if (call.word === "" || call.word.includes("\0")) malformed("call: of no word");
  return call;
}

function storedEffect(item: RlpItem): StoredEffect {
  const [domain, path, key, oldHash, newHash] = listField(item, "stored value", 5);
  const change: StoredEffect = {
    domain: bytesField(domain, "domain", [20]), path: pathText(path), key: textField(key, "key", LIMITS.storedKeyBytes),
    oldHash: bytesField(oldHash, "old hash", [0, 32]), newHash: bytesField(newHash, "new hash", [0, 32]),
  };
  if (equalBytes(change.oldHash, change.newHash)) malformed("stored value: nothing changes");
  return change;
}

function keyChange(item: RlpItem): KeyChange {
  const [domain, aspectItem, subjectItem, oldItem, newItem] = listField(item, "key change", 5);
  const aspect = KEY_ASPECTS[smallField(aspectItem, "aspect", KEY_ASPECTS.length - 1)] as KeyChange["aspect"];
  const change = {
    domain: bytesField(domain, "domain", [20]), aspect, subject: bytesField(subjectItem, "subject", []), old: bytesField(oldItem, "old", []), new: bytesField(newItem, "new", []),
  };
  if (equalBytes(change.old, change.new)) malformed("key: nothing changes");
  for (const value of [change.old, change.new]) if (value.length > 0) checkFact({ aspect, subject: change.subject, value });
  return change;
}

function entryRights(item: RlpItem | undefined): EntryRights {
  const [owner, mode, aclItem, metaItem] = listField(item, "rights", 4);
  const acl = bytesField(aclItem, "access-control list", [], LIMITS.attributeBytes);
  const meta = bytesField(metaItem, "metadata", [], LIMITS.attributeBytes);
  // A signer is shown what they say, so they must say something.
  decodeAcl(acl);
  decodeMeta(meta);
  const bits = smallField(mode, "mode", 2 ** 27 - 1);
  if (packMode(unpackMode(bits)) !== bits) malformed("mode: a bit that means nothing");
  return { owner: bytesField(owner, "owner", [20]), mode: bits, acl, meta };
}

function rightsItem(rights: EntryRights): RlpValue {
  return [rights.owner, rights.mode, rights.acl, rights.meta];
}

function ascending(keys: readonly Uint8Array[], name: string): void {
  for (const [index, key] of keys.entries()) {
    const before = keys[index - 1];
    if (before !== undefined && compareBytes(before, key) >= 0) malformed(`${name}: not strictly ascending`);
  }
}
