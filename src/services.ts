import { readFileSync } from "node:fs";
import type { Beginning } from "../node/data-folder.ts";
import type { NetworkFault } from "../node/fault.ts";
import { readGenesis } from "../node/ledger/genesis.ts";
import { startNode } from "../node/node.ts";
import { OUTSIDE_WORDS } from "../shell/commands/table.ts";
import { startShell } from "../shell/start.ts";
import type { RunningShell } from "../shell/start.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import { systemClock, systemRandom } from "./system-ports.ts";

/** What `grid up` tells when everything runs. */
export interface RunningServices {
  readonly chain: { readonly preset: string; readonly chainId: Uint8Array };
  readonly isNewChain: boolean;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly hostKeyFingerprint: string;
  /** Where other nodes dial this one, as text; undefined when it does not listen. */
  readonly listens: string | undefined;
  stop(): Promise<void>;
}

export interface ServiceEvents {
  /** The node cannot go on. */
  readonly onFailure: (error: unknown) => void;
  /** A node at that address can never be a peer; told once for each. */
  readonly onRefused: (address: string, fault: NetworkFault) => void;
}

/**
 * Starts the node and then its SSH server; a server that cannot start stops the node again. Faults: STORE_*,
 * KEY_*, LEDGER_*, NET_*, SHELL_PORT_TAKEN, SHELL_CANNOT_LISTEN.
 */
export async function startServices(config: Config, log: Log, { onFailure, onRefused }: ServiceEvents): Promise<RunningServices> {
  const ports = { clock: systemClock, random: systemRandom, log };
  const { dataFolder: folder, miningPercent, history, workers, cacheBytes, peers } = config;
  const node = await startNode({ folder, outsideWords: OUTSIDE_WORDS, miningPercent, history, workers, cacheBytes, peers, beginning: readBeginning(config) }, { ...ports, onFailure, onRefused });
  let shell: RunningShell;
  try {
    shell = await startShell({ ...config.ssh, hostKeySeed: node.hostSeed }, { ...ports, node: node.api });
  } catch (error) {
    await node.stop();
    throw error;
  }
  node.announce(announced(shell.address));
  return {
    chain: node.api.chain,
    isNewChain: node.isNewChain,
    ssh: shell.address,
    hostKeyFingerprint: shell.hostKeyFingerprint,
    listens: node.listens,
    async stop() {
      await shell.stop();
      await node.stop();
    },
  };
}

/** Faults: LEDGER_GENESIS. */
function readBeginning({ genesisFile, preset }: Config): Beginning {
  return genesisFile === undefined ? { kind: "own", preset } : { kind: "join", genesis: readGenesis(readFileSync(genesisFile, "utf8")) };
}

/** Where a signer on this machine reaches the server; an address for all interfaces is none to connect to. */
function announced({ host, port }: { readonly host: string; readonly port: number }): string {
  const reached = reachableHost(host);
  return reached.includes(":") ? `[${reached}]:${port}` : `${reached}:${port}`;
}

export function reachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "::1";
  return host;
}
