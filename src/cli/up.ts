import { existsSync } from "node:fs";
import { toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { placesIn } from "../../node/data-folder.ts";
import type { NetworkFault } from "../../node/fault.ts";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { settingsChanged } from "../config-seen.ts";
import { createLog } from "../log.ts";
import type { Log } from "../log.ts";
import { reachableHost, startServices } from "../services.ts";
import type { RunningServices } from "../services.ts";
import { untilStopSignal } from "../stop-signal.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { faultLine } from "./fault-line.ts";
import { placeOf } from "./maintenance.ts";

/** A stop that takes longer would break the promise of two seconds; what is acknowledged is on disk already. */
const STOP_LIMIT_MS = 1_800;

/** `grid up`: starts node and SSH server, says how to connect, waits for a signal, stops both. */
export async function runUp(call: CommandCall): Promise<number> {
  const { flags, io } = call;
  const config = readConfig({ flags, env: io.env, directory: io.directory });
  const log = createLog({ level: config.logLevel, nowMs: Date.now, write: io.err });
  await beginIfNew(call, config);
  const failure = Promise.withResolvers<unknown>();
  const told = untilStopSignal();
  const onRefused = (address: string, fault: NetworkFault): void => io.err(`peer ${address}\n${faultLine(fault)}`);
  const services = await startServices(config, log, { onFailure: failure.resolve, onRefused });
  if (settingsChanged(config.dataFolder)) io.err("grid: config.json is not the one of the last start\n");
  io.out(flags["json"] === undefined ? greeting(config, services) : `${JSON.stringify(asJson(config, services))}\n`);
  const end = await Promise.race([told.then((signal) => ({ signal })), failure.promise.then((error) => ({ error }))]);
  if ("signal" in end) log.info("stopping", { signal: end.signal });
  else reportFailure(end.error, log, io.err);
  await stopInTime(services, log);
  return "signal" in end ? EXIT.ok : EXIT.failed;
}

/** `--snapshot` is for a folder that has no chain yet; a later start with the same line goes on. */
async function beginIfNew(call: CommandCall, { dataFolder }: Config): Promise<void> {
  const path = call.flags["snapshot"];
  if (path === undefined || existsSync(placesIn(dataFolder).genesis)) return;
  const { beginWithSnapshot } = await import("./snapshot.ts");
  await beginWithSnapshot(call, placeOf(call, path), dataFolder);
}

/** A node that cannot go on stops: it never runs on broken state. */
function reportFailure(error: unknown, log: Log, write: (text: string) => void): void {
  if (isFaultError(error)) write(faultLine(error.fault));
  else log.error("the node cannot go on", { error });
}

async function stopInTime(services: RunningServices, log: Log): Promise<void> {
  const timer = setTimeout(() => {
    log.error("stopping took too long; ending anyway");
    process.exit(EXIT.failed);
  }, STOP_LIMIT_MS);
  await services.stop();
  clearTimeout(timer);
}

function greeting(config: Config, { chain, isNewChain, ssh, hostKeyFingerprint, listens }: RunningServices): string {
  const state = isNewChain ? "new" : "continued";
  return `GridShell ${chain.preset}
  chain     ${toHex(chain.chainId)} (${state}, in ${config.dataFolder})
  host key  ${hostKeyFingerprint}
  connect   ssh ${ssh.port === 22 ? "" : `-p ${ssh.port} `}you@${reachableHost(ssh.host)}
${listens === undefined ? "" : `  peers     --genesis ${placesIn(config.dataFolder).genesis} --peer ${listens}\n`}`;
}

function asJson(config: Config, { chain, isNewChain, ssh, hostKeyFingerprint, listens }: RunningServices) {
  return { preset: chain.preset, chainId: toHex(chain.chainId), isNewChain, dataFolder: config.dataFolder, ssh, hostKeyFingerprint, ...(listens !== undefined && { listens }), pid: process.pid };
}
