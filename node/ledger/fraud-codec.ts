import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { decodeHeader, encodeHeader, headerId, MAX_HEADER_BYTES } from "./header-codec.ts";
import type { DataBlockHeader, Evidence } from "./block.ts";
import type { LedgerParams } from "./params.ts";

/** Bytes of proofs of fraud. Faults of decoders: CODEC_MALFORMED. */

const TWIN = 1;
const INVALID = 2;
const ID_BYTES = 33;

/** Greatest size of one piece: an invalid block is proved by all of it. */
export function evidenceBytes(params: LedgerParams): number {
  return params.dataBlockSizeBytes + 2 * MAX_HEADER_BYTES + (ID_BYTES + 5) * (params.dataBlockPackages + 2);
}

/** The one form of a proof of fraud, as key blocks carry it. */
export function encodeEvidence(evidence: Evidence): Uint8Array {
  if (evidence.kind === "twin") return encodeRlp([numberItem(TWIN), encodeHeader(evidence.first), encodeHeader(evidence.second)]);
  return encodeRlp([numberItem(INVALID), encodeHeader(evidence.header), evidence.packageIds, evidence.packages]);
}

/** What `encodeEvidence` wrote. Faults: CODEC_MALFORMED. */
export function decodeEvidence(bytes: Uint8Array, params: LedgerParams): Evidence {
  if (bytes.length > evidenceBytes(params)) malformed("evidence too long");
  const fields = listField(decodeRlp(bytes, 2 * params.dataBlockPackages + 8), "evidence");
  const kind = smallField(fields[0], "evidence kind", 255);
  if (kind === TWIN) return readTwin(listField(fields, "twin evidence", 3));
  if (kind === INVALID) return readInvalid(listField(fields, "invalid block", 4), params);
  return malformed(`evidence kind ${kind}`);
}

/** What a key block's header says of its evidence. 32 bytes. */
export function evidenceRootOf(evidence: readonly Evidence[]): Uint8Array {
  return sha256(encodeRlp(evidence.map((one) => sha256(encodeEvidence(one)))));
}

/** The root that says: none. */
export const NO_EVIDENCE_ROOT = sha256(encodeRlp([]));

/** Key block of the epoch whose leader is accused. */
export function accusedEpoch(evidence: Evidence): Uint8Array {
  return evidence.kind === "twin" ? evidence.first.keyBlockId : evidence.header.keyBlockId;
}

function readTwin(fields: readonly RlpItem[]): Evidence {
  const [first, second] = [dataHeader(fields[1]), dataHeader(fields[2])];
  if (compareBytes(headerId(first), headerId(second)) >= 0) malformed("twins: not two different headers in order of id");
  if (!equalBytes(first.parentId, second.parentId) || !equalBytes(first.keyBlockId, second.keyBlockId)) malformed("twins: not on one parent in one epoch");
  return { kind: "twin", first, second };
}

function readInvalid(fields: readonly RlpItem[], params: LedgerParams): Evidence {
  const header = dataHeader(fields[1]);
  const packageIds = listField(fields[2], "package ids").map((item) => bytesField(item, "package id", [32]));
  const packages = listField(fields[3], "packages").map((item) => bytesField(item, "package", []));
  if (packages.length !== packageIds.length || packages.length > params.dataBlockPackages) malformed("invalid block: ids and packages differ in number");
  return { kind: "invalid", header, packageIds, packages };
}

function dataHeader(item: RlpItem | undefined): DataBlockHeader {
  const header = decodeHeader(bytesField(item, "header", [], MAX_HEADER_BYTES));
  return header.kind === "data" ? header : malformed("evidence is about data blocks");
}
