import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../../lang/base/fault.ts";
import { toHex, equalBytes } from "../../lang/base/bytes.ts";
import { placesIn, readOwnGenesis } from "../data-folder.ts";
import type { LedgerFault, StoreFault } from "../fault.ts";
import { readNodeSeed } from "../keys/node-keys.ts";
import { ChainStore } from "../ledger/chain-store.ts";
import { chainIdOf, paramsOfGenesis, type Genesis } from "../ledger/genesis.ts";
import { smallFile, type SmallFile } from "../ledger/head-marker.ts";
import type { LedgerParams } from "../ledger/params.ts";
import { RealmStates } from "../ledger/realm-states.ts";
import type { Disk } from "../ports.ts";
import { createStateReader, type StateReader } from "../state/versioned.ts";
import type { FileChecked } from "../store/files/store-files.ts";
import { openStore } from "../store/open-store.ts";

/** A data folder opened to be looked at or tidied up, while no node runs on it. */
export interface OpenFolder {
  readonly folder: string;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly params: LedgerParams;
  readonly disk: Disk;
  readonly reader: StateReader;
  readonly states: RealmStates;
  readonly store: ChainStore;
  readonly marker: SmallFile;
  /** Names of the keys that are there, each read and sound. */
  readonly keys: readonly string[];
}

const CACHE_BYTES = 64 << 20;

/** Refuses a folder that no node has made. Fault: STORE_NO_FOLDER. */
export function requireNodeFolder(folder: string): void {
  if (!existsSync(placesIn(folder).genesis)) throw new FaultError<StoreFault>({ code: "STORE_NO_FOLDER", folder });
}

/** Checks every file first and makes nothing. Faults: STORE_*, KEY_*, LEDGER_GENESIS, LEDGER_OTHER_GENESIS. */
async function openFolder(folder: string, onFile: (file: FileChecked) => void = () => undefined): Promise<OpenFolder> {
  const places = placesIn(folder);
  requireNodeFolder(folder);
  const genesis = readOwnGenesis(places.genesis);
  const keys = soundKeys(places.keys);
  const chainId = chainIdOf(genesis);
  const params = paramsOfGenesis(genesis);
  const { disk } = await openStore(places.store, { create: false, onFile });
  const reader = createStateReader(disk, { cacheBytes: CACHE_BYTES, folder: places.store });
  const store = new ChainStore(disk, params, places.store);
  const found = store.chainId();
  if (found !== undefined && !equalBytes(found, chainId)) {
    await disk.close();
    throw new FaultError<LedgerFault>({ code: "LEDGER_OTHER_GENESIS", found: toHex(found), wanted: toHex(chainId) });
  }
  return { folder, genesis, chainId, params, disk, reader, states: new RealmStates(disk, reader, params.historyBlocks), store, marker: smallFile(places.head), keys };
}

/** Opens, lets `use` work, and closes whatever happens. */
export async function withFolder<T>(folder: string, use: (open: OpenFolder) => Promise<T>, onFile?: (file: FileChecked) => void): Promise<T> {
  const open = await openFolder(folder, onFile);
  try {
    return await use(open);
  } finally {
    await open.disk.close();
  }
}

function soundKeys(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".seed")).sort() : [];
  for (const name of names) readNodeSeed(join(folder, name));
  return names.map((name) => name.slice(0, -".seed".length));
}
