import { concatBytes } from "../../lang/base/bytes.ts";
import type { PackageRequest, PackageSigned } from "../session-io.ts";
import { WireReader } from "../ssh/wire.ts";
import { sshString } from "../../node/api.ts";

/** Numbers of the agent protocol (draft-ietf-sshm-ssh-agent). */
export const MESSAGE = {
  failure: 5, success: 6, requestIdentities: 11, identities: 12, signRequest: 13, signature: 14, extension: 27, extensionFailure: 28, extensionResponse: 29,
} as const;

/** OpenSSH's agent takes and gives messages up to this size. */
export const MAX_MESSAGE_BYTES = 256 * 1024;
/** A request with a package in it; the largest package and its effect fit. */
export const MAX_PACKAGE_MESSAGE_BYTES = 2 << 20;

/**
 * Our extension (R2): a node gives a whole package to a grid agent. Request: name, public key, body, effect list, proofs
 * of the state, as strings. Answer: 29, name, then byte 1, scheme and signature, or byte 0 and the reason why there is none. An agent
 * that does not know it answers 5 or 28.
 */
export const PACKAGE_EXTENSION = "package-v1@gridshell";
/**
 * Our other extension: a login to one node (R1). Request: name, public key, the login's intent as bytes. Answers are
 * those of a package, under this name.
 */
export const LOGIN_EXTENSION = "login-v1@gridshell";
/** OpenSSH's: tells an agent for which connection it is asked (PROTOCOL.agent, since OpenSSH 8.9). */
export const BIND_EXTENSION = "session-bind@openssh.com";

export type PackageAnswer = ({ readonly kind: "signed" } & PackageSigned) | { readonly kind: "refused"; readonly reason: string };

/** What `ct` sends through the forwarded agent's connection. */
export function encodePackageRequest({ publicKey, bodyBytes, effectBytes, excerptBytes }: PackageRequest): Uint8Array {
  return concatBytes(Uint8Array.of(MESSAGE.extension), sshString(PACKAGE_EXTENSION), sshString(publicKey), sshString(bodyBytes), sshString(effectBytes), sshString(excerptBytes));
}

/** Reads what follows the extension's name; undefined when it is not well-formed. */
export function decodePackageRequest(reader: WireReader): PackageRequest | undefined {
  const [publicKey, bodyBytes, effectBytes, excerptBytes] = [reader.string(), reader.string(), reader.string(), reader.string()];
  if (publicKey?.length !== 32 || bodyBytes === undefined || effectBytes === undefined || excerptBytes === undefined || reader.left !== 0) return undefined;
  return { publicKey, bodyBytes, effectBytes, excerptBytes };
}

/** What `logmein` sends. */
export function encodeLoginRequest(publicKey: Uint8Array, challenge: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(MESSAGE.extension), sshString(LOGIN_EXTENSION), sshString(publicKey), sshString(challenge));
}

/** Reads what follows the extension's name; undefined when it is not well-formed. */
export function decodeLoginRequest(reader: WireReader): { readonly publicKey: Uint8Array; readonly challenge: Uint8Array } | undefined {
  const [publicKey, challenge] = [reader.string(), reader.string()];
  if (publicKey?.length !== 32 || challenge === undefined || reader.left !== 0) return undefined;
  return { publicKey, challenge };
}

export type AgentExtension = typeof PACKAGE_EXTENSION | typeof LOGIN_EXTENSION;

/** What a signer answers: a signature, or why there is none. */
export function encodePackageAnswer(answer: PackageAnswer, extension: AgentExtension = PACKAGE_EXTENSION): Uint8Array {
  const head = concatBytes(Uint8Array.of(MESSAGE.extensionResponse), sshString(extension));
  if (answer.kind === "refused") return concatBytes(head, Uint8Array.of(0), sshString(answer.reason));
  return concatBytes(head, Uint8Array.of(1), sshString(answer.scheme), sshString(answer.signature));
}

/** Reads an agent's whole answer. "unknown": it has no such extension; undefined: not well-formed. */
export function decodePackageAnswer(reader: WireReader, extension: AgentExtension = PACKAGE_EXTENSION): PackageAnswer | "unknown" | undefined {
  const kind = reader.byte();
  if (kind === MESSAGE.failure || kind === MESSAGE.extensionFailure) return "unknown";
  if (kind !== MESSAGE.extensionResponse || reader.text() !== extension) return undefined;
  if (reader.byte() === 0) return { kind: "refused", reason: Buffer.from(reader.string() ?? []).toString("utf8").slice(0, 200) };
  const [scheme, signature] = [reader.text(), reader.string()];
  if ((scheme !== "raw" && scheme !== "sshsig") || signature?.length !== 64) return undefined;
  return { kind: "signed", scheme, signature: Uint8Array.from(signature) };
}
