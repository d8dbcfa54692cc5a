import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { encodeRlp, fleetingRlp, type RlpItem } from "../../lang/base/rlp.ts";
import { numberItem } from "../../lang/base/rlp-fields.ts";
import type { BatchPart, KeyValueOperation } from "../ports.ts";
import { OperationLog, packed } from "../store/packed-operations.ts";
import { encodeBlock, encodeResult } from "./block-codec.ts";
import type { Block, KeyBlock } from "./block.ts";
import { BASE_KEY, BODIES_KEY, BODY, CHAIN_KEY, CHILDREN, EXECUTED, HEADER, HEAD_KEY, heightKey, PACKAGE, PUNISHED, TIP } from "./chain-keys.ts";
import type { ExecutedRecord } from "./chain-store.ts";
import type { ChainEntry } from "./chain-view.ts";
import { accusedEpoch } from "./fraud-codec.ts";
import { encodeHeader } from "./header-codec.ts";

/** What the ledger writes, as operations for the one batch of a block. Nothing here writes by itself. */

/** Header and body of a block of any branch. `siblings` as in `dataChildren`. */
export function planBlock(entry: ChainEntry, block: Block | undefined, siblings: readonly Uint8Array[] = []): KeyValueOperation[] {
  const operations = [put(concatBytes(HEADER, entry.id), entryItem(entry))];
  if (block === undefined) return operations;
  if ("packages" in block || block.evidence.length > 0) operations.push(put(concatBytes(BODY, entry.id), encodeBlock(block)));
  if ("packages" in block && !siblings.some((id) => equalBytes(id, entry.id))) operations.push(put(concatBytes(CHILDREN, entry.parentId), [...siblings, entry.id]));
  return operations;
}

/** Forgets a block of a side branch, its data children with it. */
export function planForgetBlock(entry: ChainEntry): KeyValueOperation[] {
  return [HEADER, BODY, CHILDREN, TIP].map((family) => ({ type: "del", key: concatBytes(family, entry.id) }));
}

/** What the evidence of a key block means once it is on the main chain. */
export function planPunishments(entry: ChainEntry, { header, evidence }: KeyBlock): KeyValueOperation[] {
  return evidence.map((one) => put(concatBytes(PUNISHED, accusedEpoch(one)), [header.rewardDomain, entry.id]));
}

/** Takes punishments back with the block that brought them. */
export function planPardons({ evidence }: KeyBlock): KeyValueOperation[] {
  return evidence.map((one) => ({ type: "del", key: concatBytes(PUNISHED, accusedEpoch(one)) }));
}

/** What running a block gave, by itself. */
export function planResults(entry: ChainEntry, executed: ExecutedRecord): KeyValueOperation {
  const results = executed.encodedResults ?? executed.results.map(encodeResult);
  return put(concatBytes(EXECUTED, entry.id), [numberItem(executed.epochFeesUnits), results]);
}

/** Makes an executed block the newest of the main chain; places of its packages come with `planPlaces`. */
export function planConnect(entry: ChainEntry, executed: ExecutedRecord): KeyValueOperation[] {
  return [
    planResults(entry, executed),
    put(heightKey(entry.height), entry.id),
    put(HEAD_KEY, entry.id),
    { type: "del", key: concatBytes(TIP, entry.id) },
  ];
}

/** Where each package of a block is found. Packed: a full block has ten thousands. */
export function planPlaces(entry: ChainEntry, { results }: Pick<ExecutedRecord, "results">): BatchPart {
  const log = new OperationLog();
  const key = new Uint8Array(PACKAGE.length + 32);
  key.set(PACKAGE);
  for (const [index, { packageId }] of results.entries()) {
    key.set(packageId, PACKAGE.length);
    log.put(key, fleetingRlp([entry.id, index]));
  }
  return packed(log.finish());
}

/** Takes a block off the main chain, whose newest is then its parent. Header and body stay. */
export function planDisconnect(entry: ChainEntry, executed: ExecutedRecord): KeyValueOperation[] {
  return [
    { type: "del", key: concatBytes(EXECUTED, entry.id) },
    { type: "del", key: heightKey(entry.height) },
    put(HEAD_KEY, entry.parentId),
    ...executed.results.map(({ packageId }): KeyValueOperation => ({ type: "del", key: concatBytes(PACKAGE, packageId) })),
  ];
}

/** Remembers the tip of a side branch, so that a start after a crash can still choose it. */
export function planTip(id: Uint8Array): KeyValueOperation {
  return put(concatBytes(TIP, id), id);
}

/** Forgets a side branch's tip: it was extended, became the main chain, or is too old or wrong. */
export function planForgetTip(id: Uint8Array): KeyValueOperation {
  return { type: "del", key: concatBytes(TIP, id) };
}

/** The store begins with a snapshot at this height. */
export function planBase(height: bigint): KeyValueOperation {
  return put(BASE_KEY, numberItem(height));
}

/** Drops the bodies of these data blocks of the main chain, all below `keptFrom`. */
export function planDropBodies(ids: readonly Uint8Array[], keptFrom: bigint): KeyValueOperation[] {
  return [put(BODIES_KEY, numberItem(keptFrom)), ...ids.map((id): KeyValueOperation => ({ type: "del", key: concatBytes(BODY, id) }))];
}

/** The header is the main chain's at its height: below a snapshot, where nothing else is known of blocks. */
export function planHeight(entry: ChainEntry): KeyValueOperation {
  return put(heightKey(entry.height), entry.id);
}

/** Says of which chain the store is, for the first batch. */
export function planChainId(chainId: Uint8Array): KeyValueOperation {
  return put(CHAIN_KEY, chainId);
}

function entryItem(entry: ChainEntry): RlpItem {
  const header = entry.header === undefined ? [numberItem(entry.timeMs), entry.stateRoot] : encodeHeader(entry.header);
  return [header, numberItem(entry.keyHeight), entry.keyBlockId, numberItem(entry.lastDataTimeMs), numberItem(entry.totalWork)];
}

function put(key: Uint8Array, value: RlpItem): KeyValueOperation {
  return { type: "put", key, value: encodeRlp(value) };
}
