import ssh2, { type AuthContext, type AuthenticationType, type PublicKeyAuthContext } from "ssh2";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeAddress, looksLikeAddress, type Identity, type NodeApi, type ProvedKey } from "../../node/api.ts";
import { fingerprintOf } from "./host-key.ts";
import { WireReader } from "./wire.ts";

const METHODS: AuthenticationType[] = ["publickey", "keyboard-interactive"];
/** Public keys as they travel: RSA of 2,048 to 8,192 bits, and nothing larger than that. */
const RSA_BITS = { least: 2_048, most: 8_192 };
const MAX_BLOB_BYTES = 1_100;
/** Longest user name taken; longer ones have no meaning here. */
const MAX_USER_BYTES = 255;

/** Who a user name speaks of: a domain by its address, nobody (a broken address), or anyone at all (a label). */
type Named = { readonly kind: "domain"; readonly domain: Uint8Array } | { readonly kind: "nobody" } | { readonly kind: "label" };

export interface AuthenticationParts {
  readonly sourceAddress: string;
  readonly isKeyOf: NodeApi["isKeyOf"];
  readonly onIdentity: (identity: Identity) => void;
}

/**
 * Finds out who is there (R1). Everybody comes in, so this asks not whether but as whom. `none` is refused at
 * first, because a client whose `none` is accepted never offers its key. A key is *proved* by a signature over
 * this session, not by the query whether it would be welcome. Who has no key comes in by keyboard-interactive
 * without questions, or by `none` again, and is only *claimed*. But a name that is an address belongs to its
 * domain: only that domain's keys let in.
 */
export class Authentication {
  private refusedNone = false;
  private readonly parts: AuthenticationParts;
  constructor(parts: AuthenticationParts) {
    this.parts = parts;
  }

  decide(request: AuthContext): void {
    if (Buffer.byteLength(request.username) > MAX_USER_BYTES) return request.reject(METHODS);
    const named = nameOf(request.username);
    if (request.method === "publickey") return this.decideKey(request, named);
    if (named.kind !== "label") return request.reject(["publickey"]);
    if (request.method === "keyboard-interactive") return this.acceptClaim(request);
    if (request.method !== "none") return request.reject(METHODS);
    if (this.refusedNone) return this.acceptClaim(request);
    this.refusedNone = true;
    return request.reject(METHODS);
  }

  private acceptClaim(request: AuthContext): void {
    this.parts.onIdentity({ level: "claimed", sshUser: request.username, sourceAddress: this.parts.sourceAddress });
    request.accept();
  }

  private decideKey(request: PublicKeyAuthContext, named: Named): void {
    const methods: AuthenticationType[] = named.kind === "label" ? METHODS : ["publickey"];
    const key = provableKey(request);
    if (key === undefined || !this.maySpeakFor(key, named)) return request.reject(methods);
    if (request.signature === undefined) return request.accept(); // the query: "sign with this one, please"
    if (!verified(request)) return request.reject(methods);
    const domain = named.kind === "domain" ? { domain: named.domain } : {};
    this.parts.onIdentity({ level: "proved", sshUser: request.username, sourceAddress: this.parts.sourceAddress, key, ...domain });
    request.accept();
  }

  private maySpeakFor({ ed25519 }: ProvedKey, named: Named): boolean {
    if (named.kind === "label") return true;
    if (named.kind === "nobody" || ed25519 === undefined) return false;
    return this.parts.isKeyOf(named.domain, ed25519);
  }
}

function nameOf(user: string): Named {
  if (!looksLikeAddress(user)) return { kind: "label" };
  try {
    return { kind: "domain", domain: decodeAddress(user) };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { kind: "nobody" }; // mistyped: whoever it is meant for, it is not a label
  }
}

function verified(request: PublicKeyAuthContext): boolean {
  const parsed = ssh2.utils.parseKey(request.key.data);
  if (parsed instanceof Error || request.signature === undefined || request.blob === undefined) return false;
  // Answers an Error, not false, for a signature that cannot be read.
  return parsed.verify(request.blob, request.signature, request.hashAlgo) === true;
}

/** The key if it is of a kind that proves something; SHA-1 signatures and weak RSA keys do not. */
function provableKey(request: PublicKeyAuthContext): ProvedKey | undefined {
  const { algo, data } = request.key;
  if (data.length > MAX_BLOB_BYTES) return undefined;
  const reader = new WireReader(data);
  if (reader.text() !== algo) return undefined;
  const fingerprint = fingerprintOf(data);
  switch (algo) {
    case "ssh-ed25519": {
      const ed25519 = reader.string();
      if (ed25519?.length !== 32 || reader.left !== 0) return undefined;
      return { algorithm: algo, fingerprint, ed25519: Uint8Array.from(ed25519) };
    }
    case "ssh-rsa": {
      reader.string(); // the exponent
      const bits = (reader.string()?.length ?? 0) * 8;
      if (request.hashAlgo === undefined || bits < RSA_BITS.least || bits > RSA_BITS.most + 8) return undefined;
      return { algorithm: request.hashAlgo === "sha512" ? "rsa-sha2-512" : "rsa-sha2-256", fingerprint };
    }
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
      return { algorithm: algo, fingerprint };
    default:
      return undefined;
  }
}
