import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "../lang/base/bytes.ts";
import { FaultError } from "../lang/base/fault.ts";
import { ed25519PublicKey } from "./crypto/ed25519.ts";
import type { LedgerFault, StoreFault } from "./fault.ts";
import { nodeSeed } from "./keys/node-keys.ts";
import { chainIdOf, createDevnetGenesis, readGenesis, writeGenesis, type Genesis } from "./ledger/genesis.ts";
import type { PresetName } from "./ledger/params.ts";
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
  /** Only where the faucet's key is: on the devnet or testnet that this folder began, and on nodes of `grid devnet`. */
  readonly faucetSeed: Uint8Array | undefined;
  readonly headMarkerPath: string;
}

/** Which chain a folder is for. A folder that has one already keeps it; another genesis is refused. */
export type Beginning =
  /** A new chain of our own unless the folder has one; with a faucet where there may be one (R13). */
  | { readonly kind: "own"; readonly preset: PresetName }
  /** The chain of this genesis. */
  | { readonly kind: "join"; readonly genesis: Genesis };

/** Names of what lies in a data folder. */
export function placesIn(folder: string) {
  return { store: join(folder, "store"), genesis: join(folder, "genesis.json"), head: join(folder, "head"), keys: join(folder, "keys") } as const;
}

/**
 * Opens `folder`, or makes it. The store is opened first, for its lock keeps a second node out.
 * Faults: STORE_*, KEY_*, LEDGER_GENESIS, LEDGER_OTHER_GENESIS.
 */
export async function openDataFolder(folder: string, ports: { readonly clock: Clock; readonly random: Random }, beginning: Beginning = { kind: "own", preset: "devnet" }): Promise<DataFolder> {
  makeFolder(folder);
  const places = placesIn(folder);
  const isNew = !existsSync(places.genesis);
  if (isNew && existsSync(places.store)) refuseHalf(folder);
  const { disk, uncheckedBytes } = await openStore(places.store, { tableBytes: START_CHECK_BYTES });
  try {
    const key = (name: string): Uint8Array => nodeSeed(join(places.keys, `${name}.seed`), ports.random);
    if (isNew) writeWhole(places.genesis, writeGenesis(beginning.kind === "join" ? beginning.genesis : ownGenesis(beginning.preset, () => key("faucet"), ports)));
    const genesis = readOwnGenesis(places.genesis);
    refuseOther(genesis, beginning);
    const faucetSeed = existsSync(join(places.keys, "faucet.seed")) ? key("faucet") : undefined;
    return { storeFolder: places.store, disk, uncheckedBytes, genesis, isNew, hostSeed: key("host"), epochSeed: key("epoch"), faucetSeed, headMarkerPath: places.head };
  } catch (error) {
    await disk.close();
    throw error;
  }
}

/** The folder's own copy is kept in one form to the letter, so that a flipped bit anywhere in it shows. Faults: LEDGER_GENESIS. */
export function readOwnGenesis(path: string): Genesis {
  const text = readFileSync(path, "utf8");
  const genesis = readGenesis(text);
  if (text === writeGenesis(genesis)) return genesis;
  throw new FaultError<LedgerFault>({ code: "LEDGER_GENESIS", field: "file", reason: "is not as this program wrote it" });
}

/** Writes beside and renames: after a crash there is the whole file or none. */
export function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { flush: true });
  renameSync(draft, path);
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
  if (existsSync(placesIn(folder).head)) throw new FaultError<StoreFault>({ code: "STORE_UNREADABLE", folder, reason: "genesis.json is missing beside the store" });
}

function refuseOther(own: Genesis, beginning: Beginning | undefined): void {
  if (beginning?.kind !== "join") return;
  const [found, wanted] = [toHex(chainIdOf(own)), toHex(chainIdOf(beginning.genesis))];
  if (found !== wanted) throw new FaultError<LedgerFault>({ code: "LEDGER_OTHER_GENESIS", found, wanted });
}

function ownGenesis(preset: PresetName, faucetSeed: () => Uint8Array, ports: { readonly clock: Clock; readonly random: Random }): Genesis {
  const timeMs = ports.clock.nowMs();
  if (preset === "mainnet") return { preset, salt: ports.random.bytes(32), timeMs: BigInt(timeMs), allocations: [] };
  return createDevnetGenesis({ random: ports.random, timeMs, faucetDomains: [domainOfKey(ed25519PublicKey(faucetSeed()))], preset });
}
