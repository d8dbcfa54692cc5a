import { concatBytes, equalBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import type { DataBlockHeader, Evidence } from "./block.ts";
import { accusedEpoch, decodeEvidence, encodeEvidence } from "./fraud-codec.ts";
import { decodeHeader, encodeHeader, headerId } from "./header-codec.ts";
import type { LedgerParams } from "./params.ts";

/**
 * What speaks against leaders and is not settled, on disk: suspicions that nobody has judged yet or that nothing can
 * be said about on the present branch, and headers of blocks that were not stored, of which a second one on the same
 * parent is fraud. Without it a kill between the sight of a block and the judgement would let the leader go.
 *
 * The chain puts in only what the leader's key signed, so strangers fill nothing; a leader has few places, and all of
 * them together are bounded, the oldest dropped first. What is new goes to disk in the batch of the block that showed
 * it, or before its refusal is answered.
 *
 *     l/d s EPOCH PARENT KIND   a suspicion; one of each kind on a parent says enough
 *     l/d h EPOCH PARENT        header of a data block
 */
export interface DocketLimits {
  readonly perEpoch: number;
  readonly suspicions: number;
  readonly headers: number;
  /** Of all suspicions: an invalid block is proved by the whole of it. */
  readonly sizeBytes: number;
}
const DOCKET_LIMITS: DocketLimits = { perEpoch: 4, suspicions: 64, headers: 256, sizeBytes: 64 << 20 };

const FAMILY = utf8("l/d");
const FAMILY_END = utf8("l/e");
const SUSPICION = utf8("l/ds");
const HEADER = utf8("l/dh");
const ID_BYTES = 32;
/** 300 KB at most. */
const MOST_SETTLED = 1_024;

/** A place in the docket, known without reading what lies there. */
export interface Case {
  /** Its key in the store, as hex. */
  readonly name: string;
  /** Key block of the accused leader's epoch. */
  readonly epochId: Uint8Array;
  /** On which the accused block stands. */
  readonly parentId: Uint8Array;
  readonly sizeBytes: number;
}

/** Suspicions and headers of one chain, bounded. Reads come from memory and the disk; writes are handed out for the chain's batches. */
export class Docket {
  readonly #disk: Disk;
  readonly #params: LedgerParams;
  readonly #limits: DocketLimits;
  readonly #cases = new Map<string, Case>();
  readonly #headers = new Map<string, Case>();
  readonly #unwritten = new Map<string, KeyValueOperation>();
  /** Handed out for a batch that may still be on its way to the disk. */
  readonly #handedOut = new Map<string, Uint8Array>();
  /** Keys of suspicions that were judged: who repeats one costs a look-up and no write. */
  readonly #settled = new Map<string, Case>();

  constructor(disk: Disk, params: LedgerParams, limits: DocketLimits = DOCKET_LIMITS) {
    this.#disk = disk;
    this.#params = params;
    this.#limits = limits;
  }

  /** Finds what was not settled before the node stopped. */
  static async open(disk: Disk, params: LedgerParams, limits: DocketLimits = DOCKET_LIMITS): Promise<Docket> {
    const docket = new Docket(disk, params, limits);
    for await (const [key, value] of disk.entries({ start: FAMILY, end: FAMILY_END })) {
      const one = caseOf(key, value.length);
      (toHex(key).startsWith(toHex(HEADER)) ? docket.#headers : docket.#cases).set(one.name, one);
    }
    return docket;
  }

  /** Files a suspicion that the accused signed. False: enough like it are filed, or were judged. */
  file(suspicion: Evidence): boolean {
    const key = suspicionKey(suspicion);
    if (this.#settled.has(toHex(key)) || !this.#hasPlace(key, this.#cases)) return false;
    this.#put(key, encodeEvidence(suspicion), this.#cases);
    while (this.#cases.size > this.#limits.suspicions || this.#sizeBytes() > this.#limits.sizeBytes) this.#dropOldest(this.#cases);
    return true;
  }

  /** Remembers the header of a data block that the store does not get: it was refused, or its parent or its time has not come. */
  fileHeader(header: DataBlockHeader): void {
    const key = headerKey(header);
    if (!this.#hasPlace(key, this.#headers)) return;
    this.#put(key, encodeHeader(header), this.#headers);
    while (this.#headers.size > this.#limits.headers) this.#dropOldest(this.#headers);
  }

  /** The store has this block: another one on its parent will be compared with that. */
  dropHeader(header: DataBlockHeader): void {
    const found = this.headerOn(header);
    if (found === undefined || !equalBytes(headerId(found), headerId(header))) return;
    const name = toHex(headerKey(header));
    this.#unwritten.set(name, this.#drop(name, this.#headers));
  }

  /** The one remembered in the epoch and on the parent of this header. */
  headerOn(header: DataBlockHeader): DataBlockHeader | undefined {
    const key = headerKey(header);
    const bytes = this.#headers.has(toHex(key)) ? this.#read(key) : undefined;
    const found = bytes === undefined ? undefined : decodeHeader(bytes);
    return found?.kind === "data" ? found : undefined;
  }

  cases(): Case[] {
    return [...this.#cases.values()];
  }

  /** Undefined when it was settled or dropped meanwhile. */
  read({ name }: Case): Evidence | undefined {
    const bytes = this.#cases.has(name) ? this.#read(keyOf(name)) : undefined;
    return bytes === undefined ? undefined : decodeEvidence(bytes, this.#params);
  }

  /** Takes out a suspicion that was judged for good; what the store must be told. */
  settle(suspicion: Evidence): KeyValueOperation[] {
    const key = suspicionKey(suspicion);
    const name = toHex(key);
    this.#settled.set(name, caseOf(key, 0));
    if (this.#settled.size > MOST_SETTLED) this.#settled.delete(this.#settled.keys().next().value ?? "");
    return this.#cases.has(name) ? [this.#drop(name, this.#cases)] : [];
  }

  /** Takes out everything against the leaders of these epochs; what the store must be told. */
  forget(isOver: (epochId: Uint8Array) => boolean): KeyValueOperation[] {
    for (const { name, epochId } of this.#settled.values()) if (isOver(epochId)) this.#settled.delete(name);
    return [this.#cases, this.#headers].flatMap((places) => [...places.values()].filter(({ epochId }) => isOver(epochId)).map(({ name }) => this.#drop(name, places)));
  }

  /** What is to be written since this was last asked, for the next batch. */
  takeUnwritten(): KeyValueOperation[] {
    for (const name of this.#handedOut.keys()) if (this.#disk.getSync(keyOf(name)) !== undefined) this.#handedOut.delete(name);
    const operations = [...this.#unwritten.values()];
    for (const [name, operation] of this.#unwritten) if (operation.type === "put") this.#handedOut.set(name, operation.value);
    this.#unwritten.clear();
    return operations;
  }

  #hasPlace(key: Uint8Array, places: Map<string, Case>): boolean {
    if (places.has(toHex(key))) return false;
    const epoch = toHex(caseOf(key, 0).epochId);
    return [...places.values()].filter(({ epochId }) => toHex(epochId) === epoch).length < this.#limits.perEpoch;
  }

  #put(key: Uint8Array, value: Uint8Array, places: Map<string, Case>): void {
    const one = caseOf(key, value.length);
    places.set(one.name, one);
    this.#unwritten.set(one.name, { type: "put", key, value });
  }

  #dropOldest(places: Map<string, Case>): void {
    const [name] = places.keys();
    if (name !== undefined) this.#unwritten.set(name, this.#drop(name, places));
  }

  #drop(name: string, places: Map<string, Case>): KeyValueOperation {
    places.delete(name);
    this.#unwritten.delete(name);
    this.#handedOut.delete(name);
    return { type: "del", key: keyOf(name) };
  }

  #read(key: Uint8Array): Uint8Array | undefined {
    const unwritten = this.#unwritten.get(toHex(key));
    return unwritten?.type === "put" ? unwritten.value : this.#handedOut.get(toHex(key)) ?? this.#disk.getSync(key);
  }

  #sizeBytes(): number {
    return [...this.#cases.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }
}

function suspicionKey(suspicion: Evidence): Uint8Array {
  const isTwin = suspicion.kind === "twin";
  return concatBytes(SUSPICION, accusedEpoch(suspicion), (isTwin ? suspicion.first : suspicion.header).parentId, Uint8Array.of(isTwin ? 1 : 2));
}

function headerKey({ keyBlockId, parentId }: DataBlockHeader): Uint8Array {
  return concatBytes(HEADER, keyBlockId, parentId);
}

function caseOf(key: Uint8Array, sizeBytes: number): Case {
  const at = SUSPICION.length;
  return { name: toHex(key), epochId: key.slice(at, at + ID_BYTES), parentId: key.slice(at + ID_BYTES, at + 2 * ID_BYTES), sizeBytes };
}

function keyOf(name: string): Uint8Array {
  return fromHex(name) ?? new Uint8Array(0);
}
