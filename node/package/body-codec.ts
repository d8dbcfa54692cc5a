import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { RlpCursor } from "../../lang/base/rlp-cursor.ts";
import { bytesField, numberItem } from "../../lang/base/rlp-fields.ts";
import { firstItem, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
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
  checkSize(bytes);
  const cursor = new RlpCursor(bytes);
  const outer = cursor.enter("body");
  const body = readBody(cursor);
  cursor.leave(outer, "body");
  cursor.finish();
  checkBody(body);
  return body;
}

/** Fields in the order in which they stand. */
function readBody(cursor: RlpCursor): PackageBody {
  const format = cursor.small("format", 0xff) === 1 ? 1 : malformed("format: only 1 is known");
  const rulesVersion = cursor.small("rules version", 0xffff);
  const wordTableVersion = cursor.small("word table version", 0xffff);
  const wordsHash = cursor.bytes("words hash", 32);
  const chainId = cursor.bytes("chain id", 32);
  const domain = cursor.bytes("domain", ADDRESS_SIZE);
  const nonce = cursor.number("nonce", 64);
  const signers = readQuorum(cursor, "signers");
  const payer = readPayer(cursor);
  const ergPriceUnits = cursor.number("ERG price", PACKAGE_LIMITS.priceBits);
  const ergLimit = cursor.number("ERG limit", PACKAGE_LIMITS.ergBits);
  const expiryHeight = cursor.number("expiry height", 64);
  const mode = MODES[cursor.small("mode", MODES.length - 1)] as PackageBody["mode"];
  const effectHash = cursor.bytes("effect hash");
  const sections = readList(cursor, "sections", PACKAGE_LIMITS.sections, readSection);
  const body = { format, rulesVersion, wordTableVersion, wordsHash, chainId, domain, nonce, signers, ergPriceUnits, ergLimit, expiryHeight, mode, effectHash, sections } as const;
  return payer === undefined ? body : { ...body, payer };
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
  checkSize(bytes);
  const cursor = new RlpCursor(bytes);
  const outer = cursor.enter("package");
  const bodyBytes = cursor.bytes("body");
  const body = decodeBody(bodyBytes);
  const signatures = readSignatures(cursor);
  cursor.leave(outer, "package");
  cursor.finish();
  return { body, bodyBytes, signatures };
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

/** The list of them that is next, in the one order of the format; verifies nothing. Faults: CODEC_MALFORMED. */
export function readSignatures(cursor: RlpCursor): readonly PackageSignature[] {
  const signatures = readList(cursor, "signatures", 2 * PACKAGE_LIMITS.keys, readSignature);
  checkSignatureOrder(signatures);
  return signatures;
}

function checkSize(bytes: Uint8Array): void {
  if (bytes.length > PACKAGE_LIMITS.packageBytes) {
    throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: PACKAGE_LIMITS.packageBytes });
  }
}

function quorumItem({ keys, needed }: Quorum): RlpItem {
  return [keys, numberItem(needed)];
}

/** A list of at most `most` items, each read by `read`: what is too long is refused before it is built. */
function readList<T>(cursor: RlpCursor, name: string, most: number, read: (cursor: RlpCursor) => T): T[] {
  const outer = cursor.enter(name);
  // An array that begins with its one entry has room for one; an empty one that grows takes room for 17.
  const list: T[] = cursor.hasMore ? [read(cursor)] : [];
  while (cursor.hasMore) {
    if (list.length >= most) malformed(`${name}: more than ${most}`);
    list.push(read(cursor));
  }
  cursor.leave(outer, name);
  return list;
}

function readQuorum(cursor: RlpCursor, name: string): Quorum {
  const outer = cursor.enter(name);
  const keys = readList(cursor, name, PACKAGE_LIMITS.keys, readKeyId);
  const needed = cursor.small(name, PACKAGE_LIMITS.keys);
  cursor.leave(outer, name);
  ascending(keys, name);
  if (needed < 1 || needed > keys.length) malformed(`${name}: ${needed} of ${keys.length} can never sign`);
  return { keys, needed };
}

function readKeyId(cursor: RlpCursor): Uint8Array {
  return cursor.bytes("key id", ADDRESS_SIZE);
}

/** An empty list where the domain pays by itself. */
function readPayer(cursor: RlpCursor): Payer | undefined {
  const outer = cursor.enter("payer");
  const payer = cursor.hasMore ? { domain: cursor.bytes("payer", ADDRESS_SIZE), signers: readQuorum(cursor, "payer's keys") } : undefined;
  cursor.leave(outer, "payer");
  return payer;
}

function readSection(cursor: RlpCursor): Section {
  const outer = cursor.enter("section");
  if (cursor.small("section kind", 0xff) !== PROGRAM_SECTION) malformed("section kind: only 1 (program) is known");
  const bytes = cursor.bytes("section");
  cursor.leave(outer, "section");
  return { kind: PROGRAM_SECTION, bytes };
}

function readSignature(cursor: RlpCursor): PackageSignature {
  const outer = cursor.enter("signature");
  const role = ROLES[cursor.small("role", ROLES.length - 1)] as PackageSignature["role"];
  const publicKey = cursor.bytes("public key", 32);
  const scheme = SCHEMES[cursor.small("scheme", SCHEMES.length - 1)] as PackageSignature["scheme"];
  const signature = cursor.bytes("signature", 64);
  cursor.leave(outer, "signature");
  return { role, publicKey, scheme, signature };
}

/** What holds between fields. */
function checkBody(body: PackageBody): void {
  if (body.payer !== undefined && equalBytes(body.payer.domain, body.domain)) malformed("payer: the domain pays by itself");
  if (body.effectHash.length !== (body.mode === "strict" ? 32 : 0)) malformed("effect hash: strict packages carry one, loose ones none");
  if (body.sections.length === 0) malformed("sections: none");
}

function checkSignatureOrder(signatures: readonly PackageSignature[]): void {
  if (signatures.length > 2 * PACKAGE_LIMITS.keys) malformed("signatures: too many");
  for (let i = 1; i < signatures.length; i++) {
    const [before, one] = [signatures[i - 1] as PackageSignature, signatures[i] as PackageSignature];
    const order = ROLES.indexOf(before.role) - ROLES.indexOf(one.role) || compareBytes(before.publicKey, one.publicKey);
    if (order >= 0) malformed("signatures: not strictly ascending");
  }
}

function ascending(list: readonly Uint8Array[], name: string): void {
  for (let i = 1; i < list.length; i++) {
    if (compareBytes(list[i - 1] as Uint8Array, list[i] as Uint8Array) >= 0) malformed(`${name}: not strictly ascending`);
  }
}
