import { connect } from "node:net";
import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { signEd25519, type SignFault, sshString, sshUint32 } from "../../node/api.ts";
import type { ShellFault } from "../fault.ts";
import { ed25519Blob } from "../ssh/host-key.ts";
import { WireReader } from "../ssh/wire.ts";
import { AgentFrames } from "./frames.ts";
import { MAX_MESSAGE_BYTES, MESSAGE } from "./messages.ts";

/** A key that a grid agent can use: one of its own, or one of the user's ssh-agent. */
export interface AgentSigner {
  /** Public key as ssh has it. */
  readonly blob: Uint8Array;
  /** 32 bytes for Ed25519 keys; other keys can log in, but not sign packages. */
  readonly publicKey: Uint8Array | undefined;
  readonly label: string;
  /** How it signs packages (R6): our own keys sign `raw`, an ssh-agent an SSHSIG. */
  readonly scheme: "raw" | "sshsig";
  /** The signature blob as ssh has it: algorithm and bytes. `flags` choose the hash of RSA keys. Faults: SHELL_AGENT, SIGN_REFUSED. */
  sign(message: Uint8Array, flags: number, signal: AbortSignal): Promise<Uint8Array>;
}

/** A key whose seed this program holds. */
export function ownSigner(key: { readonly seed: Uint8Array; readonly publicKey: Uint8Array; readonly label: string }): AgentSigner {
  return {
    blob: ed25519Blob(key.publicKey),
    publicKey: key.publicKey,
    label: key.label,
    scheme: "raw",
    sign: (message) => Promise.resolve(concatBytes(sshString("ssh-ed25519"), sshString(signEd25519(key.seed, message)))),
  };
}

const MAX_KEYS = 1_000;

/** The keys of the ssh-agent behind a socket. Fault: SHELL_AGENT. */
export async function upstreamSigners(socketPath: string, signal: AbortSignal): Promise<readonly AgentSigner[]> {
  const answer = await ask(socketPath, Uint8Array.of(MESSAGE.requestIdentities), signal);
  if (answer.byte() !== MESSAGE.identities) throw agentFault("malformed");
  const count = Math.min(answer.uint32() ?? 0, MAX_KEYS);
  return Array.from({ length: count }, () => {
    const [blob, comment] = [answer.string(), answer.string()];
    if (blob === undefined || comment === undefined) throw agentFault("malformed");
    return upstreamSigner(socketPath, Uint8Array.from(blob), Buffer.from(comment).toString("utf8"));
  });
}

function upstreamSigner(socketPath: string, blob: Uint8Array, label: string): AgentSigner {
  const publicKey = blob.slice(-32);
  return {
    blob,
    publicKey: equalBytes(blob, ed25519Blob(publicKey)) ? publicKey : undefined,
    label,
    scheme: "sshsig",
    async sign(message, flags, signal) {
      const request = concatBytes(Uint8Array.of(MESSAGE.signRequest), sshString(blob), sshString(message), sshUint32(flags));
      const answer = await ask(socketPath, request, signal);
      const kind = answer.byte();
      if (kind === MESSAGE.failure) throw new FaultError<SignFault>({ code: "SIGN_REFUSED", reason: "your ssh-agent would not sign with this key" });
      const signature = kind === MESSAGE.signature ? answer.string() : undefined;
      if (signature === undefined) throw agentFault("malformed");
      return Uint8Array.from(signature);
    },
  };
}

/** One question to an agent over its socket, and the answer. */
function ask(socketPath: string, request: Uint8Array, signal: AbortSignal): Promise<WireReader> {
  return new Promise((resolve, reject) => {
    const frames = new AgentFrames(MAX_MESSAGE_BYTES);
    const socket = connect({ path: socketPath, signal });
    socket.on("error", () => reject(agentFault("closed")));
    socket.on("close", () => reject(agentFault("closed")));
    socket.on("data", (bytes) => {
      const messages = frames.push(bytes);
      if (messages === undefined) reject(agentFault("malformed"));
      else if (messages[0] === undefined) return;
      else resolve(new WireReader(messages[0]));
      socket.destroy();
    });
    socket.write(sshString(request));
  });
}

function agentFault(reason: "malformed" | "closed"): FaultError {
  return new FaultError<ShellFault>({ code: "SHELL_AGENT", reason });
}
