import { concatBytes, equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { decodeBlock, encodeBlock } from "./block-codec.ts";
import type { DataBlock } from "./block.ts";
import type { UnsignedDataBlock } from "./draft-block.ts";
import type { LedgerParams } from "./params.ts";

/**
 * What a leader is about to sign, synced before it signs. Two headers on one parent are fraud, and a
 * leader that was killed after it signed and before it stored would sign another one after its restart
 * (this happened to honest miners of another chain). With the journal it finds the block and signs the
 * same bytes again, which gives the same signature.
 */
const SIGNED = utf8("l/s");
const SIGNED_END = utf8("l/t");
const NO_SIGNATURE = new Uint8Array(64);

/** By key and parent: the one data block that was signed there, or may have been. */
export class SignJournal {
  readonly #disk: Disk;
  readonly #params: LedgerParams;
  readonly #folder: string;

  constructor(disk: Disk, params: LedgerParams, folder: string) {
    this.#disk = disk;
    this.#params = params;
    this.#folder = folder;
  }

  /** The block that this key signed, or was about to sign, on `parentId`. Faults: STORE_DAMAGED. */
  find(leaderKey: Uint8Array, parentId: Uint8Array): UnsignedDataBlock | undefined {
    const key = keyOf(leaderKey, parentId);
    const record = this.#disk.getSync(key);
    if (record === undefined) return undefined;
    const block = decodeBlock(record, this.#params);
    if (!("packages" in block) || !equalBytes(block.header.parentId, parentId)) throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder: this.#folder, what: "the journal of signed blocks" });
    return { header: block.header, packages: block.packages };
  }

  /**
   * Once this resolved, the block may be signed. Call only when `find` gave nothing. The entry for `deepParentId`,
   * deeper down than any reorganisation reaches, is dropped: nobody will sign on it again.
   */
  async record(leaderKey: Uint8Array, block: UnsignedDataBlock, deepParentId?: Uint8Array): Promise<void> {
    const key = keyOf(leaderKey, block.header.parentId);
    const unsigned: DataBlock = { header: { ...block.header, signature: NO_SIGNATURE }, packages: block.packages };
    const forgotten: KeyValueOperation[] = deepParentId === undefined ? [] : [{ type: "del", key: keyOf(leaderKey, deepParentId) }];
    await this.#disk.batch([...forgotten, { type: "put", key, value: encodeBlock(unsigned) }], { sync: true });
  }
}

/** Drops the entries, of any leader key, on parents of which `isPast` is true. */
export async function planForgetSigned(disk: Disk, isPast: (parentId: Uint8Array) => boolean): Promise<KeyValueOperation[]> {
  const operations: KeyValueOperation[] = [];
  for await (const [key] of disk.entries({ start: SIGNED, end: SIGNED_END })) {
    if (isPast(key.subarray(key.length - 32))) operations.push({ type: "del", key });
  }
  return operations;
}

function keyOf(leaderKey: Uint8Array, parentId: Uint8Array): Uint8Array {
  return concatBytes(SIGNED, leaderKey, parentId);
}
