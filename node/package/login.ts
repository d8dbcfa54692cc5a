import { concatBytes, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import type { LoginAnswer, LoginOffer, ProvedKey } from "../api.ts";
import { verifyEd25519 } from "../crypto/ed25519.ts";
import { sshString } from "../crypto/ssh-wire.ts";
import type { SignFault } from "../fault.ts";
import type { Clock, Random } from "../ports.ts";
import { encodeIntent, intentBytes, type Intent } from "./intent.ts";
import { INTENT_LIFETIME_MS } from "./intents.ts";
import { sshsigMessage } from "./signing.ts";

/**
 * Proving a key to one node, for one session (R1, G34). What is signed is the intent itself: it holds the node's host
 * key, the id that only this session has, and the time after which it is worth nothing. The namespace is not that of
 * packages, so neither can be taken for the other.
 */
export const LOGIN_NAMESPACE = "gridshell-login-v1";
const RAW_PREFIX = concatBytes(utf8(LOGIN_NAMESPACE), Uint8Array.of(0));
const ID_BYTES = 16;
/** One for each session at most. */
const MOST_LOGINS = 4_096;

/** The exact bytes that Ed25519 signs for a login. */
export function loginMessage(scheme: LoginAnswer["scheme"], challenge: Uint8Array): Uint8Array {
  return scheme === "raw" ? sha256(RAW_PREFIX, challenge) : sshsigMessage(LOGIN_NAMESPACE, challenge);
}

interface OpenLogin {
  readonly owner: string;
  readonly challenge: Uint8Array;
  readonly settle: { readonly resolve: (key: ProvedKey) => void; readonly reject: (error: Error) => void };
  readonly cancelTimer: () => void;
}

/** Logins that wait for a signature; each belongs to one session, is good for one answer, and expires by itself. */
export class LoginBook {
  readonly #open = new Map<string, OpenLogin>();
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(ports: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = ports.clock;
    this.#random = ports.random;
  }

  /** `node` is what an intent says of this node. A session's newer request takes the place of its older one. */
  offer(owner: string, node: Pick<Intent, "chainIdPrefix" | "hostKey" | "address">): LoginOffer<ProvedKey> {
    for (const [key, login] of this.#open) if (login.owner === owner) this.#end(key, "a newer request took its place");
    if (this.#open.size >= MOST_LOGINS) throw refusal("too many open requests at this node; try again in a minute");
    const intentId = this.#random.bytes(ID_BYTES);
    const key = toHex(intentId);
    const expiresAtMs = this.#clock.nowMs() + INTENT_LIFETIME_MS;
    const intent: Intent = { version: 1, kind: "login", packageId: new Uint8Array(0), intentId, expirySeconds: Math.floor(expiresAtMs / 1_000), ...node };
    const challenge = intentBytes(intent);
    const answered = new Promise<ProvedKey>((resolve, reject) => {
      const cancelTimer = this.#clock.after(INTENT_LIFETIME_MS, () => this.#expire(key));
      this.#open.set(key, { owner, challenge, settle: { resolve, reject }, cancelTimer });
    });
    answered.catch(() => undefined); // whoever waits sees the rejection; nobody waiting is no error
    return { intentId, challenge, text: encodeIntent(intent), expiresAtMs, answered, withdraw: () => this.#end(key, "withdrawn") };
  }

  /** Faults: SIGN_NO_SUCH_INTENT; SIGN_REFUSED for a signature that is not over this very login, which stays open. */
  answer(intentId: Uint8Array, { publicKey, scheme, signature }: LoginAnswer): void {
    const key = toHex(intentId);
    const login = this.#open.get(key);
    if (login === undefined) throw new FaultError<SignFault>({ code: "SIGN_NO_SUCH_INTENT" });
    if (!verifyEd25519(publicKey, loginMessage(scheme, login.challenge), signature)) throw refusal("it is not a signature of that key over this login");
    login.settle.resolve(provedKey(publicKey));
    this.#end(key, "answered");
  }

  close(): void {
    for (const key of [...this.#open.keys()]) this.#end(key, "the node is stopping");
  }

  #expire(key: string): void {
    this.#open.get(key)?.settle.reject(new FaultError<SignFault>({ code: "SIGN_INTENT_EXPIRED" }));
    this.#end(key, "expired");
  }

  #end(key: string, reason: string): void {
    const login = this.#open.get(key);
    if (login === undefined) return;
    login.cancelTimer();
    this.#open.delete(key);
    login.settle.reject(refusal(reason));
  }
}

/** The key as an ssh login would have proved it. */
function provedKey(ed25519: Uint8Array): ProvedKey {
  const digest = Buffer.from(sha256(concatBytes(sshString("ssh-ed25519"), sshString(ed25519))));
  return { algorithm: "ssh-ed25519", fingerprint: `SHA256:${digest.toString("base64").replace(/=+$/, "")}`, ed25519 };
}

function refusal(reason: string): FaultError {
  return new FaultError<SignFault>({ code: "SIGN_REFUSED", reason });
}
