import { resolve } from "node:path";
import { toHex } from "../../lang/base/bytes.ts";
import { factsText, tableText } from "../../shell/render/table.ts";
import { freePorts } from "../devnet/free-ports.ts";
import { openNetworkFolder, type NetworkFolder, type NodeFolder } from "../devnet/make-network.ts";
import { startNodeProcess, type NodeProcess, type NodeReport } from "../devnet/node-process.ts";
import { LOG_LEVELS } from "../log.ts";
import { untilStopSignal } from "../stop-signal.ts";
import { systemClock, systemRandom } from "../system-ports.ts";
import { CommandError, EXIT, UsageError, type CommandCall } from "./command.ts";

const MOST_NODES = 9;
const DEFAULT_SSH_PORT = 2222;
/** Of one core, shared by all nodes: a key block is found within a second or so, and seldom by two nodes at once. */
const MINING_PERCENT = 8;
const HOST = "127.0.0.1";

interface Member extends NodeFolder {
  readonly process: NodeProcess;
  readonly args: readonly string[];
}
interface Ready extends Member {
  readonly report: NodeReport;
}

/** `grid devnet`: a private network of several nodes on this machine, until it is told to stop. Faults: LEDGER_GENESIS, KEY_*. */
export async function runDevnet(call: CommandCall): Promise<number> {
  const { flags, io } = call;
  const count = flags["nodes"] === undefined ? undefined : wholeNumber("-n", flags["nodes"], 1, MOST_NODES);
  const sshFrom = flags["ssh-from"] === undefined ? DEFAULT_SSH_PORT : wholeNumber("--ssh-from", flags["ssh-from"], 0, 65_535 - MOST_NODES);
  const shows = logFilter(flags["log"] ?? "warn");
  const network = openNetworkFolder(resolve(io.directory, flags["data"] ?? ".grid-net"), count, { clock: systemClock, random: systemRandom });
  const told = untilStopSignal();
  const links = await freePorts(network.nodes.length);
  const members = network.nodes.map((node, index): Member => {
    const args = nodeArguments(network, node, { ssh: sshFrom === 0 ? 0 : sshFrom + index, links, index });
    return { ...node, args, process: startNodeProcess(args, ownEnvironment(io.env), (line) => shows(line) && io.err(`${node.name} | ${line}\n`)) };
  });
  const stopping = new AbortController();
  try {
    const start = await Promise.race([told, untilReady(call, members)]);
    if (typeof start === "string") return EXIT.ok;
    io.out(flags["json"] === undefined ? networkText(network, start) : `${JSON.stringify(networkJson(network, start))}\n`);
    const end = await Promise.race([told, untilAllEnded(call, members, stopping.signal)]);
    return end === "all ended" ? EXIT.failed : EXIT.ok;
  } finally {
    stopping.abort();
    await Promise.all(members.map(({ process }) => process.stop()));
  }
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${flag} takes a number from ${least} to ${most}, found "${text}".`, "grid devnet -n 4");
}

/** Lines of the nodes' logs that are shown: those of this level and above, and what is no log line. */
function logFilter(level: string): (line: string) => boolean {
  const least = LOG_LEVELS.findIndex((each) => each === level);
  if (least === -1) throw new UsageError(`--log takes one of ${LOG_LEVELS.join(", ")}, found "${level}".`, "grid devnet --log info");
  return (line) => {
    const found = LOG_LEVELS.findIndex((each) => each === /^\S+Z (\w+) /.exec(line)?.[1]);
    return found === -1 || found >= least;
  };
}

/** Every node dials every other, so that whichever starts anew finds the others at once. */
function nodeArguments({ genesisFile, nodes }: NetworkFolder, { folder }: NodeFolder, at: { readonly ssh: number; readonly links: readonly number[]; readonly index: number }): readonly string[] {
  const others = at.links.filter((_, index) => index !== at.index);
  const share = Math.max(1, Math.floor(MINING_PERCENT / nodes.length));
  return [
    "up", "--data", folder, "--genesis", genesisFile, "--ssh", `${HOST}:${at.ssh}`, "--listen", `${HOST}:${at.links[at.index]}`,
    ...others.flatMap((port) => ["--peer", `${HOST}:${port}`]), "--mining", String(share), "--workers", "1", "--log", "info", "--json",
  ];
}

/** Settings of a single node in the environment are not meant for each of these. */
function ownEnvironment(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GRID_")));
}

/** All nodes take connections and have found each other. A node that ends meanwhile ends the network. */
async function untilReady({ io, flags }: CommandCall, members: readonly Member[]): Promise<readonly Ready[]> {
  const progress = (text: string): void => void (flags["json"] === undefined && io.err(`${text}\n`));
  progress(`starting ${members.length} nodes`);
  return Promise.all(members.map(async (member): Promise<Ready> => {
    const report = await member.process.ready;
    if (report === undefined) throw new CommandError(`${member.name} did not start (${(await member.process.ended).text}).`, "What it said stands above. --ssh-from PORT chooses other SSH ports, --data DIR another network.");
    await member.process.inStep;
    progress(`${member.name} is ready`);
    return { ...member, report };
  }));
}

/** A node that ends is told, with the command that starts it again; the others go on. */
async function untilAllEnded({ io }: CommandCall, members: readonly Member[], stopping: AbortSignal): Promise<"all ended"> {
  let left = members.length;
  await Promise.all(members.map(async ({ name, process, args }) => {
    const { text } = await process.ended;
    left -= 1;
    if (stopping.aborted) return;
    io.err(`${name} ended (${text}); ${left === 0 ? "no node is left" : `${left} go on`}. It starts again with:\n  grid ${args.filter((arg) => arg !== "--json").join(" ")}\n`);
  }));
  return "all ended";
}

function networkText({ chainId, isNewChain, genesisFile }: NetworkFolder, ready: readonly Ready[]): string {
  const facts = factsText([["chain", `${toHex(chainId)} (${isNewChain ? "new" : "continued"})`], ["genesis", genesisFile]]);
  const rows = ready.map(({ name, folder, report: { ssh, listens } }) => [name, `ssh -p ${ssh.port} you@${ssh.host}`, listens, folder]);
  return `GridShell devnet, ${ready.length} ${ready.length === 1 ? "node" : "nodes"}\n${facts}${tableText([{ name: "node" }, { name: "connect" }, { name: "links" }, { name: "data" }], rows)}Ctrl-C stops all of them; the next start continues the chain.\n`;
}

function networkJson({ chainId, isNewChain, genesisFile }: NetworkFolder, ready: readonly Ready[]) {
  return { chainId: toHex(chainId), isNewChain, genesisFile, nodes: ready.map(({ name, report: { ssh, listens, hostKeyFingerprint, dataFolder, pid } }) => ({ name, ssh, listens, hostKeyFingerprint, dataFolder, pid })) };
}
