import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FaultError } from "../lang/base/fault.ts";
import { ed25519PublicKey } from "./crypto/ed25519.ts";
import type { LedgerFault, StoreFault } from "./fault.ts";
import { nodeSeed } from "./keys/node-keys.ts";
import { createDevnetGenesis, readGenesis, writeGenesis, type Genesis } from "./ledger/genesis.ts";
import type { Clock, Disk, Random } from "./ports.ts";
import { domainOfKey } from "./state/address.ts";
import { openStore, START_CHECK_BYTES } from "./store/open-store.ts";

/** What lies in a node's data folder, opened. */
export interface DataFolder {
  readonly storeFolder: string;
  readonly disk: Disk;
  /** Bytes of tables that were not looked at before the store was opened. */
  readonly uncheckedBytes: number;
  readonly genesis: Genesis;
  readonly isNew: boolean;
  readonly hostSeed: Uint8Array;
  readonly epochSeed: Uint8Array;
  /** Only where the faucet's key is: on the devnet that this folder began. */
  readonly faucetSeed: Uint8Array | undefined;
  readonly headMarkerPath: string;
}

/**
 * Opens `folder`, or makes it with a new devnet. The store is opened first, for its lock keeps a second
 * node out. Faults: STORE_*, KEY_*, LEDGER_GENESIS.
 */
export async function openDataFolder(folder: string, ports: { readonly clock: Clock; readonly random: Random }): Promise<DataFolder> {
  makeFolder(folder);
  const storeFolder = join(folder, "store");
  const genesisPath = join(folder, "genesis.json");
  const isNew = !existsSync(genesisPath);
  if (isNew && existsSync(storeFolder)) refuseHalf(folder);
  const { disk, uncheckedBytes } = await openStore(storeFolder, { tableBytes: START_CHECK_BYTES });
  try {
    const key = (name: string): Uint8Array => nodeSeed(join(folder, "keys", `${name}.seed`), ports.random);
    const hasFaucet = isNew || existsSync(join(folder, "keys", "faucet.seed"));
    const faucetSeed = hasFaucet ? key("faucet") : undefined;
    if (isNew && faucetSeed !== undefined) beginDevnet(genesisPath, faucetSeed, ports);
    const genesis = readOwnGenesis(genesisPath);
    return { storeFolder, disk, uncheckedBytes, genesis, isNew, hostSeed: key("host"), epochSeed: key("epoch"), faucetSeed, headMarkerPath: join(folder, "head") };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** The folder's own copy is kept in one form to the letter, so that a flipped bit anywhere in it shows. */
function readOwnGenesis(path: string): Genesis {
  const text = readFileSync(path, "utf8");
  const genesis = readGenesis(text);
  if (text === writeGenesis(genesis)) return genesis;
  throw new FaultError<LedgerFault>({ code: "LEDGER_GENESIS", field: "file", reason: "is not as this program wrote it" });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new FaultError<StoreFault>({ code: "STORE_UNREADABLE", folder, reason: (error as Error).message });
  }
}

/** A store without its genesis is not begun anew: it may be somebody's money. A crash before the genesis left no head. */
function refuseHalf(folder: string): void {
  if (existsSync(join(folder, "head"))) throw new FaultError<StoreFault>({ code: "STORE_UNREADABLE", folder, reason: "genesis.json is missing beside the store" });
}

function beginDevnet(path: string, faucetSeed: Uint8Array, ports: { readonly clock: Clock; readonly random: Random }): void {
  const faucetDomain = domainOfKey(ed25519PublicKey(faucetSeed));
  const text = writeGenesis(createDevnetGenesis({ random: ports.random, timeMs: ports.clock.nowMs(), faucetDomain }));
  const draft = `${path}.new`;
  writeFileSync(draft, text, { flush: true });
  renameSync(draft, path);
}
