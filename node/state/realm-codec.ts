import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { BaseState } from "./base-state.ts";
import { directoryText, fromDirectoryText } from "./entry-keys.ts";
import { keySetItem, readKeySet } from "./key-set-codec.ts";
import { layersOf, type Chain, type DomainPatch, type Layer } from "./layers.ts";
import { LIMITS } from "./limits.ts";
import { isCanonicalPath, nameProblem } from "./paths.ts";
import { decodeEntry, encodeEntry } from "./records-codec.ts";
import type { EntryRecord } from "./records.ts";
import { Realm } from "./realm.ts";
import { nickField, type SacrificePatch } from "./sacrifice.ts";
import type { StateReader } from "./versioned.ts";

/**
 * A realm as bytes, so that any worker can take it up: [1, height, root, layers from oldest to newest].
 * Each layer is encoded once, because layers never change; a line adds one and the others are copied.
 */
const FORMAT = 1;
/** Pending content and as much again for everything else. */
const MAX_BYTES = 2 * LIMITS.pendingBytes;

const encodedLayers = new WeakMap<Layer, Uint8Array>();

/** Base and layers, without what lies beneath the base. */
export function encodeRealm(realm: Realm): Uint8Array {
  const layers = [...layersOf(realm.chain())].reverse().map(encodeLayer);
  return encodeRlp([numberItem(FORMAT), numberItem(realm.base.height), realm.base.stateRoot, layers]);
}

/** Reads a realm that a worker of ours encoded. Faults: CODEC_MALFORMED. */
export function decodeRealm(bytes: Uint8Array, reader: StateReader): Realm {
  if (bytes.length > MAX_BYTES) malformed(`realm: more than ${MAX_BYTES} bytes`);
  const [format, height, root, layers] = listField(decodeRlp(bytes), "realm", 4);
  if (smallField(format, "realm format", 255) !== FORMAT) malformed("realm format: only 1 is known");
  const base = new BaseState(reader, { height: numberField(height, "height", 64), stateRoot: bytesField(root, "state root", [32]) });
  let chain: Chain | undefined;
  for (const item of listField(layers, "layers")) {
    const encoded = bytesField(item, "layer", []);
    const layer = decodeLayer(encoded);
    encodedLayers.set(layer, encoded);
    chain = { layer, below: chain };
  }
  return new Realm(base, chain);
}

function encodeLayer(layer: Layer): Uint8Array {
  const known = encodedLayers.get(layer);
  if (known !== undefined) return known;
  const encoded = encodeRlp([
    [...layer.domains].map(([address, patch]) => [hexItem(address), ...patchItems(patch)]),
    [...layer.directories].map(([text, names]) => {
      const { address, directory } = fromDirectoryText(text);
      return [address, textItem(directory), [...names].map(([name, record]) => [textItem(name), record === undefined ? new Uint8Array(0) : encodeEntry(record)])];
    }),
    [...layer.stored].map(([text, values]) => {
      const { address, directory } = fromDirectoryText(text);
      return [address, textItem(directory), [...values].map(([key, value]) => [textItem(key), value === undefined ? [] : [value]])];
    }),
    [...layer.contents.values()],
    numberItem(layer.count),
  ]);
  encodedLayers.set(layer, encoded);
  return encoded;
}

function decodeLayer(bytes: Uint8Array): Layer {
  const [domains, directories, stored, contents, count] = listField(decodeRlp(bytes), "layer", 5);
  const layer: Layer = {
    domains: new Map(listField(domains, "domains").map(domainOf)),
    directories: new Map(listField(directories, "directories").map(directoryOf)),
    stored: new Map(listField(stored, "stored values").map(storedOf)),
    contents: new Map(listField(contents, "contents").map(contentOf)),
    count: smallField(count, "count", 2 * LIMITS.pendingWrites),
    contentBytes: 0,
  };
  const contentBytes = [...layer.contents.values()].reduce((sum, content) => sum + content.length, 0);
  return { ...layer, contentBytes };
}

function patchItems(patch: DomainPatch): RlpItem[] {
  const { deltaUnits, nonce, keys, sealingKey, sacrifice } = patch;
  return [
    numberItem(deltaUnits < 0n ? 1 : 0),
    numberItem(deltaUnits < 0n ? -deltaUnits : deltaUnits),
    nonce === undefined ? [] : [numberItem(nonce)],
    keys === undefined ? [] : [keySetItem(keys)],
    sealingKey === undefined ? [] : [sealingKey],
    sacrifice === undefined ? [] : [sacrificeItems(sacrifice)],
  ];
}

