import { FaultError } from "../../lang/base/fault.ts";
import { encodeRlp, malformed } from "../../lang/base/rlp.ts";
import { RlpCursor } from "../../lang/base/rlp-cursor.ts";
import { numberItem } from "../../lang/base/rlp-fields.ts";
import type { PackageFault } from "../fault.ts";
import { domainOfKey, encodeAddress } from "../state/address.ts";
import type { PackageBody, PackageSignature } from "./body.ts";
import { decodeBody, PACKAGE_LIMITS, readSignatures, signatureItems } from "./body-codec.ts";
import { MAX_EFFECT_BYTES } from "./effect-codec.ts";
import { addSignature } from "./gather.ts";
import { EXCERPT_BYTES } from "./excerpt.ts";

/**
 * A package on its way from signer to signer: with all that each of them needs to judge it alone, offline, and with
 * the signatures that it has so far. Bytes: RLP [1, body, effect, excerpt, ERG used, signatures]; as text, base64
 * between two lines, so that it can be mailed, pasted, and found in the output of a session.
 */
export interface PackageFile {
  readonly body: PackageBody;
  readonly bodyBytes: Uint8Array;
  /** Empty in loose mode. */
  readonly effectBytes: Uint8Array;
  readonly excerptBytes: Uint8Array;
  /** What the node says that the code uses; a signer finds out by himself. */
  readonly ergUsed: bigint;
  /** In the order of the format, each checked; no more than the quorums need. */
  readonly signatures: readonly PackageSignature[];
}

const FORMAT = 1;
const MAX_BYTES = PACKAGE_LIMITS.packageBytes + MAX_EFFECT_BYTES + EXCERPT_BYTES + 1_024;
/** Base64 with line ends, and the session that it was copied from. */
const MAX_TEXT = 2 * MAX_BYTES;
const [BEGIN, END] = ["-----BEGIN GRIDSHELL PACKAGE-----", "-----END GRIDSHELL PACKAGE-----"];
const LINE = /.{1,76}/g;

/** The text form. Ends in a newline. */
export function encodePackageFile({ bodyBytes, effectBytes, excerptBytes, ergUsed, signatures }: Omit<PackageFile, "body">): string {
  const bytes = encodeRlp([numberItem(FORMAT), bodyBytes, effectBytes, excerptBytes, numberItem(ergUsed), signatureItems(signatures)]);
  return `${BEGIN}\n${(Buffer.from(bytes).toString("base64").match(LINE) ?? []).join("\n")}\n${END}\n`;
}

/**
 * Reads the text form from anything that holds it once. Every signature is judged as one that is added, so a file never
 * holds one that is foreign, wrong, there twice or too many. Faults: PACKAGE_*, SIGN_TWICE, SIGN_ENOUGH.
 */
export function decodePackageFile(text: string): PackageFile {
  const cursor = new RlpCursor(packedBytes(text));
  const outer = cursor.enter("package file");
  if (cursor.small("format", 0xff) !== FORMAT) malformed("format: only 1 is known");
  const bodyBytes = cursor.bytes("body");
  const file: PackageFile = {
    body: decodeBody(bodyBytes), bodyBytes,
    effectBytes: cursor.bytesUpTo("effect", MAX_EFFECT_BYTES),
    excerptBytes: cursor.bytesUpTo("proofs", EXCERPT_BYTES),
    ergUsed: cursor.number("ERG", PACKAGE_LIMITS.ergBits),
    signatures: [],
  };
  const signatures = readSignatures(cursor);
  cursor.leave(outer, "package file");
  cursor.finish();
  return signatures.reduce(withChecked, file);
}

function withChecked(file: PackageFile, { role, ...signature }: PackageSignature): PackageFile {
  const signatures = addSignature(file, signature, [role]);
  return { ...file, signatures };
}

/** The file with the signatures of another copy added. Fault: PACKAGE_DIFFERS if it is of another package. */
export function mergePackageFiles(file: PackageFile, other: PackageFile): PackageFile {
  if (Buffer.compare(file.bodyBytes, other.bodyBytes) !== 0) throw new FaultError<PackageFault>({ code: "PACKAGE_DIFFERS", field: "package id" });
  const known = new Set(file.signatures.map(placeOf));
  return other.signatures.filter((one) => !known.has(placeOf(one))).reduce(withChecked, file);
}

function placeOf({ role, publicKey }: PackageSignature): string {
  return `${role} ${encodeAddress(domainOfKey(publicKey))}`;
}

function packedBytes(text: string): Uint8Array {
  if (text.length > MAX_TEXT) throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: MAX_BYTES });
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) malformed(`no lines from "${BEGIN}" to "${END}"`);
  if (text.indexOf(BEGIN, before + 1) >= 0) malformed("more than one package");
  const base64 = text.slice(before + BEGIN.length, after).replace(/\s+/g, "");
  const bytes = Buffer.from(base64, "base64");
  if (bytes.toString("base64") !== base64) malformed("not base64 in its one form");
  if (bytes.length > MAX_BYTES) throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: MAX_BYTES });
  return new Uint8Array(bytes);
}
