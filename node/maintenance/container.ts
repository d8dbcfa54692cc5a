import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";

/**
 * One file of records, for backups and snapshots: a first line that says what it is, then records of type
 * (1 byte), length (4, big-endian), data and CRC-32 over these (4), at last a record of type 0 with SHA-256 over
 * all before it. Written and read in a stream: memory holds one record, whose size is bounded.
 */
export interface ContainerRecord {
  /** 1 to 255. */
  readonly type: number;
  readonly data: Uint8Array;
}
/** Largest data of a record. Whatever is larger is cut into several. */
const RECORD_BYTES = 16 << 20;

const HEAD_BYTES = 5;
const CRC_BYTES = 4;
const HASH_BYTES = 32;
const END = 0;

export interface ContainerWriter {
  write(type: number, data: Uint8Array): void;
  /** Makes the file appear under its name; before, there is only a draft beside it. Returns its size in bytes. */
  finish(): number;
  /** Removes the draft. */
  abandon(): void;
}

/** Faults of the system (no space, no right) are thrown as Node gives them. Readable by the owner alone. */
export function createContainer(path: string, firstLine: string): ContainerWriter {
  const draft = `${path}.new`;
  const file = openSync(draft, "w", 0o600);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const put = (bytes: Uint8Array): void => {
    hash.update(bytes);
    sizeBytes += bytes.length;
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  };
  const write = (type: number, data: Uint8Array): void => {
    const head = new Uint8Array(HEAD_BYTES);
    head[0] = type;
    new DataView(head.buffer).setUint32(1, data.length);
    const crc = new Uint8Array(CRC_BYTES);
    new DataView(crc.buffer).setUint32(0, crc32(data, crc32(head)));
    put(head);
    put(data);
    put(crc);
  };
  put(utf8(`${firstLine}\n`));
  return {
    write,
    finish() {
      write(END, hash.copy().digest());
      fsyncSync(file);
      closeSync(file);
      renameSync(draft, path);
      syncFolder(dirname(path));
      return sizeBytes;
    },
    abandon() {
      closeSync(file);
      rmSync(draft, { force: true });
    },
  };
}

/** The records in order. Faults: STORE_BAD_COPY, which names the byte where the file is not what was written. */
export function* readContainer(path: string, firstLine: string): Generator<ContainerRecord> {
  const file = openSync(path, "r");
  try {
    yield* records(new Stream(file, path), `${firstLine}\n`);
  } finally {
    closeSync(file);
  }
}

function* records(stream: Stream, firstLine: string): Generator<ContainerRecord> {
  const line = stream.take(firstLine.length);
  if (!equalBytes(line, utf8(firstLine))) stream.refuse(`it does not begin with "${firstLine.trim()}"`);
  for (;;) {
    const soFar = stream.digest();
    const head = stream.take(HEAD_BYTES);
    const length = new DataView(head.buffer, head.byteOffset).getUint32(1);
    if (length > RECORD_BYTES) stream.refuse("a record is too large");
    const data = stream.take(length);
    const crc = stream.take(CRC_BYTES);
    if (new DataView(crc.buffer, crc.byteOffset).getUint32(0) !== crc32(data, crc32(head))) stream.refuse("a checksum does not fit");
    const type = head[0] as number;
    if (type !== END) {
      yield { type, data };
      continue;
    }
    if (data.length !== HASH_BYTES || !equalBytes(data, soFar())) stream.refuse("the hash of the whole does not fit");
    if (!stream.atEnd()) stream.refuse("bytes follow the end");
    return;
  }
}

class Stream {
  readonly #file: number;
  readonly #path: string;
  readonly #hash: Hash = createHash("sha256");
  #at = 0;

  constructor(file: number, path: string) {
    this.#file = file;
    this.#path = path;
  }

  take(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let done = 0; done < count; ) {
      const got = readSync(this.#file, bytes, done, count - done, this.#at + done);
      if (got === 0) this.refuse("it is cut short");
      done += got;
    }
    this.#at += count;
    this.#hash.update(bytes);
    return bytes;
  }

  /** The hash of what was read up to now, computed only if asked for. */
  digest(): () => Uint8Array {
    const copy = this.#hash.copy();
    return () => new Uint8Array(copy.digest());
  }

  atEnd(): boolean {
    return readSync(this.#file, new Uint8Array(1), 0, 1, this.#at) === 0;
  }

  refuse(reason: string): never {
    throw new FaultError<StoreFault>({ code: "STORE_BAD_COPY", path: this.#path, reason: `${reason} (byte ${this.#at})` });
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
