import { equalBytes } from "../../lang/base/bytes.ts";
import { verifyEd25519 } from "../../node/api.ts";
import { ed25519Blob } from "../ssh/host-key.ts";
import { WireReader } from "../ssh/wire.ts";

/** For which ssh connection an agent is asked, proved by the host (session-bind@openssh.com). */
export interface Binding {
  /** The host's public key blob. */
  readonly hostKey: Uint8Array;
  readonly sessionId: Uint8Array;
  /** The other end of this connection is that host, not the user's own ssh. */
  readonly isForwarded: boolean;
}

/** What a user's ssh asks an agent to sign in order to log in (RFC 4252, section 7; PROTOCOL, hostbound). */
export interface LoginRequest {
  readonly sessionId: Uint8Array;
  readonly user: string;
  readonly keyBlob: Uint8Array;
  readonly hostKey: Uint8Array | undefined;
}

const USERAUTH_REQUEST = 50;
const METHODS = ["publickey", "publickey-hostbound-v00@openssh.com"] as const;

/** Reads what follows the extension's name; undefined unless the host signed this very session with an Ed25519 key. */
export function readBinding(reader: WireReader): Binding | undefined {
  const [hostKey, sessionId, signature] = [reader.string(), reader.string(), reader.string()];
  const isForwarded = reader.byte();
  if (hostKey === undefined || sessionId === undefined || signature === undefined || isForwarded === undefined) return undefined;
  const publicKey = hostKey.slice(-32);
  if (!equalBytes(hostKey, ed25519Blob(publicKey))) return undefined;
  const inner = new WireReader(signature);
  const algorithm = inner.text();
  const bytes = inner.string();
  if (algorithm !== "ssh-ed25519" || bytes?.length !== 64 || !verifyEd25519(publicKey, sessionId, bytes)) return undefined;
  return { hostKey: Uint8Array.from(hostKey), sessionId: Uint8Array.from(sessionId), isForwarded: isForwarded !== 0 };
}

/** Undefined for anything that is not the signature of a login by public key, to the last byte. */
export function readLogin(data: Uint8Array): LoginRequest | undefined {
  const reader = new WireReader(data);
  const sessionId = reader.string();
  if (sessionId === undefined || reader.byte() !== USERAUTH_REQUEST) return undefined;
  const user = reader.string();
  const service = reader.text();
  const named = reader.text();
  const method = METHODS.find((one) => one === named);
  if (user === undefined || service !== "ssh-connection" || method === undefined || reader.byte() !== 1) return undefined;
  reader.text(); // the algorithm, which the key must fit anyway
  const keyBlob = reader.string();
  const hostKey = method === METHODS[1] ? reader.string() : undefined;
  if (keyBlob === undefined || reader.left !== 0 || (method === METHODS[1] && hostKey === undefined)) return undefined;
  return { sessionId, user: Buffer.from(user).toString("utf8"), keyBlob, hostKey };
}
