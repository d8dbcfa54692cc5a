import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../../node/fault.ts";
import type { PackageSignature, Quorum } from "../../node/package/body.ts";
import { missingOf, missingSignatures } from "../../node/package/gather.ts";
import { decodePackageFile, encodePackageFile, mergePackageFiles } from "../../node/package/package-file.ts";
import type { PackageFile } from "../../node/package/package-file.ts";
import type { Review, ReviewInput } from "../../node/package/review.ts";
import { quorumOf } from "../../node/package/signing.ts";
import { domainOfKey, encodeAddress } from "../../node/state/address.ts";
import { EXIT } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { reviewed, reviewJson, reviewText } from "./review-text.ts";

/** The largest package as text, and a long session that it was copied from. */
const MAX_FILE_BYTES = 4 << 20;

/** `grid package FILE`: what it does, who signed, who may still; with --merge the signatures of another copy are added. */
export async function runPackage(call: CommandCall): Promise<number> {
  const path = call.params[0] ?? "";
  const other = call.flags["merge"];
  let file = await readPackageFile(call, path);
  if (other !== undefined) {
    file = mergePackageFiles(file, await readPackageFile(call, other));
    await writePackageFile(call, path, file);
  }
  const review = reviewedFile(file, { mode: "any" });
  call.io.out(call.flags["json"] === undefined ? fileText(file, review) : `${JSON.stringify(fileJson(file, review))}\n`);
  return EXIT.ok;
}

/** Faults: CODEC_MALFORMED, PACKAGE_*, SIGN_TWICE, SIGN_ENOUGH. */
export async function readPackageFile({ io }: CommandCall, path: string): Promise<PackageFile> {
  const place = resolve(io.directory, path);
  if ((await stat(place)).size > MAX_FILE_BYTES) throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: MAX_FILE_BYTES });
  return decodePackageFile(await readFile(place, "latin1"));
}

/** Whole or not at all: who signed before is never lost. */
export async function writePackageFile({ io }: CommandCall, path: string, file: PackageFile): Promise<void> {
  const place = resolve(io.directory, path);
  await writeFile(`${place}.new`, encodePackageFile(file));
  await rename(`${place}.new`, place);
}

/** Judges a file as a signer must: decodes, runs the code on the proofs. Without a key, as anybody who looks. */
export function reviewedFile(file: PackageFile, expected: Omit<ReviewInput["expected"], "chainId">): Review {
  const { bodyBytes, effectBytes, excerptBytes, ergUsed } = file;
  return reviewed({ bodyBytes, effectBytes, excerptBytes, claimedErg: ergUsed, givenSignatures: file.signatures.length, expected });
}

/** What the package does and costs, and how far its signatures are. Ends in a newline. */
export function fileText(file: PackageFile, review: Review): string {
  const lines = (["signer", "payer"] as const).flatMap((role) => roleLines(file, role));
  const missing = missingSignatures(file.body, file.signatures);
  return `${reviewText(review)}${lines.join("\n")}\n${missing === 0 ? "complete: grid send sends it" : `${missing} more to sign`}\n`;
}

function roleLines({ body, signatures }: PackageFile, role: PackageSignature["role"]): readonly string[] {
  const quorum = quorumOf(body, role);
  if (quorum === undefined) return [];
  const whose = role === "signer" ? "signed" : `signed for the payer ${encodeAddress(body.payer?.domain ?? body.domain)}`;
  const count = quorum.needed - missingOf(body, signatures, role);
  return [`${whose}: ${count} of ${quorum.needed}`, ...keyStates(quorum, signatures, role).map(({ key, hasSigned }) => `  ${hasSigned ? "yes" : " - "}  ${key}`)];
}

/** Who signed first, then who may. */
function keyStates({ keys }: Quorum, signatures: readonly PackageSignature[], role: PackageSignature["role"]): readonly { readonly key: string; readonly hasSigned: boolean }[] {
  const signed = new Set(signatures.filter((one) => one.role === role).map(({ publicKey }) => encodeAddress(domainOfKey(publicKey))));
  const states = keys.map(encodeAddress).map((key) => ({ key, hasSigned: signed.has(key) }));
  return [...states.filter(({ hasSigned }) => hasSigned), ...states.filter(({ hasSigned }) => !hasSigned)];
}

/** What `--json` prints of a package in a file. */
export function fileJson(file: PackageFile, review: Review) {
  const { body, signatures } = file;
  const role = (quorum: Quorum, name: PackageSignature["role"]) => ({ needed: quorum.needed, keys: keyStates(quorum, signatures, name) });
  return {
    ...reviewJson(review), expiryHeight: String(body.expiryHeight), chainId: toHex(body.chainId),
    signers: role(body.signers, "signer"),
    ...(body.payer === undefined ? {} : { payer: { domain: encodeAddress(body.payer.domain), ...role(body.payer.signers, "payer") } }),
    missing: missingSignatures(body, signatures),
  };
}
