import { compareBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { isUsablePublicKey } from "../crypto/ed25519.ts";
import type { PackageFault } from "../fault.ts";
import type { PackageBody, PackageSignature, Section, SignedPackage } from "./body.ts";

/**
 * What a package may hold at most. Part of the format: a package beyond these never decodes, so no rule
 * that comes later has to think of it.
 */
export const PACKAGE_LIMITS = {
  /** Body and signatures together; fits a message of `gridshell-rpc@1` with room to spare. */
  packageBytes: 512 * 1024,
  signerKeys: 16,
  payerKeys: 16,
  /** One for each thread of a commit. */
  sections: 64,
  priceBits: 128,
  /** ERG is counted in exact JavaScript integers. */
  ergBits: 53,
} as const;

/** More items than a package of the greatest number of keys and sections has. */
const MAX_ITEMS = 256;
const BODY_FIELDS = 16;
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
    body.chainId, body.domain, numberItem(body.nonce), body.signerKeys, body.payer ?? EMPTY, body.payerKeys,
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
  const payer = bytesField(fields[8], "payer", [0, 20]);
  const body: PackageBody = {
    format: format(fields[0]),
    rulesVersion: smallField(fields[1], "rules version", 0xffff),
    wordTableVersion: smallField(fields[2], "word table version", 0xffff),
    wordsHash: bytesField(fields[3], "words hash", [32]),
    chainId: bytesField(fields[4], "chain id", [32]),
    domain: bytesField(fields[5], "domain", [20]),
    nonce: numberField(fields[6], "nonce", 64),
    signerKeys: keys(fields[7], "signer keys"),
    ...(payer.length > 0 && { payer }),
    payerKeys: keys(fields[9], "payer keys"),
    ergPriceUnits: numberField(fields[10], "ERG price", PACKAGE_LIMITS.priceBits),
    ergLimit: numberField(fields[11], "ERG limit", PACKAGE_LIMITS.ergBits),
    expiryHeight: numberField(fields[12], "expiry height", 64),
    mode: oneOf(fields[13], "mode", MODES),
    effectHash: bytesField(fields[14], "effect hash", [0, 32]),
    sections: listField(fields[15], "sections").map(section),
  };
  checkBody(body);
  return body;
}

/** Body bytes as one string, so that its hash needs no second encoding, then the signatures. */
export function encodeSignedPackage(signed: SignedPackage): Uint8Array {
  checkSignatureOrder(signed.signatures);
  const bytes = encodeRlp([
    encodeBody(signed.body),
    signed.signatures.map((one) => [numberItem(ROLES.indexOf(one.role)), one.publicKey, numberItem(SCHEMES.indexOf(one.scheme)), one.signature]),
  ]);
  checkSize(bytes);
  return bytes;
}

/** A package and the exact bytes its signatures cover. Faults as `decodeBody`. */
export function decodeSignedPackage(bytes: Uint8Array): SignedPackage & { readonly bodyBytes: Uint8Array } {
  const [bodyItem, signatureItem] = listField(boundedRlp(bytes), "package", 2);
  const bodyBytes = bytesField(bodyItem, "body", []);
  const body = decodeBody(bodyBytes);
  const signatures = listField(signatureItem, "signatures").map(signature);
  checkSignatureOrder(signatures);
  return { body, bodyBytes, signatures };
}

const EMPTY = new Uint8Array(0);

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

function keys(item: RlpItem | undefined, name: string): readonly Uint8Array[] {
  return listField(item, name).map((key) => bytesField(key, name, [32]));
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
  checkKeys(body.signerKeys, "signer keys", PACKAGE_LIMITS.signerKeys);
  if (body.signerKeys.length === 0) malformed("signer keys: none");
  checkKeys(body.payerKeys, "payer keys", PACKAGE_LIMITS.payerKeys);
  if ((body.payer === undefined) !== (body.payerKeys.length === 0)) malformed("payer and payer keys go together");
  if (body.payer !== undefined && compareBytes(body.payer, body.domain) === 0) malformed("payer: the domain pays by itself");
  if (body.effectHash.length !== (body.mode === "strict" ? 32 : 0)) malformed("effect hash: strict packages carry one, loose ones none");
  if (body.sections.length === 0 || body.sections.length > PACKAGE_LIMITS.sections) malformed("sections: too few or too many");
  body.sections.forEach(({ kind }, index) => kind < (body.sections[index - 1]?.kind ?? 0) && malformed("sections: not in order of kind"));
}

function checkKeys(list: readonly Uint8Array[], name: string, most: number): void {
  if (list.length > most) malformed(`${name}: more than ${most}`);
  if (!list.every(isUsablePublicKey)) malformed(`${name}: not an Ed25519 key that could verify anything`);
  ascending(list, name);
}

function checkSignatureOrder(signatures: readonly PackageSignature[]): void {
  if (signatures.length > PACKAGE_LIMITS.signerKeys + PACKAGE_LIMITS.payerKeys) malformed("signatures: too many");
  ascending(signatures.map((one) => Uint8Array.of(ROLES.indexOf(one.role), ...one.publicKey)), "signatures");
}

function ascending(list: readonly Uint8Array[], name: string): void {
  for (const [index, bytes] of list.entries()) {
    const before = list[index - 1];
    if (before !== undefined && compareBytes(before, bytes) >= 0) malformed(`${name}: not strictly ascending`);
  }
}
