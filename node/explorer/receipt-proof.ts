import { equalBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeRlp, encodeRlp, malformed } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import type { BlockHeader, PackageResult } from "../ledger/block.ts";
import { decodeResult, packageLeaf } from "../ledger/block-codec.ts";
import type { ChainStore } from "../ledger/chain-store.ts";
import { encodeHeader, headerId } from "../ledger/header-codec.ts";
import { decodeInclusionProof, encodeInclusionProof, provesInclusion, type InclusionProof } from "../ledger/merkle.ts";
import type { ReceiptProof } from "../ledger/receipts.ts";
import type { PackageBody } from "../package/body.ts";
import { decodeSignedPackage, packageId } from "../package/body-codec.ts";
import { anchorOf, checkHeaders, headersField, workOfHeaders, type Anchor, type ProofTrust } from "../state/proof-headers.ts";

/**
 * A proof that a package stands in a block and of what came of it, in one file that anybody checks without a node:
 * the header of its block and those above, the signed package with its way to the root of packages, the result with
 * its way to the root of receipts. As with proofs of state, headers alone prove nothing (R12).
 *
 *     [ "gridshell-receipt", 1, headers, signed package, way, result, way ]
 */
const MAGIC = "gridshell-receipt";
const VERSION = 1;
const MAX_PACKAGE_BYTES = 1 << 20;
const MAX_RESULT_BYTES = 1 << 20;
const MAX_RECEIPT_PROOF_BYTES = 8 << 20;
const MAX_ITEMS = 16_384;
/** Headers above the block; more work than that of a day convinces nobody more. */
const MOST_HEADERS = 1_000n;

/** The file for a receipt of the main chain. Faults: STORE_DAMAGED. */
export function receiptProofFile(store: ChainStore, proof: ReceiptProof): Uint8Array {
  const headers: Uint8Array[] = [];
  for (let height = proof.header.height; height <= proof.header.height + MOST_HEADERS; height++) {
    const id = store.idAt(height);
    const header = id === undefined ? undefined : store.entry(id)?.header;
    if (header === undefined) break;
    headers.push(encodeHeader(header));
  }
  return encodeRlp([textItem(MAGIC), numberItem(VERSION), headers, proof.signedPackage, encodeInclusionProof(proof.packageProof), proof.result, encodeInclusionProof(proof.resultProof)]);
}

/** What a receipt's proof says. */
export interface ReceiptContent {
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly index: number;
  readonly tipHeight: bigint;
  readonly tipId: Uint8Array;
  /** Expected hashes of the key blocks from the block up to the newest header. */
  readonly work: bigint;
  readonly body: PackageBody;
  readonly result: PackageResult;
}
export type ReceiptProofReport = (Anchor & { readonly proof: ReceiptContent }) | { readonly kind: "invalid"; readonly reason: string };

/** Whether a file is meant as the proof of a receipt; what it proves is `verifyReceiptProof`'s to say. */
export function isReceiptProof(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 32)).includes(MAGIC);
}

/** Judges a proof file from anybody, offline. Never throws for what stands in the file. */
export function verifyReceiptProof(bytes: Uint8Array, trust: ProofTrust): ReceiptProofReport {
  try {
    const file = decodeFile(bytes);
    const proof = follow(file);
    return typeof proof === "string" ? { kind: "invalid", reason: proof } : { proof, ...anchorOf(file.headers, proof.work, trust) };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { kind: "invalid", reason: "it is no proof file in the one form that is known" };
  }
}

interface ReceiptFile {
  readonly headers: readonly BlockHeader[];
  readonly signedPackage: Uint8Array;
  readonly packageProof: InclusionProof;
  readonly result: Uint8Array;
  readonly resultProof: InclusionProof;
}

function decodeFile(bytes: Uint8Array): ReceiptFile {
  if (bytes.length > MAX_RECEIPT_PROOF_BYTES) malformed(`proof: more than ${MAX_RECEIPT_PROOF_BYTES} bytes`);
  const [magic, version, headers, signedPackage, packageWay, result, resultWay] = listField(decodeRlp(bytes, MAX_ITEMS), "proof", 7);
  if (textField(magic, "kind of file", MAGIC.length) !== MAGIC) malformed("proof: another kind of file");
  if (smallField(version, "version", 255) !== VERSION) malformed(`proof: only version ${VERSION} is known`);
  return {
    headers: headersField(headers), signedPackage: bytesField(signedPackage, "package", [], MAX_PACKAGE_BYTES), packageProof: decodeInclusionProof(bytesField(packageWay, "way of the package", [], 2_048)),
    result: bytesField(result, "result", [], MAX_RESULT_BYTES), resultProof: decodeInclusionProof(bytesField(resultWay, "way of the result", [], 2_048)),
  };
}

/** What the file says, or why it does not hold. */
function follow({ headers, signedPackage, packageProof, result, resultProof }: ReceiptFile): ReceiptContent | string {
  const [first] = headers;
  const broken = checkHeaders(headers);
  if (first === undefined || broken !== undefined) return broken ?? "it holds no block header";
  if (first.kind !== "data") return "its first header is not of a block with packages";
  const { body, bodyBytes } = decodeSignedPackage(signedPackage);
  const id = packageId(bodyBytes);
  if (!provesInclusion(packageProof, packageLeaf(id, signedPackage), first.packagesRoot)) return "the package is not in the block";
  if (!provesInclusion(resultProof, result, first.receiptsRoot)) return "the result is not in the block";
  const told = decodeResult(result);
  if (!equalBytes(told.packageId, id) || packageProof.index !== resultProof.index) return "the result is of another package";
  const tip = headers[headers.length - 1] as BlockHeader;
  return {
    height: first.height, blockId: headerId(first), stateRoot: first.stateRoot, index: packageProof.index, tipHeight: tip.height, tipId: headerId(tip),
    work: workOfHeaders(headers), body, result: told,
  };
}
