import type { Command, Flag } from "./command.ts";

const JSON_FLAG: Flag = { name: "--json", help: "report as one JSON object" };
const NODE_FLAG: Flag = { name: "--node", value: "HOST:PORT", help: "where the node's SSH server listens (127.0.0.1:2222)" };
const KEY_FLAG: Flag = { name: "--key", value: "FILE", help: "key file, or the name of a key made with `grid key new`" };
const PASSPHRASE_FLAG: Flag = { name: "--passphrase-file", value: "FILE", help: "read the passphrase from FILE and do not ask" };
const HOST_KEY_FLAG: Flag = { name: "--host-key", value: "SHA256:…", help: "refuse a node whose host key is another" };
const KEYS_FLAG: Flag = { name: "--keys", value: "DIR", help: "folder of key files (GRID_KEYS, or ~/.gridshell/keys)" };
const DOMAIN_FLAG: Flag = { name: "--domain", value: "ADDRESS,…", help: "domains that the key may sign for besides its own" };
const UNTIL_FLAG: Flag = { name: "--until", value: "STAGE", help: "wait until the package is included, settled or final (included)" };
const DATA_FLAG: Flag = { name: "--data", value: "DIR", help: "the node's data folder (GRID_DATA, or .grid)" };
const CHECKPOINT_FLAG: Flag = { name: "--checkpoint", value: "BLOCK-ID", help: "the snapshot must be of just this block, of which somebody you trust told you" };
const MIN_WORK_FLAG: Flag = { name: "--min-work", value: "HASHES", help: "the snapshot must stand on so much work, which its headers prove" };
const ERG_FLAG: Flag = { name: "--erg", value: "N", help: "stop after N units of work (1000000000, some ten seconds)" };
const SCRIPT_ERG_FLAG: Flag = { name: "--erg", value: "N", help: "stop after N units of work (100000000000, half a minute or more)" };

