import { concatBytes, equalBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { checkIntentTime, domainOfKey, intentFromBytes, loginMessage, messageToSign, reviewDraft, SIGNER_RULES, type Review, sshString, sshUint32 } from "../../node/api.ts";
import { faultText, isKnownFault } from "../render/faults.ts";
import { ed25519Blob, fingerprintOf } from "../ssh/host-key.ts";
import { WireReader } from "../ssh/wire.ts";
import { readBinding, readLogin, type Binding, type LoginRequest } from "./login.ts";
import { BIND_EXTENSION, decodeLoginRequest, decodePackageRequest, encodePackageAnswer, LOGIN_EXTENSION, MESSAGE, PACKAGE_EXTENSION, type PackageAnswer } from "./messages.ts";
import type { AgentSigner } from "./signers.ts";

/** The person whose keys these are, as the agent sees them. One question at a time. */
export interface AgentUser {
  /** Shows what the package does and asks. */
  approve(question: PackageQuestion, signal: AbortSignal): Promise<boolean>;
  /** Whether keys may be used to log in to this host. */
  allowsLogin(login: { readonly hostFingerprint: string; readonly user: string; readonly keyLabel: string }, signal: AbortSignal): Promise<boolean>;
  /** Says what was refused, and why. */
  note(text: string): void;
}
export interface PackageQuestion {
  /** What is shown is derived from the bytes that get signed, here. */
  readonly review: Review;
  readonly keyLabel: string;
  /** Host key of the node that asks, if its ssh connection is known. */
  readonly hostFingerprint: string | undefined;
}
export interface ConversationParts {
  readonly signers: (signal: AbortSignal) => Promise<readonly AgentSigner[]>;
  readonly user: AgentUser;
  /** For the expiry of logins. */
  readonly nowMs: () => number;
  /** Packages of other chains are refused; undefined takes any, and shows which. */
  readonly chainId?: Uint8Array;
  /** Which packages are shown and asked about; loose ones promise nothing, so without a word they are refused. */
  readonly modes?: "strict" | "any";
  /** Domains that the user says are his, besides those of the keys themselves. */
  readonly domains?: readonly Uint8Array[];
}

const FAILURE = Uint8Array.of(MESSAGE.failure);
const SUCCESS = Uint8Array.of(MESSAGE.success);

/**
 * What a grid agent answers on one connection (R2). It signs two kinds of things: a package that it decoded, judged and showed,
 * after its user agreed; and a login, of the user's own ssh or by `logmein`, to a host that the user allows. Nothing
 * else that a node sends through a forwarded connection gets a signature.
 */
export class Conversation {
  private readonly parts: ConversationParts;
  private binding: Binding | undefined;
  private isForwarded = false;

  constructor(parts: ConversationParts) {
    this.parts = parts;
  }

  /** The answer to one message; never rejects. */
  async answer(message: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const reader = new WireReader(message);
    try {
      switch (reader.byte()) {
        case MESSAGE.requestIdentities: return await this.identities(signal);
        case MESSAGE.signRequest: return await this.login(reader, signal);
        case MESSAGE.extension: return await this.extension(reader, signal);
        default: return FAILURE;
      }
    } catch (error) {
      if (!isFaultError(error)) throw error;
      this.parts.user.note(faultLine(error.fault));
      return FAILURE;
    }
  }

  private async identities(signal: AbortSignal): Promise<Uint8Array> {
    const signers = await this.parts.signers(signal);
    const entries = signers.flatMap(({ blob, label }) => [sshString(blob), sshString(label)]);
    return concatBytes(Uint8Array.of(MESSAGE.identities), sshUint32(signers.length), ...entries);
  }

  private async extension(reader: WireReader, signal: AbortSignal): Promise<Uint8Array> {
    switch (reader.text()) {
      case BIND_EXTENSION: return this.bind(readBinding(reader));
      case PACKAGE_EXTENSION: return encodePackageAnswer(await this.package(reader, signal));
      case LOGIN_EXTENSION: return encodePackageAnswer(await this.nodeLogin(reader, signal), LOGIN_EXTENSION);
      default: return FAILURE;
    }
  }

  private bind(binding: Binding | undefined): Uint8Array {
    if (binding === undefined) return FAILURE;
    this.binding = binding;
    this.isForwarded ||= binding.isForwarded; // once a host has this connection, it never becomes the user's own again
    return SUCCESS;
  }

  private async login(reader: WireReader, signal: AbortSignal): Promise<Uint8Array> {
    const [keyBlob, data] = [reader.string(), reader.string()];
    const flags = reader.uint32() ?? 0;
    if (keyBlob === undefined || data === undefined) return FAILURE;
    const login = readLogin(data);
    const refusal = this.loginRefusal(login, keyBlob);
    if (refusal !== undefined || login === undefined) return this.refuse(refusal ?? "");
    const signer = (await this.parts.signers(signal)).find(({ blob }) => equalBytes(blob, keyBlob));
    if (signer === undefined) return FAILURE;
    const hostFingerprint = fingerprintOf(this.binding?.hostKey ?? new Uint8Array());
    if (!(await this.parts.user.allowsLogin({ hostFingerprint, user: login.user, keyLabel: signer.label }, signal))) {
      return this.refuse(`a login to host ${hostFingerprint}: not allowed`);
    }
    return concatBytes(Uint8Array.of(MESSAGE.signature), sshString(await signer.sign(data, flags, signal)));
  }

  private loginRefusal(login: LoginRequest | undefined, keyBlob: Uint8Array): string | undefined {
    if (this.isForwarded) return "a signature asked for by the other side of a forwarded connection, which is not a package";
    if (login === undefined) return "a signature that is neither a login nor a package";
    if (this.binding === undefined) return "a login to a host that did not prove who it is (OpenSSH 8.9 or newer lets it)";
    const isBound = equalBytes(login.sessionId, this.binding.sessionId) && (login.hostKey === undefined || equalBytes(login.hostKey, this.binding.hostKey));
    return isBound && equalBytes(login.keyBlob, keyBlob) ? undefined : "a login for another connection than the one that asks";
  }

  private refuse(what: string): Uint8Array {
    this.parts.user.note(`refused: ${what}`);
    return FAILURE;
  }

  private async package(reader: WireReader, signal: AbortSignal): Promise<PackageAnswer> {
    const refused = (reason: string): PackageAnswer => {
      this.parts.user.note(`refused a package: ${reason}`);
      return { kind: "refused", reason };
    };
    const request = decodePackageRequest(reader);
    if (request === undefined) return refused("the request is not well-formed");
    const { publicKey, bodyBytes, effectBytes, excerptBytes } = request;
    const signer = (await this.parts.signers(signal)).find((one) => one.publicKey !== undefined && equalBytes(one.publicKey, publicKey));
    if (signer === undefined) return refused("this agent does not have the key");
    const expected = { domains: [domainOfKey(publicKey), ...(this.parts.domains ?? [])], publicKey, mode: this.parts.modes ?? "strict", ...(this.parts.chainId === undefined ? {} : { chainId: this.parts.chainId }) };
    const verdict = reviewDraft({ bodyBytes, effectBytes, excerptBytes, expected, rules: SIGNER_RULES });
    if (verdict.kind === "refused") return refused(faultText(verdict.fault).text);
    const hostFingerprint = this.binding === undefined ? undefined : fingerprintOf(this.binding.hostKey);
    const agreed = await this.parts.user.approve({ review: verdict.review, keyLabel: signer.label, hostFingerprint }, signal);
    if (!agreed) return refused("its user said no");
    return (await signedBy(signer, messageToSign(signer.scheme, bodyBytes), signal)) ?? refused("the key's agent answered with something else");
  }

  /** A login is for the node at the other end of this very connection: anybody else in between would be somebody's stand-in. */
  private async nodeLogin(reader: WireReader, signal: AbortSignal): Promise<PackageAnswer> {
    const refused = (reason: string): PackageAnswer => {
      this.parts.user.note(`refused a login: ${reason}`);
      return { kind: "refused", reason };
    };
    const request = decodeLoginRequest(reader);
    if (request === undefined) return refused("the request is not well-formed");
    const intent = intentFromBytes(request.challenge);
    const expired = checkIntentTime(intent, this.parts.nowMs());
    if (intent.kind !== "login") return refused("it is the intent of a package");
    if (expired !== undefined) return refused(faultText(expired).text);
    if (this.binding === undefined) return refused("the node did not prove who it is (OpenSSH 8.9 or newer lets it)");
    if (!equalBytes(this.binding.hostKey, ed25519Blob(intent.hostKey))) return refused("it is for another node than the one that asks");
    const signer = (await this.parts.signers(signal)).find((one) => one.publicKey !== undefined && equalBytes(one.publicKey, request.publicKey));
    if (signer === undefined) return refused("this agent does not have the key");
    const login = { hostFingerprint: fingerprintOf(this.binding.hostKey), user: "you", keyLabel: signer.label };
    if (!(await this.parts.user.allowsLogin(login, signal))) return refused("its user said no");
    return (await signedBy(signer, loginMessage(signer.scheme, request.challenge), signal)) ?? refused("the key's agent answered with something else");
  }
}

/** Undefined when the key's own agent answers with something else than a signature. */
async function signedBy(signer: AgentSigner, message: Uint8Array, signal: AbortSignal): Promise<PackageAnswer | undefined> {
  const blob = new WireReader(await signer.sign(message, 0, signal));
  blob.text();
  const signature = blob.string();
  return signature?.length === 64 ? { kind: "signed", scheme: signer.scheme, signature } : undefined;
}

function faultLine(fault: { readonly code: string }): string {
  return isKnownFault(fault) ? `${faultText(fault).text} (${faultText(fault).hint})` : fault.code;
}
