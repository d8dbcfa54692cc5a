import { compareBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, firstItem, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import type { PackageFault } from "../fault.ts";
import { ADDRESS_SIZE } from "../state/address.ts";
import { LIMITS } from "../state/limits.ts";
import type { PackageBody, PackageSignature, Payer, Quorum, Section, SignedPackage } from "./body.ts";

/**
 * What a package may hold at most. Part of the format: a package beyond these never decodes, so no rule
 * that comes later has to think of it.
 */
export const PACKAGE_LIMITS = {
  /** Body and signatures together; fits a message of `gridshell-rpc@1` with room to spare. */
  packageBytes: 512 * 1024,
  /** For each role. */
  keys: LIMITS.signingKeys,
  /** One for each thread of a commit. */
  sections: 64,
  priceBits: 128,
  /** ERG is counted in exact JavaScript integers. */
  ergBits: 53,
} as const;

/** More items than a package of the greatest number of keys and sections has. */
const MAX_ITEMS = 256;
const BODY_FIELDS = 15;
const MODES = ["strict", "loose"] as const;
const ROLES = ["signer", "payer"] as const;
const SCHEMES = ["raw", "sshsig"] as const;
const PROGRAM_SECTION = 1;

/** SHA-256 of the encoded body. Signatures are not part of it, so adding one never renames a package. 32 bytes. */
export function packageId(bodyBytes: Uint8Array): Uint8Array {
  return sha256(bodyBytes);
}

/** Canonical bytes of a body; what the reader would refuse is refused here as well. */
export function encodeBody(body: PackageBody): Uint8Array {
  const bytes = encodeRlp([
    numberItem(body.format), numberItem(body.rulesVersion), numberItem(body.wordTableVersion), body.wordsHash,
    body.chainId, body.domain, numberItem(body.nonce), quorumItem(body.signers), body.payer === undefined ? [] : [body.payer.domain, quorumItem(body.payer.signers)],
    numberItem(body.ergPriceUnits), numberItem(body.ergLimit), numberItem(body.expiryHeight),
    numberItem(MODES.indexOf(body.mode)), body.effectHash,
    body.sections.map((one) => [numberItem(one.kind), one.bytes]),
  ]);
  decodeBody(bytes);
  return bytes;
}

/** Reads a body and refuses every other form of the same content. Faults: CODEC_MALFORMED, PACKAGE_TOO_LARGE. */
export function decodeBody(bytes: Uint8Array): PackageBody {
  const fields = listField(boundedRlp(bytes), "body", BODY_FIELDS);
  const payer = payerOf(fields[8]);
  const body: PackageBody = {
    format: format(fields[0]),
    rulesVersion: smallField(fields[1], "rules version", 0xffff),
    wordTableVersion: smallField(fields[2], "word table version", 0xffff),
    wordsHash: bytesField(fields[3], "words hash", [32]),
    chainId: bytesField(fields[4], "chain id", [32]),
    domain: bytesField(fields[5], "domain", [20]),
    nonce: numberField(fields[6], "nonce", 64),
    signers: quorum(fields[7], "signers"),
    ...(payer !== undefined && { payer }),
    ergPriceUnits: numberField(fields[9], "ERG price", PACKAGE_LIMITS.priceBits),
    ergLimit: numberField(fields[10], "ERG limit", PACKAGE_LIMITS.ergBits),
    expiryHeight: numberField(fields[11], "expiry height", 64),
    mode: oneOf(fields[12], "mode", MODES),
    effectHash: bytesField(fields[13], "effect hash", [0, 32]),
    sections: listField(fields[14], "sections").map(section),
  };
  checkBody(body);
  return body;
}

/** Body bytes as one string, so that its hash needs no second encoding, then the signatures. */
export function encodeSignedPackage(signed: SignedPackage): Uint8Array {
  checkSignatureOrder(signed.signatures);
  const bytes = encodeRlp([encodeBody(signed.body), signatureItems(signed.signatures)]);
  checkSize(bytes);
  return bytes;
}

/** A package and the exact bytes its signatures cover. Faults as `decodeBody`. */
export function decodeSignedPackage(bytes: Uint8Array): SignedPackage & { readonly bodyBytes: Uint8Array } {
  const [bodyItem, signatureItem] = listField(boundedRlp(bytes), "package", 2);
  const bodyBytes = bytesField(bodyItem, "body", []);
  const body = decodeBody(bodyBytes);
  return { body, bodyBytes, signatures: readSignatures(signatureItem) };
}

/** The body of an encoded package, unread: its hash names the package. Faults: CODEC_MALFORMED, PACKAGE_TOO_LARGE. */
export function bodyBytesOf(signedPackage: Uint8Array): Uint8Array {
  checkSize(signedPackage);
  return bytesField(firstItem(signedPackage), "body", []);
}

/** Signatures in the order in which packages hold them. */
export function signatureItems(signatures: readonly PackageSignature[]): RlpItem {
  return signatures.map((one) => [numberItem(ROLES.indexOf(one.role)), one.publicKey, numberItem(SCHEMES.indexOf(one.scheme)), one.signature]);
}

/** In the one order of the format; verifies nothing. Faults: CODEC_MALFORMED. */
export function readSignatures(item: RlpItem | undefined): readonly PackageSignature[] {
  const signatures = listField(item, "signatures").map(signature);
  checkSignatureOrder(signatures);
  return signatures;
}

function boundedRlp(bytes: Uint8Array): RlpItem {
  checkSize(bytes);
  return decodeRlp(bytes, MAX_ITEMS);
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length > PACKAGE_LIMITS.packageBytes) {
    throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: PACKAGE_LIMITS.packageBytes });
  }
}

