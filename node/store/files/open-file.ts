import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** A file of a store, read in pieces. */
export interface OpenFile {
  readonly sizeBytes: number;
  /** Fills `into` from `at` on; less at the end of the file. Returns how many bytes. */
  read(into: Uint8Array, at: number): number;
}

/** Opens a file for as long as `use` takes. Faults of the system are thrown as Node gives them. */
export function withOpenFile<T>(path: string, use: (file: OpenFile) => T): T {
  const handle = openSync(path, "r");
  try {
    return use({ sizeBytes: fstatSync(handle).size, read: (into, at) => readFully(handle, into, at) });
  } finally {
    closeSync(handle);
  }
}

/** The system may give less than was asked for. */
function readFully(handle: number, into: Uint8Array, at: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(handle, into, done, into.length - done, at + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}
