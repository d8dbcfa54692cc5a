import type { Connection, ServerChannel } from "ssh2";
import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { SignFault } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { decodePackageAnswer, encodeLoginRequest, encodePackageRequest, LOGIN_EXTENSION, MAX_MESSAGE_BYTES, MESSAGE } from "../agent/messages.ts";
import type { AgentKey, LoginRequest, PackageRequest, PackageSigned, SigningAgent } from "../session-io.ts";
import { sshString, sshUint32 } from "../../node/api.ts";
import { ed25519Blob } from "./host-key.ts";
import { internalsOf, type OpenedChannel } from "./internals.ts";
import { WireReader } from "./wire.ts";

const MAX_KEYS = 1_000;
const CHANNEL_TYPE = "auth-agent@openssh.com";
const WINDOW_BYTES = 2 << 20;
const PACKET_BYTES = 32 << 10;

/**
 * The ssh-agent a client forwarded, reached through a channel that we open; only made after the client asked
 * for forwarding. ssh2 has no public way to open that channel as a server. Its `AgentProtocol` would speak the
 * protocol, but believes any length the other side announces and joins its buffer anew for every packet, so
 * the two messages we need are read here, bounded.
 */
export class ForwardedAgent implements SigningAgent {
  private readonly client: Connection;
  constructor(client: Connection) {
    this.client = client;
  }

  async keys(signal: AbortSignal): Promise<readonly AgentKey[]> {
    const answer = await this.ask(Uint8Array.of(MESSAGE.requestIdentities), signal);
    if (answer.byte() !== MESSAGE.identities) throw malformedAnswer();
    const count = answer.uint32() ?? 0;
    const keys: AgentKey[] = [];
    for (let i = 0; i < Math.min(count, MAX_KEYS); i++) {
      const blob = answer.string();
      const comment = answer.string();
      if (blob === undefined || comment === undefined) throw malformedAnswer();
      const publicKey = ed25519Of(blob);
      if (publicKey !== undefined) keys.push({ publicKey, comment: Buffer.from(comment).toString("utf8") });
    }
    return keys;
  }

  async signPackage(request: PackageRequest, signal: AbortSignal): Promise<PackageSigned | undefined> {
    return signedOf(decodePackageAnswer(await this.ask(encodePackageRequest(request), signal)));
  }

  async signLogin({ publicKey, challenge }: LoginRequest, signal: AbortSignal): Promise<PackageSigned | undefined> {
    return signedOf(decodePackageAnswer(await this.ask(encodeLoginRequest(publicKey, challenge), signal), LOGIN_EXTENSION));
  }

  async sign(publicKey: Uint8Array, message: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const request = concatBytes(
      Uint8Array.of(MESSAGE.signRequest), sshString(ed25519Blob(publicKey)), sshString(message), sshUint32(0),
    );
    const answer = await this.ask(request, signal);
    const kind = answer.byte();
    if (kind === MESSAGE.failure) {
      throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason: "the agent would not sign with this key" });
    }
    const blob = kind === MESSAGE.signature ? answer.string() : undefined;
    const inner = new WireReader(blob ?? new Uint8Array());
    const algorithm = inner.text();
    const signature = inner.string();
    if (algorithm !== "ssh-ed25519" || signature?.length !== 64) throw malformedAnswer();
    return Uint8Array.from(signature);
  }

  /** Sends one request through a channel of its own and reads the one answer. */
  private ask(request: Uint8Array, signal: AbortSignal): Promise<WireReader> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(interrupted());
      signal.addEventListener("abort", () => reject(interrupted()), { once: true });
      this.open((channel) => {
        if (channel === undefined) return reject(agentFault("closed"));
        if (signal.aborted) return void channel.end();
        const done = (finish: () => void): void => {
          signal.removeEventListener("abort", onAbort);
          channel.removeAllListeners("data");
          channel.resume();
          channel.end();
          finish();
        };
        const onAbort = (): void => done(() => reject(interrupted()));
        signal.addEventListener("abort", onAbort);
        let received: Uint8Array[] = [];
        let size = 0;
        channel.on("error", () => done(() => reject(agentFault("closed"))));
        channel.once("end", () => done(() => reject(agentFault("closed"))));
        channel.on("data", (bytes: Buffer) => {
          size += bytes.length;
          if (size > MAX_MESSAGE_BYTES) return done(() => reject(malformedAnswer()));
          received.push(bytes);
          if (size < 4) return;
          received = [concatBytes(...received)];
          const answer = new WireReader(received[0] as Uint8Array).string();
          if (answer !== undefined) done(() => resolve(new WireReader(answer)));
        });
        channel.write(sshString(request));
      });
    });
  }

  private open(use: (channel: ServerChannel | undefined) => void): void {
    const internals = internalsOf(this.client);
    const opened: OpenedChannel = (error, channel) => use(error === undefined ? channel : undefined);
    opened.type = CHANNEL_TYPE;
    const id = internals._chanMgr.add(opened);
    if (id === -1) return use(undefined);
    internals._protocol.openssh_authAgent(id, WINDOW_BYTES, PACKET_BYTES);
  }
}

/** The 32 bytes of an Ed25519 key blob; undefined for any other kind of key. */
/** Undefined from an agent that does not know what it was asked. Faults: SHELL_AGENT, SIGN_REFUSED. */
function signedOf(answer: ReturnType<typeof decodePackageAnswer>): PackageSigned | undefined {
  if (answer === undefined) throw malformedAnswer();
  if (answer === "unknown") return undefined;
  if (answer.kind === "refused") throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason: `the agent says: ${answer.reason}` });
  return { scheme: answer.scheme, signature: answer.signature };
}

function ed25519Of(blob: Uint8Array): Uint8Array | undefined {
  const publicKey = blob.slice(-32);
  return equalBytes(blob, ed25519Blob(publicKey)) ? publicKey : undefined;
}

function malformedAnswer(): FaultError {
  return agentFault("malformed");
}
function agentFault(reason: "malformed" | "closed"): FaultError {
  return new FaultError<ShellFault>({ code: "SHELL_AGENT", reason });
}
function interrupted(): FaultError {
  return new FaultError<ShellFault>({ code: "SHELL_INTERRUPTED" });
}
