import { bigEndian, concatBytes, equalBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";
import type { StoreFault } from "../fault.ts";
import type { Disk, KeyRange, KeyValueOperation } from "../ports.ts";
import { decodeBlock, decodeResult, encodeBlock, encodeResult } from "./block-codec.ts";
import { decodeHeader, encodeHeader } from "./header-codec.ts";
import type { Block, DataBlock, KeyBlock, KeyBlockHeader, PackageResult } from "./block.ts";
import { accusedEpoch, NO_EVIDENCE_ROOT } from "./fraud-codec.ts";
import type { ChainEntry, ChainView } from "./chain-view.ts";
import type { LedgerParams } from "./params.ts";

/**
 * How the ledger lies in the store. Reading finds damage and names it; writing is only planned here,
 * as operations that go into the one batch of a block.
 *
 *     l/h ID          header and what follows from it (every kept branch)
 *     l/b ID          data block with its packages
 *     l/x ID          results of its packages and fees of its epoch so far (main chain)
 *     l/n HEIGHT      id of the main chain's block, 8 bytes big endian
 *     l/r PACKAGE     block and place of a package (main chain)
 *     l/c PARENT      ids of the data blocks seen on a block, of every branch
 *     l/y KEY BLOCK   who proved that the leader of this epoch cheated, and in which block (main chain)
 *     l/t ID          tip of a branch that is not the main chain
 *     l/head l/chain  id of the newest block; chain id
 *     l/base          height of the snapshot that the store began with: below it there are headers alone
 */
export interface ExecutedRecord {
  /** Fees of the epoch's data blocks up to and with this one. */
  readonly epochFeesUnits: bigint;
  readonly results: readonly PackageResult[];
  /** For writing: the same encoded, where it is at hand. */
  readonly encodedResults?: readonly Uint8Array[];
}
/** `reporter`: 20 bytes, paid a share of what the cheater loses. */
export interface Punishment {
  readonly reporter: Uint8Array;
  readonly blockId: Uint8Array;
}
export interface PackagePlace {
  readonly blockId: Uint8Array;
  readonly index: number;
}

const HEADER = utf8("l/h");
const BODY = utf8("l/b");
const EXECUTED = utf8("l/x");
const HEIGHT = utf8("l/n");
const PACKAGE = utf8("l/r");
const CHILDREN = utf8("l/c");
const PUNISHED = utf8("l/y");
const TIP = utf8("l/t");
const HEAD_KEY = utf8("l/head");
const CHAIN_KEY = utf8("l/chain");
const BASE_KEY = utf8("l/base");
/** Entries are about 600 bytes each: 5 MB. */
const CACHED_ENTRIES = 8_192;

/** Blocks, headers, receipts and places of packages on disk. It reads; what is to be written it gives as operations, for one batch with the state. */
export class ChainStore implements ChainView {
  readonly #disk: Disk;
  readonly #params: LedgerParams;
  /** Named in faults. */
  readonly #folder: string;
  readonly #cache = new Map<string, ChainEntry>();

  constructor(disk: Disk, params: LedgerParams, folder: string) {
    this.#disk = disk;
    this.#params = params;
    this.#folder = folder;
  }

  chainId(): Uint8Array | undefined {
    return this.#read(CHAIN_KEY, "the chain id", (item) => bytesField(item, "chain id", [32]));
  }

  headId(): Uint8Array | undefined {
    return this.#read(HEAD_KEY, "the head", (item) => bytesField(item, "head", [32]));
  }

  /** From this height on blocks are whole; 0 unless the store began with a snapshot. */
  baseHeight(): bigint {
    return this.#read(BASE_KEY, "the height of the snapshot", (item) => numberField(item, "height", 48)) ?? 0n;
  }

  idAt(height: bigint): Uint8Array | undefined {
    return this.#read(heightKey(height), `the block at height ${height}`, (item) => bytesField(item, "id", [32]));
  }

  /** Headers never change, so they are kept in memory, the least recently added dropped first. */
  entry(id: Uint8Array): ChainEntry | undefined {
    const name = toHex(id);
    const cached = this.#cache.get(name);
    if (cached !== undefined) return cached;
    const found = this.#read(concatBytes(HEADER, id), `header ${name}`, (item) => readEntry(id, item));
    if (found === undefined) return undefined;
    this.#cache.set(name, found);
    if (this.#cache.size > CACHED_ENTRIES) this.#cache.delete(this.#cache.keys().next().value ?? "");
    return found;
  }

  dataBlock(id: Uint8Array): DataBlock | undefined {
    return this.#read(concatBytes(BODY, id), `data block ${toHex(id)}`, (item) => {
      const block = decodeBlock(bytesField(item, "block", []), this.#params);
      if (!("packages" in block)) throw this.damaged(`data block ${toHex(id)}`);
      return block;
    });
  }

  /** Header with its body, where it has one. */
  block(entry: ChainEntry): Block | undefined {
    if (entry.header === undefined) return undefined;
    if (entry.header.kind === "key") return this.#keyBlock(entry, entry.header);
    const block = this.dataBlock(entry.id);
    if (block === undefined) throw this.damaged(`data block ${toHex(entry.id)}`);
    return block;
  }

  /** Most key blocks bring no evidence, and their header says all. */
  #keyBlock(entry: ChainEntry, header: KeyBlockHeader): KeyBlock {
    if (equalBytes(header.evidenceRoot, NO_EVIDENCE_ROOT)) return { header, evidence: [] };
    const what = `key block ${toHex(entry.id)}`;
    const block = this.#read(concatBytes(BODY, entry.id), what, (item) => decodeBlock(bytesField(item, "block", []), this.#params));
    if (block === undefined || "packages" in block) throw this.damaged(what);
    return block;
  }

  /** Data blocks that were seen on this block, in order of arrival; more than one is fraud. */
  dataChildren(parentId: Uint8Array): readonly Uint8Array[] {
    return this.#read(concatBytes(CHILDREN, parentId), `children of ${toHex(parentId)}`, (item) => listField(item, "children").map((id) => bytesField(id, "id", [32]))) ?? [];
  }

  /** Proved fraud of the leader of this epoch, on the main chain. */
  punishment(keyBlockId: Uint8Array): Punishment | undefined {
    return this.#read(concatBytes(PUNISHED, keyBlockId), `punishment in epoch ${toHex(keyBlockId)}`, (item) => {
      const [reporter, blockId] = listField(item, "punishment", 2);
      return { reporter: bytesField(reporter, "reporter", [20]), blockId: bytesField(blockId, "block", [32]) };
    });
  }

  executed(id: Uint8Array): ExecutedRecord | undefined {
    return this.#read(concatBytes(EXECUTED, id), `results of block ${toHex(id)}`, (item) => {
      const [fees, results] = listField(item, "executed", 2);
      return { epochFeesUnits: numberField(fees, "fees", 128), results: listField(results, "results").map((result) => decodeResult(bytesField(result, "result", []))) };
    });
  }

  place(packageId: Uint8Array): PackagePlace | undefined {
    return this.#read(concatBytes(PACKAGE, packageId), `receipt of ${toHex(packageId)}`, (item) => {
      const [blockId, index] = listField(item, "place", 2);
      return { blockId: bytesField(blockId, "block", [32]), index: smallField(index, "index", this.#params.dataBlockPackages) };
    });
  }

  isOnMainChain(entry: ChainEntry): boolean {
    const id = this.idAt(entry.height);
    return id !== undefined && equalBytes(id, entry.id);
  }

  /** Ids of the tips of side branches. */
  async sideTips(): Promise<Uint8Array[]> {
    const tips: Uint8Array[] = [];
    for await (const [key] of this.#disk.entries({ start: TIP, end: utf8("l/u") })) tips.push(key.slice(TIP.length));
    return tips;
  }

  /** After blocks were forgotten. */
  forgetEntries(ids: readonly Uint8Array[]): void {
    for (const id of ids) this.#cache.delete(toHex(id));
  }

  damaged(what: string): FaultError<StoreFault> {
    return new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder: this.#folder, what });
  }

  /** Undefined when there is none; anything that does not have its form is damage, as the disk's checksums say too. */
  #read<T>(key: Uint8Array, what: string, read: (item: RlpItem) => T): T | undefined {
    const record = this.#disk.getSync(key);
    if (record === undefined) return undefined;
    try {
      return read(decodeRlp(record));
    } catch (error) {
      if (!isFaultError(error) || error.fault.code === "STORE_DAMAGED") throw error;
      throw this.damaged(what);
    }
  }
}

