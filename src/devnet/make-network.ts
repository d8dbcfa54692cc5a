import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ed25519PublicKey } from "../../node/crypto/ed25519.ts";
import { placesIn, readOwnGenesis, writeWhole } from "../../node/data-folder.ts";
import { nodeSeed } from "../../node/keys/node-keys.ts";
import { chainIdOf, createDevnetGenesis, writeGenesis } from "../../node/ledger/genesis.ts";
import type { Clock, Random } from "../../node/ports.ts";
import { domainOfKey } from "../../node/state/address.ts";

/** A private network on this machine: one genesis, and a folder for each node. */
export interface NetworkFolder {
  readonly genesisFile: string;
  readonly chainId: Uint8Array;
  readonly isNewChain: boolean;
  readonly nodes: readonly NodeFolder[];
}
export interface NodeFolder {
  /** "node-1". */
  readonly name: string;
  readonly folder: string;
}

const DEFAULT_NODES = 4;
const NODE_NAME = /^node-([1-9][0-9]?)$/;

/**
 * Finds the network in a folder, or makes one: a genesis with fresh random bytes, so that no two of them are one chain,
 * and for each node a faucet of its own, so that nodes that pay at one moment do not get into each other's way.
 * Without a count as many nodes as there are folders. Faults: LEDGER_GENESIS, KEY_*.
 */
export function openNetworkFolder(folder: string, count: number | undefined, ports: { readonly clock: Clock; readonly random: Random }): NetworkFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const nodes = Array.from({ length: count ?? nodesIn(folder) }, (_, index) => ({ name: `node-${index + 1}`, folder: join(folder, `node-${index + 1}`) }));
  const genesisFile = join(folder, "genesis.json");
  const isNewChain = !existsSync(genesisFile);
  if (isNewChain) writeWhole(genesisFile, newGenesis(nodes, ports));
  return { genesisFile, chainId: chainIdOf(readOwnGenesis(genesisFile)), isNewChain, nodes };
}

function nodesIn(folder: string): number {
  return readdirSync(folder).filter((name) => NODE_NAME.test(name)).length || DEFAULT_NODES;
}

function newGenesis(nodes: readonly NodeFolder[], { clock, random }: { readonly clock: Clock; readonly random: Random }): string {
  const faucetDomains = nodes.map(({ folder }) => domainOfKey(ed25519PublicKey(nodeSeed(join(placesIn(folder).keys, "faucet.seed"), random))));
  return writeGenesis(createDevnetGenesis({ random, timeMs: clock.nowMs(), faucetDomains }));
}
