import type { Command } from "../command.ts";
import { JSON_FLAG, CHECKPOINT_FLAG, MIN_WORK_FLAG } from "./flags.ts";

/** Commands that run a node, or several. */
export const NODE_COMMANDS: readonly Command[] = [
  {
    name: "up",
    summary: "Runs a node with its SSH server until it is told to stop.",
    params: [],
    flags: [
      { name: "--data", value: "DIR", help: "folder of the chain, keys and settings (.grid); made if there is none" },
      { name: "--ssh", value: "HOST:PORT", help: "where the SSH server listens (127.0.0.1:2222); port 0 takes any free one" },
      { name: "--config", value: "FILE", help: "settings as JSON (DIR/config.json when it exists)" },
      { name: "--preset", value: "NAME", help: "of the chain that a new folder begins: devnet, testnet or mainnet (devnet)" },
      { name: "--genesis", value: "FILE", help: "join the chain of this genesis; a folder of another chain is refused" },
      { name: "--listen", value: "HOST:PORT", help: "where other nodes on this machine dial this one (nowhere); port 0 takes any free one" },
      { name: "--peer", value: "HOST:PORT", repeat: true, help: "dials a node on this machine that listens there, and again when it goes; may be repeated" },
      { name: "--mining", value: "PERCENT", help: "of one core, over 100 of several, or off (10 on a devnet, off elsewhere)" },
      { name: "--workers", value: "N", help: "threads that run blocks, and at most as many kept for sessions (one for each core, 2 to 8)" },
      { name: "--cache", value: "MIB", help: "of the newest state kept in memory by the thread that runs blocks, however large the state is (128)" },
      { name: "--history", value: "BLOCKS", help: "how far back old state can be read, or archive for all (devnet 2000, else 28800)" },
      { name: "--archive", help: "the same as --history archive" },
      { name: "--snapshot", value: "FILE", help: "begin with this state where the folder has no chain yet; needs one of the next two" },
      CHECKPOINT_FLAG, MIN_WORK_FLAG,
      { name: "--log", value: "LEVEL", help: "debug, info, warn or error, as lines on standard error (warn)" },
      JSON_FLAG,
    ],
    examples: [
      { line: "up", does: "a devnet in ./.grid; made on the first start, continued after that" },
      { line: "up --data /srv/grid --ssh 0.0.0.0:2222", does: "another folder, reachable from other machines" },
      { line: "up --ssh 127.0.0.1:0 --json", does: "any free port, told as JSON" },
      { line: "up --genesis ours.json --mining 200", does: "a chain that others began, mining with two cores" },
      { line: "up --genesis a/genesis.json --peer 127.0.0.1:7300", does: "a second node of a chain" },
    ],
    notes: [
      "Settings are taken from flags, then the environment (GRID_DATA, GRID_SSH, GRID_MINING, …: the flag in",
      "capitals), then the file, then defaults. SIGINT and SIGTERM stop the node cleanly. A devnet rests when nothing",
      "waits and everything is final; the next package wakes it. Links between nodes stay on one machine: they are",
      "neither encrypted nor authenticated yet. Nodes of another genesis are refused.",
    ],
    run: async (call) => (await import("../up.ts")).runUp(call),
  },
  {
    name: "devnet",
    summary: "Runs a private network of several nodes on this machine, a chain of its own, until it is told to stop.",
    params: [],
    flags: [
      { name: "--nodes", short: "-n", value: "N", help: "how many, from 1 to 9 (4, or as many as the folder has)" },
      { name: "--data", value: "DIR", help: "folder of the genesis and of the nodes' folders (.grid-net); made if there is none" },
      { name: "--ssh-from", value: "PORT", help: "SSH port of the first node, the others follow (2222); 0 takes any free ones" },
      { name: "--log", value: "LEVEL", help: "what is shown of the nodes' logs: debug, info, warn or error (warn)" },
      JSON_FLAG,
    ],
    examples: [
      { line: "devnet -n 4", does: "genesis, keys and four nodes; coins from the word faucet at each of them" },
      { line: "devnet --ssh-from 0 --json", does: "for scripts: any free ports, told as JSON when all nodes are ready" },
    ],
    notes: [
      "Each node dials each other. Which node a session is on makes no difference: what it commits is everywhere.",
      "A node that ends is told with the command that starts it again; the others go on.",
    ],
    run: async (call) => (await import("../devnet.ts")).runDevnet(call),
  },
];
