import type { Command, Flag } from "../command.ts";
import { JSON_FLAG, CHECKPOINT_FLAG, MIN_WORK_FLAG } from "./flags.ts";

const DATA_FLAG: Flag = { name: "--data", value: "DIR", help: "the node's data folder (GRID_DATA, or .grid)" };

/** Commands for the chain and its data folder. */
export const LEDGER_COMMANDS: readonly Command[] = [
  {
    name: "genesis new",
    summary: "Makes the genesis of a new chain: preset, balances, who may lead, numbers of its own.",
    params: [{ name: "FILE", help: "the file to make; all nodes of the chain get the same" }],
    flags: [
      { name: "--preset", value: "NAME", help: "devnet, testnet or mainnet (devnet)" },
      { name: "--from", value: "FILE", help: "wishes as JSON: preset, balances, witnesses, rules; see below" },
      JSON_FLAG,
    ],
    examples: [
      { line: "genesis new ours.json --from wishes.json", does: "prints genesis root and hash; the hash is the chain id" },
      { line: "up --genesis ours.json", does: "on each node of the chain" },
    ],
    notes: [
      'Wishes: { "balances": { "grid1…": "1000.5" }, "witnesses": ["64 hex digits"], "rules": { "dataBlockGapMs": "500" } }.',
      "Balances are in coins. Witnesses are keys as `grid genesis key` prints them; without any, everybody may lead.",
      "Rules: dataBlockSizeBytes, dataBlockGapMs, dataBlockErg, dataBlockCodeErg, keyBlockSpacingMs, minErgPriceUnits.",
    ],
    run: async (call) => (await import("../genesis.ts")).runGenesisNew(call),
  },
  {
    name: "genesis show",
    summary: "Prints what a genesis says, its root, its hash, and what full blocks would take on disk.",
    params: [{ name: "FILE", help: "a genesis (that of the data folder)", optional: true }],
    flags: [DATA_FLAG, JSON_FLAG],
    examples: [{ line: "genesis show ours.json", does: "compare the hash with that of the others" }],
    run: async (call) => (await import("../genesis.ts")).runGenesisShow(call),
  },
  {
    name: "genesis key",
    summary: "Prints the key under which a node leads, for the witnesses of a genesis; makes it if there is none.",
    params: [],
    flags: [DATA_FLAG, JSON_FLAG],
    examples: [{ line: "genesis key --data /srv/grid", does: "64 hex digits" }],
    run: async (call) => (await import("../genesis.ts")).runGenesisKey(call),
  },
  {
    name: "check",
    summary: "Checks the data folder of a stopped node: every byte of its files, every header and receipt, the state.",
    params: [],
    flags: [
      DATA_FLAG,
      { name: "--full", help: "also execute the whole chain anew, and compare every record with what that gives" },
      JSON_FLAG,
    ],
    examples: [
      { line: "check", does: "./.grid; names what is wrong and what to do, exit code 1" },
      { line: "check --full --data /srv/grid", does: "as a stranger would who syncs; takes the room of a second store" },
    ],
    notes: [
      "A start checks the same of what is new. A node that runs has its store locked: check a backup of it.",
      "A node that began with a snapshot, or dropped packages, is executed from the first block from which it has all: it says which.",
    ],
    run: async (call) => (await import("../check.ts")).runCheck(call),
  },
  {
    name: "backup",
    summary: "Copies the data folder into one file with checksums; the node may run meanwhile.",
    params: [{ name: "FILE|DIR", help: "the file to make, or a folder that gets one named by the time" }],
    flags: [DATA_FLAG, JSON_FLAG],
    examples: [
      { line: "backup grid.backup", does: "chain, settings and keys of ./.grid" },
      { line: "backup /backups --data /srv/grid", does: "one file more in /backups" },
    ],
    notes: ["The file holds the node's keys, which are not encrypted."],
    run: async (call) => (await import("../backup.ts")).runBackup(call),
  },
  {
    name: "restore",
    summary: "Puts a backup or a snapshot into a new data folder, once it is checked.",
    params: [{ name: "FILE", help: "made by `grid backup`, or by `grid snapshot`" }],
    flags: [
      DATA_FLAG, CHECKPOINT_FLAG, MIN_WORK_FLAG,
      { name: "--same-key", help: "go on signing blocks with the same key: only if it signed none since" },
      JSON_FLAG,
    ],
    examples: [{ line: "restore grid.backup --data /srv/grid", does: "then: grid up --data /srv/grid" }],
    notes: [
      "The node signs with a new key from then on, because after the backup the old one may have signed blocks of which",
      "the copy knows nothing, and two blocks on one parent are fraud. The old key is kept beside it.",
    ],
    run: async (call) => (await import("../backup.ts")).runRestore(call),
  },
  {
    name: "snapshot",
    summary: "Writes the newest final state of a stopped node into one file, with all headers and what proves it.",
    params: [{ name: "FILE", help: "the file to make" }],
    flags: [DATA_FLAG, JSON_FLAG],
    examples: [
      { line: "snapshot grid.snapshot", does: "prints the id of its block, for --checkpoint" },
      { line: "up --data /srv/new --snapshot grid.snapshot --min-work 1000000", does: "another node begins there" },
    ],
    notes: [
      "Who takes it believes nothing of it: headers are judged by all rules, results and state by the roots in them.",
      "It holds no keys and no packages: a node that begins with it has no blocks and receipts from before.",
    ],
    run: async (call) => (await import("../snapshot.ts")).runSnapshot(call),
  },
  {
    name: "prune",
    summary: "Drops old versions of the state of a stopped node; the newest state, receipts and proofs stay.",
    params: [],
    flags: [
      DATA_FLAG,
      { name: "--keep", value: "BLOCKS", help: "history to keep (devnet 2000, else 28800); at least what a reorganisation may need" },
      { name: "--bodies", help: "drops the packages of older blocks as well; headers and receipts stay" },
      JSON_FLAG,
    ],
    examples: [
      { line: "prune --keep 500", does: "says how much smaller the store became" },
      { line: "prune --bodies", does: "keeps packages of about a day; the node goes on, but cannot show or hand out older ones" },
    ],
    notes: ["A running node drops what is older than --history by itself, unless it keeps all: grid up --archive."],
    run: async (call) => (await import("../prune.ts")).runPrune(call),
  },
];