/** Keys of the headers, and of the receipts, whose id begins with these hex digits. */
export function blockIdRange(beginning: string): KeyRange {
  return hexRange(HEADER, beginning);
}
export function packageIdRange(beginning: string): KeyRange {
  return hexRange(PACKAGE, beginning);
}

/** Of an odd number of digits the last is left out: the caller looks at whole ids again. */
function hexRange(family: Uint8Array, beginning: string): KeyRange {
  const whole = fromHex(beginning.slice(0, beginning.length & ~1)) ?? new Uint8Array(0);
  return { start: concatBytes(family, whole), end: concatBytes(family, whole, new Uint8Array(33).fill(0xff)) };
}

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

/** Makes an executed block the newest of the main chain. */
export function planConnect(entry: ChainEntry, executed: ExecutedRecord): KeyValueOperation[] {
  return [
    planResults(entry, executed),
    put(heightKey(entry.height), entry.id),
    put(HEAD_KEY, entry.id),
    ...executed.results.map(({ packageId }, index) => put(concatBytes(PACKAGE, packageId), [entry.id, numberItem(index)])),
    { type: "del", key: concatBytes(TIP, entry.id) },
  ];
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

/** Says of which chain the store is, for the first batch. */
export function planChainId(chainId: Uint8Array): KeyValueOperation {
  return put(CHAIN_KEY, chainId);
}

function entryItem(entry: ChainEntry): RlpItem {
  const header = entry.header === undefined ? [numberItem(entry.timeMs), entry.stateRoot] : encodeHeader(entry.header);
  return [header, numberItem(entry.keyHeight), entry.keyBlockId, numberItem(entry.lastDataTimeMs), numberItem(entry.totalWork)];
}

function readEntry(id: Uint8Array, item: RlpItem): ChainEntry {
  const fields = listField(item, "entry", 5);
  const derived = {
    id, keyHeight: numberField(fields[1], "key height", 48), keyBlockId: bytesField(fields[2], "key block", [32]),
    lastDataTimeMs: numberField(fields[3], "last data time", 48), totalWork: numberField(fields[4], "work", 320),
  };
  if (!(fields[0] instanceof Uint8Array)) {
    const [timeMs, stateRoot] = listField(fields[0], "genesis", 2);
    return { ...derived, header: undefined, parentId: new Uint8Array(32), height: 0n, timeMs: numberField(timeMs, "time", 48), stateRoot: bytesField(stateRoot, "root", [32]) };
  }
  const header = decodeHeader(fields[0]);
  if (!equalBytes(sha256(fields[0]), id)) throw new FaultError({ code: "CODEC_MALFORMED", reason: "the header has another id" });
  return { ...derived, header, parentId: header.parentId, height: header.height, timeMs: header.timeMs, stateRoot: header.stateRoot };
}

function heightKey(height: bigint): Uint8Array {
  return concatBytes(HEIGHT, bigEndian(height, 8));
}

function put(key: Uint8Array, value: RlpItem): KeyValueOperation {
  return { type: "put", key, value: encodeRlp(value) };
}
