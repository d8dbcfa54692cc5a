import type { Config } from "./config.ts";
import type { Log } from "./log.ts";

/** What `grid up` tells when everything runs. */
export interface RunningServices {
  readonly chain: { readonly preset: string; readonly chainId: Uint8Array };
  readonly isNewChain: boolean;
  readonly ssh: { readonly host: string; readonly port: number };
  readonly hostKeyFingerprint: string;
  stop(): Promise<void>;
}

export async function startServices(config: Config, log: Log): Promise<RunningServices> {
  log.info("starting", { dataFolder: config.dataFolder });
  throw new Error("node/node.ts is not merged yet");
}
