import { concatBytes, equalBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, firstItem, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, smallField } from "../../lang/base/rlp-fields.ts";
import type { ExplorerFault, StoreFault } from "../fault.ts";
import type { Disk, KeyRange, KeyValueOperation } from "../ports.ts";
import { decodeBlock, decodeResult } from "./block-codec.ts";
import { BASE_KEY, BODIES_KEY, BODY, CHAIN_KEY, CHILDREN, EXECUTED, HEADER, HEAD_KEY, heightKey, PACKAGE, PUNISHED, TIP } from "./chain-keys.ts";
import { decodeHeader } from "./header-codec.ts";
import type { Block, DataBlock, KeyBlock, KeyBlockHeader, PackageResult } from "./block.ts";
import { NO_EVIDENCE_ROOT } from "./fraud-codec.ts";
import type { ChainEntry, ChainView } from "./chain-view.ts";
import type { LedgerParams } from "./params.ts";

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

/** Entries are about 600 bytes each: 5 MB. */
const CACHED_ENTRIES = 8_192;

/** Blocks, headers, receipts and places of packages on disk. Finding damage it names it. */
export class ChainStore implements ChainView {
  readonly #disk: Disk;
  readonly #params: LedgerParams;
  /** Named in faults. */
  readonly #folder: string;
  readonly #cache = new Map<string, ChainEntry>();
  /** Of the block that is being written, by key as text; undefined for what it deletes. */
  #ahead: ReadonlyMap<string, Uint8Array | undefined> = new Map();

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

  /** From this height on bodies are here as well: above `baseHeight` where an operator dropped them. */
  keptFrom(): bigint {
    const dropped = this.#read(BODIES_KEY, "the height below which bodies were dropped", (item) => numberField(item, "height", 48)) ?? 0n;
    const base = this.baseHeight();
    return dropped > base ? dropped : base;
  }

  /** Whether the block is here whole, or only its header. */
  isWhole({ header, height }: ChainEntry): boolean {
    return height >= (header?.kind === "data" ? this.keptFrom() : this.baseHeight());
  }

  /** Why a body is not here: this node does not keep it, or it is lost. */
  absent(entry: ChainEntry): FaultError<ExplorerFault | StoreFault> {
    if (this.isWhole(entry)) return this.damaged(`${entry.header?.kind ?? "genesis"} block ${toHex(entry.id)}`);
    return new FaultError<ExplorerFault>({ code: "EXPLORER_NOT_KEPT", height: entry.height, fromHeight: this.keptFrom() });
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

  /** Header with its body, where it has one. Faults: EXPLORER_NOT_KEPT, STORE_DAMAGED. */
  block(entry: ChainEntry): Block | undefined {
    if (entry.header === undefined) return undefined;
    if (entry.header.kind === "key") return this.#keyBlock(entry, entry.header);
    const block = this.dataBlock(entry.id);
    if (block === undefined) throw this.absent(entry);
    return block;
  }

  /** Most key blocks bring no evidence, and their header says all. */
  #keyBlock(entry: ChainEntry, header: KeyBlockHeader): KeyBlock {
    if (equalBytes(header.evidenceRoot, NO_EVIDENCE_ROOT)) return { header, evidence: [] };
    const what = `key block ${toHex(entry.id)}`;
    const block = this.#read(concatBytes(BODY, entry.id), what, (item) => decodeBlock(bytesField(item, "block", []), this.#params));
    if (block === undefined) throw this.absent(entry);
    if ("packages" in block) throw this.damaged(what);
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

  /** Of `executed` the fees alone: the results of a full block take longer to read than to run. */
  epochFees(id: Uint8Array): bigint | undefined {
    const record = this.#record(concatBytes(EXECUTED, id));
    return record === undefined ? undefined : this.#checked(`results of block ${toHex(id)}`, () => numberField(firstItem(record), "fees", 128));
  }

  /** A block's operations are on their way to the disk: from now on they are read as if they were there. Places of packages are not among them. */
  readAhead(operations: readonly KeyValueOperation[]): void {
    const ahead = new Map<string, Uint8Array | undefined>();
    for (const operation of operations) ahead.set(textOf(operation.key), operation.type === "put" ? operation.value : undefined);
    this.#ahead = ahead;
  }

  /** They are written, or never will be. */
  readWritten(): void {
    this.#ahead = new Map();
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
    const record = this.#record(key);
    return record === undefined ? undefined : this.#checked(what, () => read(decodeRlp(record)));
  }

  #record(key: Uint8Array): Uint8Array | undefined {
    const text = this.#ahead.size === 0 ? undefined : textOf(key);
    return text !== undefined && this.#ahead.has(text) ? this.#ahead.get(text) : this.#disk.getSync(key);
  }

  #checked<T>(what: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!isFaultError(error) || error.fault.code === "STORE_DAMAGED") throw error;
      throw this.damaged(what);
    }
  }
}

/** One character for each byte. */
function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
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
