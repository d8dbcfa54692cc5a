import type { Command, Flag } from "../command.ts";
import { JSON_FLAG } from "./flags.ts";

const NODE_FLAG: Flag = { name: "--node", value: "HOST:PORT", help: "where the node's SSH server listens (127.0.0.1:2222)" };
const KEY_FLAG: Flag = { name: "--key", value: "FILE", help: "key file, or the name of a key made with `grid key new`" };
const PASSPHRASE_FLAG: Flag = { name: "--passphrase-file", value: "FILE", help: "read the passphrase from FILE and do not ask" };
const HOST_KEY_FLAG: Flag = { name: "--host-key", value: "SHA256:…", help: "refuse a node whose host key is another" };
const KEYS_FLAG: Flag = { name: "--keys", value: "DIR", help: "folder of key files (GRID_KEYS, or ~/.gridshell/keys)" };
const DOMAIN_FLAG: Flag = { name: "--domain", value: "ADDRESS,…", help: "domains that the key may sign for besides its own" };
const UNTIL_FLAG: Flag = { name: "--until", value: "STAGE", help: "wait until the package is included, settled or final (included)" };
const ERG_FLAG: Flag = { name: "--erg", value: "N", help: "stop after N units of work (1000000000, some ten seconds)" };
const SCRIPT_ERG_FLAG: Flag = { name: "--erg", value: "N", help: "stop after N units of work (100000000000, half a minute or more)" };

/** Commands that run programs, hold keys and sign. */
export const PACKAGE_COMMANDS: readonly Command[] = [
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
    run: async (call) => (await import("../script.ts")).runFile(call),
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
    run: async (call) => (await import("../script.ts")).runText(call),
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
    run: async (call) => (await import("../exec.ts")).runExec(call),
  },
  {
    name: "key new",
    summary: "Makes a signing key in an encrypted file.",
    params: [{ name: "NAME", help: "a name for `--key`, or a path with a slash" }],
    flags: [PASSPHRASE_FLAG, KEYS_FLAG, JSON_FLAG],
    examples: [{ line: "key new alice", does: "asks for a passphrase twice" }],
    run: async (call) => (await import("../key.ts")).runKeyNew(call),
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
    run: async (call) => (await import("../key.ts")).runKeyShow(call),
  },
  {
    name: "key list",
    summary: "Lists the keys in the folder of keys.",
    params: [],
    flags: [KEYS_FLAG, JSON_FLAG],
    examples: [{ line: "key list --json", does: "for programs" }],
    run: async (call) => (await import("../key.ts")).runKeyList(call),
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
    run: async (call) => (await import("../sign.ts")).runSign(call),
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
    run: async (call) => (await import("../package-file.ts")).runPackage(call),
  },
  {
    name: "send",
    summary: "Sends a package in a file, once it has all its signatures, and waits for the receipt.",
    params: [{ name: "FILE", help: "the package; no key is needed" }],
    flags: [NODE_FLAG, HOST_KEY_FLAG, KEYS_FLAG, UNTIL_FLAG, JSON_FLAG],
    examples: [{ line: "send pay.pkg", does: "exits 0 only when the receipt says that it was done" }],
    run: async (call) => (await import("../send.ts")).runSend(call),
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
    run: async (call) => (await import("../agent.ts")).runAgent(call),
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
    run: async (call) => (await import("../verify.ts")).runVerify(call),
  },
];
