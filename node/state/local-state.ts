import type { Disk } from "../ports.ts";
import { createMemoryDisk } from "../store/memory-disk.ts";
import { EMPTY_BASE } from "./base-state.ts";
import { Realm } from "./realm.ts";
import { createStateReader, type StateReader } from "./versioned.ts";

/** The empty state of `grid run` and `grid eval`: nothing outlives the process, and nobody else sees it. */
export interface LocalState {
  readonly disk: Disk;
  readonly reader: StateReader;
  readonly realm: Realm;
  /** Who acts there; no key opens it. */
  readonly signer: Uint8Array;
}

/** An empty state in memory. */
export function createLocalState(): LocalState {
  const disk = createMemoryDisk();
  const reader = createStateReader(disk, { cacheBytes: 1_048_576, folder: "memory" });
  return { disk, reader, realm: Realm.at(reader, EMPTY_BASE), signer: new Uint8Array(20) };
}
