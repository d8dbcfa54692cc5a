import { crc32 } from "node:zlib";
import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";
import type { BatchPart, Disk } from "../ports.ts";
import { CHECK_BYTES } from "./packed-operations.ts";

/**
 * A disk whose values carry a checksum over key and value. LevelDB checks those of its tables on
 * ordinary reads only if asked, which classic-level does not offer, so that a flipped byte would come
 * back as data. CRC-32 finds every single flipped byte; against malice the hashes of the ledger stand.
 */

/** Faults of reading: STORE_DAMAGED with the key. `folder` is named in it. */
export function checkedDisk(disk: Disk, folder: string): Disk {
  return new CheckedDisk(disk, folder);
}

class CheckedDisk implements Disk {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  getSync(key: Uint8Array): Uint8Array | undefined {
    const record = this.#disk.getSync(key);
    return record === undefined ? undefined : this.#value(key, record);
  }

  /** The records of listed operations lie in one piece of memory: each array of its own would take longer to make than its checksum. */
  batch(operations: readonly BatchPart[], options: { readonly sync: boolean }): Promise<void> {
    const records = new Uint8Array(operations.reduce((sum, one) => sum + (one.type === "put" ? CHECK_BYTES + one.value.length : 0), 0));
    let end = 0;
    const checked = operations.map((operation): BatchPart => {
      if (operation.type === "del") return operation;
      if (operation.type === "packed") return { ...operation, checksum };
      const { type, key, value } = operation;
      const start = end;
      end += CHECK_BYTES + value.length;
      writeChecksum(records, start, checksum(key, value));
      records.set(value, start + CHECK_BYTES);
      return { type, key, value: records.subarray(start, end) };
    });
    return this.#disk.batch(checked, options);
  }

  async *entries(range: Parameters<Disk["entries"]>[0]): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    for await (const [key, record] of this.#disk.entries(range)) yield [key, this.#value(key, record)];
  }

  close(): Promise<void> {
    return this.#disk.close();
  }

  #value(key: Uint8Array, record: Uint8Array): Uint8Array {
    const value = record.subarray(CHECK_BYTES);
    if (record.length >= CHECK_BYTES && readChecksum(record) === checksum(key, value)) return value;
    throw new FaultError<StoreFault>({ code: "STORE_DAMAGED", folder: this.#folder, what: `record ${shownKey(key)}` });
  }
}

function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32(value, crc32(key));
}

/** Big-endian, unsigned. */
function readChecksum(record: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < CHECK_BYTES; i++) sum = sum * 0x100 + (record[i] as number);
  return sum;
}

function writeChecksum(records: Uint8Array, at: number, sum: number): void {
  for (let i = 0; i < CHECK_BYTES; i++) records[at + i] = (sum >>> (8 * (CHECK_BYTES - 1 - i))) & 0xff;
}

/** Keys begin with a family in letters, such as `l/h`; the rest is shown in hex. */
function shownKey(key: Uint8Array): string {
  const family = /^[a-z]\/[a-z-]*/.exec(Buffer.from(key.subarray(0, 16)).toString("latin1"))?.[0] ?? "";
  return `${family} ${toHex(key.subarray(family.length, family.length + 40))}`.trimEnd();
}