function format(item: RlpItem | undefined): 1 {
  if (smallField(item, "format", 0xff) !== 1) malformed("format: only 1 is known");
  return 1;
}

function oneOf<T extends string>(item: RlpItem | undefined, name: string, names: readonly T[]): T {
  return names[smallField(item, name, names.length - 1)] as T;
}

function quorumItem({ keys, needed }: Quorum): RlpItem {
  return [keys, numberItem(needed)];
}

function quorum(item: RlpItem | undefined, name: string): Quorum {
  const [list, needed] = listField(item, name, 2);
  const keys = listField(list, name).map((key) => bytesField(key, name, [ADDRESS_SIZE]));
  const found = { keys, needed: smallField(needed, `${name} needed`, PACKAGE_LIMITS.keys) };
  if (keys.length > PACKAGE_LIMITS.keys) malformed(`${name}: more than ${PACKAGE_LIMITS.keys}`);
  ascending(keys, name);
  if (found.needed < 1 || found.needed > keys.length) malformed(`${name}: ${found.needed} of ${keys.length} can never sign`);
  return found;
}

function payerOf(item: RlpItem | undefined): Payer | undefined {
  const fields = listField(item, "payer");
  if (fields.length === 0) return undefined;
  const [domain, signers] = listField(item, "payer", 2);
  return { domain: bytesField(domain, "payer", [ADDRESS_SIZE]), signers: quorum(signers, "payer's keys") };
}

function section(item: RlpItem): Section {
  const [kind, bytes] = listField(item, "section", 2);
  if (smallField(kind, "section kind", 0xff) !== PROGRAM_SECTION) malformed("section kind: only 1 (program) is known");
  return { kind: PROGRAM_SECTION, bytes: bytesField(bytes, "section", []) };
}

function signature(item: RlpItem): PackageSignature {
  const [role, publicKey, scheme, bytes] = listField(item, "signature", 4);
  return {
    role: oneOf(role, "role", ROLES),
    publicKey: bytesField(publicKey, "public key", [32]),
    scheme: oneOf(scheme, "scheme", SCHEMES),
    signature: bytesField(bytes, "signature", [64]),
  };
}

/** What holds between fields. */
function checkBody(body: PackageBody): void {
  if (body.payer !== undefined && compareBytes(body.payer.domain, body.domain) === 0) malformed("payer: the domain pays by itself");
  if (body.effectHash.length !== (body.mode === "strict" ? 32 : 0)) malformed("effect hash: strict packages carry one, loose ones none");
  if (body.sections.length === 0 || body.sections.length > PACKAGE_LIMITS.sections) malformed("sections: too few or too many");
  body.sections.forEach(({ kind }, index) => kind < (body.sections[index - 1]?.kind ?? 0) && malformed("sections: not in order of kind"));
}

function checkSignatureOrder(signatures: readonly PackageSignature[]): void {
  if (signatures.length > 2 * PACKAGE_LIMITS.keys) malformed("signatures: too many");
  ascending(signatures.map((one) => Uint8Array.of(ROLES.indexOf(one.role), ...one.publicKey)), "signatures");
}

function ascending(list: readonly Uint8Array[], name: string): void {
  for (const [index, bytes] of list.entries()) {
    const before = list[index - 1];
    if (before !== undefined && compareBytes(before, bytes) >= 0) malformed(`${name}: not strictly ascending`);
  }
}