function sacrificeItems({ burntUnits, usedUnits, nick }: SacrificePatch): RlpItem {
  return [numberItem(burntUnits), numberItem(usedUnits), nick === undefined ? [] : [textItem(nick)]];
}

function sacrificePatch(item: RlpItem): SacrificePatch {
  const [burnt, used, nickList] = listField(item, "sacrifice", 3);
  const nick = optional(nickList, "nick");
  return {
    burntUnits: numberField(burnt, "burnt", LIMITS.amountBits), usedUnits: numberField(used, "used", LIMITS.amountBits),
    ...(nick === undefined ? {} : { nick: nickField(nick) }),
  };
}

function domainOf(item: RlpItem): readonly [string, DomainPatch] {
  const [address, sign, units, nonce, keys, sealingKey, sacrifice] = listField(item, "domain", 7);
  const size = numberField(units, "units", LIMITS.amountBits);
  const isLoss = smallField(sign, "sign", 1) === 1;
  const nonceItem = optional(nonce, "nonce");
  const keysList = optional(keys, "keys");
  const sealing = optional(sealingKey, "sealing key");
  const burnt = optional(sacrifice, "sacrifice");
  const patch: DomainPatch = {
    deltaUnits: isLoss ? -size : size,
    ...(nonceItem === undefined ? {} : { nonce: numberField(nonceItem, "nonce", 64) }),
    ...(keysList === undefined ? {} : { keys: readKeySet(keysList) }),
    ...(sealing === undefined ? {} : { sealingKey: bytesField(sealing, "sealing key", [0, 32]) }),
    ...(burnt === undefined ? {} : { sacrifice: sacrificePatch(burnt) }),
  };
  return [toHex(bytesField(address, "address", [20])), patch];
}

function directoryOf(item: RlpItem): readonly [string, ReadonlyMap<string, EntryRecord | undefined>] {
  const [address, path, names] = listField(item, "directory", 3);
  const directory = textField(path, "path", LIMITS.pathBytes);
  if (!isCanonicalPath(directory)) malformed("path: not in its one form");
  return [directoryText(bytesField(address, "address", [20]), directory), new Map(listField(names, "names").map(entryOf))];
}

function entryOf(item: RlpItem): readonly [string, EntryRecord | undefined] {
  const [nameItem, recordItem] = listField(item, "entry", 2);
  const name = textField(nameItem, "name", LIMITS.nameBytes);
  if (nameProblem(name) !== undefined) malformed("name: no name of an entry");
  const bytes = bytesField(recordItem, "record", []);
  if (bytes.length === 0) return [name, undefined];
  const record = decodeEntry(bytes);
  if (record.name !== name) malformed("record: of another name");
  return [name, record];
}

function storedOf(item: RlpItem): readonly [string, ReadonlyMap<string, Uint8Array | undefined>] {
  const [address, path, values] = listField(item, "stored values", 3);
  const program = textField(path, "path", LIMITS.pathBytes);
  if (!isCanonicalPath(program)) malformed("path: not in its one form");
  return [directoryText(bytesField(address, "address", [20]), program), new Map(listField(values, "values").map(valueOf))];
}

function valueOf(item: RlpItem): readonly [string, Uint8Array | undefined] {
  const [keyItem, valueItem] = listField(item, "stored value", 2);
  const value = optional(valueItem, "value");
  return [textField(keyItem, "key", LIMITS.storedKeyBytes), value === undefined ? undefined : bytesField(value, "value", [], LIMITS.storedValueBytes)];
}

function contentOf(item: RlpItem): readonly [string, Uint8Array] {
  const bytes = bytesField(item, "content", [], LIMITS.fileBytes);
  return [toHex(sha256(bytes)), bytes];
}

function optional(item: RlpItem | undefined, name: string): RlpItem | undefined {
  const list = listField(item, name);
  if (list.length > 1) malformed(`${name}: at most one`);
  return list[0];
}

function hexItem(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  assert(bytes !== undefined, "addresses are kept in hex");
  return bytes;
}