/** Every command of the program, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
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
    run: async (call) => (await import("./up.ts")).runUp(call),
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
    run: async (call) => (await import("./devnet.ts")).runDevnet(call),
  },
  {
    name: "run",
    summary: "Runs a script on an empty local state.",
    params: [{ name: "FILE|-", help: "the script; - reads standard input" }],
    flags: [SCRIPT_ERG_FLAG],
    examples: [
      { line: "run hello.gs", does: "Forth mode, unless the file begins with #!grid" },
      { line: "run -", does: "shell mode, lines from standard input" },
    ],
    notes: [
      "Forth's file words (open-file, read-line, …) reach the files under the working directory, and for reading those",
      "beside the script, where included names are looked for as well; no others.",
    ],
    run: async (call) => (await import("./script.ts")).runFile(call),
  },
  {
    name: "eval",
    summary: "Runs a text in shell mode on an empty local state.",
    params: [{ name: "TEXT", help: "one line or several" }],
    flags: [ERG_FLAG],
    examples: [
      { line: "eval '2 3 + .'", does: "prints 5" },
      { line: "eval ': square dup * ; 7 square .'", does: "prints 49" },
    ],
    run: async (call) => (await import("./script.ts")).runText(call),
  },
  {
    name: "exec",
    summary: "Runs a script against a node, signs the package with a key file, and waits for the receipt.",
    params: [{ name: "FILE|-", help: "the script; - reads standard input" }],
    flags: [
      KEY_FLAG, PASSPHRASE_FLAG, NODE_FLAG, HOST_KEY_FLAG, KEYS_FLAG,
      { name: "--faucet", help: "ask the faucet for coins first (devnet, testnet)" },
      UNTIL_FLAG,
      { name: "--domain", value: "ADDRESS", help: "act for this domain, of which the key is one" },
      { name: "--payer", value: "NAME", help: "another domain pays the fee: an address, a contact or a @nick; it signs too" },
      { name: "--file", value: "OUT", help: "write the package with this signature to a file, for others to sign, and send nothing" },
      JSON_FLAG,
    ],
    examples: [
      { line: "exec --key ann --domain grid1… --file pay.pkg pay.gs", does: "begins a package that several keys sign" },
      { line: "exec --key deploy pay-rent.gs", does: "exits 0 only when the receipt says that it was done" },
      { line: "exec --key alice --faucet first.gs", does: "on a devnet, with a new key" },
    ],
    notes: ["No question is asked: read the script before you sign it."],
    run: async (call) => (await import("./exec.ts")).runExec(call),
  },
  {
    name: "key new",
    summary: "Makes a signing key in an encrypted file.",
    params: [{ name: "NAME", help: "a name for `--key`, or a path with a slash" }],
    flags: [PASSPHRASE_FLAG, KEYS_FLAG, JSON_FLAG],
    examples: [{ line: "key new alice", does: "asks for a passphrase twice" }],
    run: async (call) => (await import("./key.ts")).runKeyNew(call),
  },
  {
    name: "key show",
    summary: "Prints the address and public key of a key. No passphrase is needed.",
    params: [{ name: "NAME", help: "name or path of the key file" }],
    flags: [KEYS_FLAG, { name: "--address", help: "print the address alone, for scripts" }, JSON_FLAG],
    examples: [
      { line: "key show alice", does: "the address is where others send coins" },
      { line: "key show alice --address", does: "one line, for $(…) in a shell" },
    ],
    run: async (call) => (await import("./key.ts")).runKeyShow(call),
  },
  {
    name: "key list",
    summary: "Lists the keys in the folder of keys.",
    params: [],
    flags: [KEYS_FLAG, JSON_FLAG],
    examples: [{ line: "key list --json", does: "for programs" }],
    run: async (call) => (await import("./key.ts")).runKeyList(call),
  },
  {
    name: "sign",
    summary: "Shows what a package does, asks, and signs it: of an intent or in a file; answers logins too.",
    params: [{ name: "INTENT|FILE", help: "the text that `ct` or `logmein` prints with its QR code, or a file with a package" }],
    flags: [
      KEY_FLAG, PASSPHRASE_FLAG, NODE_FLAG, KEYS_FLAG, DOMAIN_FLAG,
      { name: "--yes", help: "sign without asking, after showing" },
      { name: "--loose", help: "also loose packages (ct --loose), which promise nothing: their code is shown" },
      JSON_FLAG,
    ],
    examples: [
      { line: "sign --key alice GS:…", does: "in a second terminal, while `ct` waits in the first" },
      { line: "sign --key bob pay.pkg", does: "adds his signature to the file; no node is needed" },
      { line: "sign pay.pkg", does: "with all keys of your ssh-agent that may sign it" },
    ],
    notes: ["The package is decoded and run here; a node's word about what it does is not taken."],
    run: async (call) => (await import("./sign.ts")).runSign(call),
  },
  {
    name: "package",
    summary: "Shows what a package in a file does, who has signed it, and who may.",
    params: [{ name: "FILE", help: "as `ct --file`, `grid exec --file` and `grid sign` write it" }],
    flags: [{ name: "--merge", value: "COPY", help: "adds the signatures of another copy to the file" }, JSON_FLAG],
    examples: [
      { line: "package pay.pkg", does: "what it does, and how many signatures are missing" },
      { line: "package pay.pkg --merge from-bob.pkg", does: "when two people signed copies" },
    ],
    run: async (call) => (await import("./package-file.ts")).runPackage(call),
  },
  {
    name: "send",
    summary: "Sends a package in a file, once it has all its signatures, and waits for the receipt.",
    params: [{ name: "FILE", help: "the package; no key is needed" }],
    flags: [NODE_FLAG, HOST_KEY_FLAG, KEYS_FLAG, UNTIL_FLAG, JSON_FLAG],
    examples: [{ line: "send pay.pkg", does: "exits 0 only when the receipt says that it was done" }],
    run: async (call) => (await import("./send.ts")).runSend(call),
  },
  {
    name: "agent",
    summary: "Serves your keys to `ssh -A`: decodes each package, shows what it does, asks, and signs nothing else.",
    params: [{ name: "COMMAND", help: "what to run with the agent, such as ssh -A you@node; write -- before it", optional: true, repeat: true }],
    flags: [
      { name: "--key", value: "NAME,…", help: "key files to sign with; without them the keys of the ssh-agent at SSH_AUTH_SOCK" },
      PASSPHRASE_FLAG, KEYS_FLAG,
      { name: "--ask", value: "PROGRAM", help: "asks there, as ssh-askpass: the question is its argument, exit status 0 is yes" },
      { name: "--allow-host", value: "SHA256:…,…", help: "hosts that may be logged in to without a question" },
      { name: "--chain", value: "HEX", help: "refuse packages of other chains; the beginning of the chain id is enough" },
      { name: "--loose", help: "also loose packages (ct --loose), which promise nothing: their code is shown" },
      DOMAIN_FLAG,
      { name: "--socket", value: "PATH", help: "where it listens; a new folder of its own without it" },
      JSON_FLAG,
    ],
    examples: [
      { line: "agent -- ssh -A -p 2222 you@127.0.0.1", does: "your ssh-agent's keys; `ct` there asks here" },
      { line: "agent --key alice", does: "prints SSH_AUTH_SOCK for another terminal, and asks in this one" },
    ],
    notes: ["A plain ssh-agent that is forwarded signs whatever a node asks. This one decodes and runs the package itself."],
    run: async (call) => (await import("./agent.ts")).runAgent(call),
  },
  {
    name: "verify",
    summary: "Checks a proof that `prove` or `receipt --proof` wrote, without a node and without a network.",
    params: [{ name: "FILE|-", help: "the proof; - reads standard input" }],
    flags: [
      { name: "--checkpoint", value: "ID", help: "a block you trust, 64 hex digits; the proof must lead up to it" },
      { name: "--min-work", value: "N", help: "how many hashes must stand behind it" },
      { name: "--content", value: "FILE", help: "write the proved content there, if the proof is valid" },
      JSON_FLAG,
    ],
    examples: [
      { line: "verify a.proof --checkpoint 00c5b5f6a1d2e3c4b5a697887766554433221100ffeeddccbbaa998877665544", does: "exits 0 only when it is valid" },
      { line: "verify a.proof --min-work 1000000 --json", does: "for programs" },
    ],
    notes: [
      "A proof is called valid only against a block you trust or work you ask for: headers alone prove nothing,",
      "anyone can write some. Without either it says what the file says and exits 1.",
    ],
    run: async (call) => (await import("./verify.ts")).runVerify(call),
  },
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
    run: async (call) => (await import("./genesis.ts")).runGenesisNew(call),
  },
  {
    name: "genesis show",
    summary: "Prints what a genesis says, its root, its hash, and what full blocks would take on disk.",
    params: [{ name: "FILE", help: "a genesis (that of the data folder)", optional: true }],
    flags: [DATA_FLAG, JSON_FLAG],
    examples: [{ line: "genesis show ours.json", does: "compare the hash with that of the others" }],
    run: async (call) => (await import("./genesis.ts")).runGenesisShow(call),
  },
  {
    name: "genesis key",
    summary: "Prints the key under which a node leads, for the witnesses of a genesis; makes it if there is none.",
    params: [],
    flags: [DATA_FLAG, JSON_FLAG],
    examples: [{ line: "genesis key --data /srv/grid", does: "64 hex digits" }],
    run: async (call) => (await import("./genesis.ts")).runGenesisKey(call),
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
    run: async (call) => (await import("./check.ts")).runCheck(call),
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
    run: async (call) => (await import("./backup.ts")).runBackup(call),
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
    run: async (call) => (await import("./backup.ts")).runRestore(call),
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
    run: async (call) => (await import("./snapshot.ts")).runSnapshot(call),
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
    run: async (call) => (await import("./prune.ts")).runPrune(call),
  },
  {
    name: "bench vm",
    summary: "Times the virtual machine on programs that run the same in gforth, and beside it where that is installed.",
    params: [],
    flags: [
      { name: "--rounds", value: "N", help: "calls of each program that are timed, the first not counted (7)" },
      { name: "--only", value: "NAME", help: "one program, such as fib" },
      JSON_FLAG,
    ],
    examples: [
      { line: "bench vm", does: "a table under a line that names machine and load; takes about a minute" },
      { line: "bench vm --only sieve --json", does: "one program, for programs" },
    ],
    run: async (call) => (await import("./bench.ts")).runBenchVm(call),
  },
  {
    name: "bench erg",
    summary: "Measures how many nanoseconds one ERG buys with each word, on operands small and large.",
    params: [],
    flags: [{ name: "--only", value: "WORD", help: "one word, such as dup" }, JSON_FLAG],
    examples: [{ line: "bench erg --json", does: "all words; a high ratio means that a word is too cheap" }],
    run: async (call) => (await import("./bench.ts")).runBenchErg(call),
  },
  {
    name: "bench ledger",
    summary: "Times signed transfers through decoding, checks, execution, trie and disk, beside bare signature checks.",
    params: [],
    flags: [
      { name: "--transfers", value: "N", help: "how many are timed at each size of the state, half as many before them (66667: a chain of 100,000 packages)" },
      { name: "--cache", value: "MIB", help: "of state kept in memory by the thread that runs blocks, as with up (128)" },
      { name: "--million", help: "also a million domains and a trie of a million keys: some minutes more" },
      JSON_FLAG,
    ],
    examples: [{ line: "bench ledger --transfers 2000", does: "a first look" }],
    run: async (call) => (await import("./bench.ts")).runBenchLedger(call),
  },
  {
    name: "bench realm",
    summary: "Measures how private copies of the state behave as the state grows.",
    params: [],
    flags: [{ name: "--files", value: "N", help: "files in the largest state (100000); a million takes a quarter of an hour to make" }, JSON_FLAG],
    examples: [
      { line: "bench realm", does: "fork, line, sync and dry run on 1000, 10000 and 100000 files" },
      { line: "bench realm --files 1000", does: "a first look" },
    ],
    run: async (call) => (await import("./bench-realm.ts")).runBenchRealm(call),
  },
  {
    name: "version",
    summary: "Prints the version of GridShell, Node and the rules.",
    params: [],
    flags: [JSON_FLAG],
    examples: [{ line: "version --json", does: "for programs" }],
    run: async (call) => (await import("./version.ts")).runVersion(call),
  },
  {
    name: "help",
    summary: "Lists the commands, or explains one.",
    params: [
      { name: "COMMAND", help: "name of a command", optional: true },
      { name: "PART", help: "its second word, for `key`, `genesis` and `bench`", optional: true },
    ],
    flags: [],
    examples: [{ line: "help key new", does: "as `grid key new --help`" }],
    run: async (call) => (await import("./command-line.ts")).runCommandLine([...call.params, "--help"], call.io),
  },
];
