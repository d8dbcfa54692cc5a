import { createMemoryDisk } from "../store/memory-disk.ts";
import { createStateReader } from "../state/versioned.ts";
import type { Genesis } from "./genesis.ts";
import { RealmStates } from "./realm-states.ts";

/** Root of the state that a genesis begins with, 32 bytes: what the first block's perspective is before any block. */
export function genesisRootOf({ allocations }: Genesis): Uint8Array {
  const disk = createMemoryDisk();
  const state = new RealmStates(disk, createStateReader(disk, { cacheBytes: 1 << 20, folder: "memory" }), 0n).begin(undefined);
  for (const { domain, units } of allocations) state.credit(domain, units);
  return state.finish(0n).stateRoot;
}
