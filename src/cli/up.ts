import { toHex } from "../../lang/base/bytes.ts";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { createLog } from "../log.ts";
import { startServices } from "../services.ts";
import type { RunningServices } from "../services.ts";
import { untilStopSignal } from "../stop-signal.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";

/** A stop that takes longer would break the promise of two seconds; what is acknowledged is on disk already. */
const STOP_LIMIT_MS = 1_800;

/** `grid up`: starts node and SSH server, says how to connect, waits for a signal, stops both. */
export async function runUp({ flags, io }: CommandCall): Promise<number> {
  const config = readConfig({ flags, env: io.env, directory: io.directory });
  const log = createLog({ level: config.logLevel, nowMs: Date.now, write: io.err });
  const told = untilStopSignal();
  const services = await startServices(config, log);
  io.out(flags["json"] === undefined ? greeting(config, services) : `${JSON.stringify(asJson(config, services))}\n`);
  const signal = await told;
  log.info("stopping", { signal });
  return stopInTime(services, () => log.error("stopping took too long; ending anyway"));
}

async function stopInTime(services: RunningServices, tooLate: () => void): Promise<number> {
  const timer = setTimeout(() => {
    tooLate();
    process.exit(EXIT.failed);
  }, STOP_LIMIT_MS);
  await services.stop();
  clearTimeout(timer);
  return EXIT.ok;
}

function greeting(config: Config, { chain, isNewChain, ssh, hostKeyFingerprint }: RunningServices): string {
  const state = isNewChain ? "new" : "continued";
  return `GridShell ${chain.preset}
  chain     ${toHex(chain.chainId)} (${state}, in ${config.dataFolder})
  host key  ${hostKeyFingerprint}
  connect   ssh ${ssh.port === 22 ? "" : `-p ${ssh.port} `}you@${reachable(ssh.host)}
`;
}

function asJson(config: Config, { chain, isNewChain, ssh, hostKeyFingerprint }: RunningServices) {
  return { preset: chain.preset, chainId: toHex(chain.chainId), isNewChain, dataFolder: config.dataFolder, ssh, hostKeyFingerprint, pid: process.pid };
}

/** A server that listens everywhere is reached from here by the loopback address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "::1";
  return host;
}
