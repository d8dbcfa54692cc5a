import { toHex } from "../../lang/base/bytes.ts";
import { signEd25519, type Identity } from "../../node/api.ts";
import { ed25519PublicKey } from "../../node/crypto/ed25519.ts";
import type { RunningNode } from "../../node/node.ts";
import { domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { Console } from "../../shell/console.ts";
import { promptText } from "../../shell/prompt.ts";
import { okText } from "../../shell/render/ok.ts";
import { Runner } from "../../shell/runner.ts";
import type { SessionIo, SigningAgent, TerminalView } from "../../shell/session-io.ts";

/**
 * Sessions at a real node, as text: what is typed and what is printed, ids, heights and times masked.
 *
 *     === title [N×M]   new sessions; a terminal of N columns and M rows instead of none
 *     > line            typed by alice; `bob> line` by bob, who has a key and an agent too; `guest> line` by nobody known
 *     > line ^C         interrupted as soon as it waits for a signer
 *     emil-home> line   emil, logged in under the address of dora, with his key; emil-all> the same, with an agent that has everybody's keys
 *     guest-agent> line nobody known at the login, with an agent behind; alice-qr> has none; alice-too> is another session of hers
 *
 * `⏎` in a line parts lines: what stands behind an outside word is what it reads when it asks.
 *
 * `{alice}` stands for an address, `{last}` for the id of the last package that got a receipt. A title that ends in
 * `numbers masked` is of words whose figures differ from run to run.
 */
const SEEDS: Readonly<Record<string, Uint8Array>> = { alice: new Uint8Array(32).fill(0xa1), bob: new Uint8Array(32).fill(0xb0), carol: new Uint8Array(32).fill(0xca), dora: new Uint8Array(32).fill(0xd0), emil: new Uint8Array(32).fill(0xe1), finn: new Uint8Array(32).fill(0xf1), erin: new Uint8Array(32).fill(0xe7), gwen: new Uint8Array(32).fill(0x9e), hugo: new Uint8Array(32).fill(0x90) };
const address = (seed: Uint8Array): string => encodeAddress(domainOfKey(ed25519PublicKey(seed)));

interface Speaker {
  readonly identity: Identity;
  readonly agent: SigningAgent | undefined;
}

function speaker(name: string): Speaker {
  const seed = SEEDS[name.replace(/-.*$/, "")] ?? (name === "guest-agent" ? SEEDS["carol"] : undefined);
  const agent = seed === undefined || name.endsWith("-qr") ? undefined : memoryAgent(seed, ...(name.endsWith("-all") ? Object.values(SEEDS) : []));
  const domain = /-(home|all)$/.test(name) ? { domain: domainOfKey(ed25519PublicKey(SEEDS["dora"] as Uint8Array)) } : {};
  if (seed === undefined || name === "guest-agent") return { identity: { level: "claimed", sshUser: "guest", sourceAddress: "127.0.0.2" }, agent };
  const ed25519 = ed25519PublicKey(seed);
  const user = name.replace(/-.*$/, "");
  return { identity: { level: "proved", sshUser: user, sourceAddress: "127.0.0.1", key: { algorithm: "ssh-ed25519", fingerprint: `SHA256:${user}`, ed25519 }, ...domain }, agent };
}

/** A plain ssh-agent: it signs what it is asked to, with the key that is asked for. */
function memoryAgent(...seeds: readonly Uint8Array[]): SigningAgent {
  const seedOf = (publicKey: Uint8Array): Uint8Array => seeds.find((seed) => Buffer.compare(ed25519PublicKey(seed), publicKey) === 0) as Uint8Array;
  return {
    keys: async () => seeds.map((seed) => ({ publicKey: ed25519PublicKey(seed), comment: "test" })),
    signPackage: async () => undefined,
    signLogin: async () => undefined,
    sign: async (publicKey, message) => signEd25519(seedOf(publicKey), message),
  };
}

/** Replays a transcript and gives it with what was printed now. */
export async function replaySessions(golden: string, node: RunningNode): Promise<string> {
  let sessions = new Map<string, ScriptedSession>();
  let view: TerminalView | undefined;
  let last = "";
  let shown = masked;
  let out = "";
  const start = (title: string): void => {
    for (const session of sessions.values()) session.close();
    sessions = new Map();
    shown = title.endsWith("numbers masked") ? (text) => withoutNumbers(masked(text)) : masked;
    const size = /(\d+)×(\d+)$/.exec(title);
    view = size === null ? undefined : { columns: Number(size[1]), rows: Number(size[2]) };
  };
  for (const line of golden.split("\n")) {
    if (line.startsWith("=== ")) start(line);
    if (line.startsWith("=== ")) out += `${out === "" ? "" : "\n"}${line}\n`;
    const input = /^((?:alice|bob|carol|dora|emil|finn|erin|gwen|hugo|guest)(?:-\w+)?)?> (?! )(.*)$/.exec(line);
    if (input === null) continue;
    const [, name = "alice", typed = ""] = input;
    const session = sessions.get(name) ?? (await ScriptedSession.open(node, speaker(name), view));
    sessions.set(name, session);
    const printed = await session.type(typed.replaceAll("{last}", last));
    last = /^receipt ([0-9a-f]{64}):/m.exec(printed)?.[1] ?? last;
    out += `${line}\n${shown(printed)}`;
  }
  start("");
  return out;
}

class ScriptedSession {
  readonly #runner: Runner;
  #printed = "";
  #onPrint: (text: string) => void = () => undefined;

  private constructor(node: RunningNode, { identity, agent }: Speaker, terminal: TerminalView | undefined, thread: Runner["parts"]["thread"]) {
    const write = (bytes: Uint8Array): void => {
      this.#printed += Buffer.from(bytes).toString("utf8").replaceAll("\r\n", "\n");
      this.#onPrint(this.#printed);
    };
    const nothing = (): void => undefined;
    const io: SessionIo = { terminal, agent, write, writeError: write, listen: nothing, pause: nothing, resume: nothing, end: nothing };
    const log = { info: nothing, warn: (message: string, fields?: object) => void (this.#printed += `!! ${message} ${JSON.stringify(fields)}\n`) };
    this.#runner = new Runner({ node: node.api, thread, identity, io, console: new Console(io), log, unreadLimitBytes: 1 << 20 });
  }

  static async open(node: RunningNode, who: Speaker, view: TerminalView | undefined): Promise<ScriptedSession> {
    return new ScriptedSession(node, who, view, await node.api.openThread(who.identity));
  }

  /** What a line prints, and the prompt after it where it says something. */
  async type(line: string): Promise<string> {
    this.#printed = "";
    const [text, stops] = line.endsWith(" ^C") ? [line.slice(0, -3), true] : [line, false];
    this.#onPrint = (printed) => {
      if (stops && printed.includes("Ctrl-C stops waiting")) this.#runner.interrupt();
    };
    this.#runner.parts.console.fresh();
    const result = await this.#runner.run({ text: named(text), sourceName: "prompt", linesBefore: 0 });
    const status = this.#runner.parts.thread.status();
    const shown = this.#printed === "" || this.#printed.endsWith("\n") ? this.#printed : `${this.#printed}⏎\n`;
    const stack = result.kind === "done" && result.stack.length > 0 ? `${okText(result.stack, 60)}\n` : "";
    const prompt = promptText(status).trimEnd();
    const isPlain = prompt === "~>" || prompt === "~ [behind]>";
    return `${shown}${stack}${isPlain ? "" : `(${prompt.slice(0, -1)})\n`}`;
  }

  close(): void {
    this.#runner.close();
  }
}

function named(line: string): string {
  return line.replace(/\{(\w+)\}/g, (whole, name: string) => (SEEDS[name] === undefined ? whole : address(SEEDS[name]))).replaceAll("⏎", "\n");
}

/** Columns of numbers are as wide as their numbers, so blanks are as many as they say. */
function withoutNumbers(text: string): string {
  return text.replace(/\b[0-9a-f]{12}\b/g, "{id…}").replace(/\bgrid1[0-9a-z]{9}\b/g, "{address…}").replace(/[0-9]+(\.[0-9]+)?/g, "N").replace(/ {3,}/g, "  ").replace(/^ +(?=N)/gm, "");
}

/** Ids, heights and other domains' addresses differ from run to run. */
function masked(text: string): string {
  const people = Object.entries(SEEDS).reduce((out, [name, seed]) => out.replaceAll(address(seed), `{${name}}`).replaceAll(toHex(ed25519PublicKey(seed)), `{key of ${name}}`), text);
  return people
    .replace(/grid1[0-9a-z]{38}/g, "{address}")
    .replace(/\bGS:[A-Z2-7]+/g, "GS:…")
    .replace(/^(?:[A-Za-z0-9+/]{76}\n)+[A-Za-z0-9+/=]{1,76}\n(?=-----END|END\n)/gm, "…\n")
    .replace(/\b[0-9a-f]{64}\b/g, "{id}")
    .replace(/\b(block|height|until block) \d+/gi, "$1 N")
    .replace(/\bERG \d+, fee (at most )?[0-9.]+ coins/g, "ERG N, fee $1N coins")
    .replace(/\b0\.0000000\d+ coins/g, "N coins")
    .replace(/^( {2}ERG) \d+\b/gm, "$1 N")
    .replace(/ +(?:ERG|\d+) +(both|read-only|write-only|kind)/g, "  N  $1")
    .replace(/\b\d+ of (\d+) ERG/g, "N of $1 ERG")
    .replace(/all is back in \d+ s|none is missing/g, "all is back in N s")
    .replace(/^[0-9a-f]{12} {2}/gm, "{journal}  ")
    .replace(/^resume code \S+/gm, "resume code {code}")
    .replace(/^( {2}branch +main chain, )(?:included|settled)$/gm, "$1{included or settled}") // so does the next key block
    .replace(/ \[behind\](?=\)$)|, behind(?=\]\)$|$)/gm, "") // a key block may be found at any moment
    .replace(/@\d+ is no/g, "@N is no");
}
