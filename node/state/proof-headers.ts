import { equalBytes } from "../../lang/base/bytes.ts";
import { malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField } from "../../lang/base/rlp-fields.ts";
import type { BlockHeader } from "../ledger/block.ts";
import { decodeHeader, headerId, MAX_HEADER_BYTES } from "../ledger/header-codec.ts";
import { meetsTarget, workOf } from "../ledger/retarget.ts";

/**
 * The headers of a proof file, whatever it proves: from the block meant up to newer ones. They must hang together;
 * whether they are the chain is decided by what the reader trusts (R12).
 */
const MAX_HEADERS = 10_000;

/** What the reader trusts. Without either, no proof is called valid. */
export interface ProofTrust {
  /** Id of a block: 32 bytes. */
  readonly checkpoint?: Uint8Array;
  /** Expected hashes that must have gone into key blocks on top of the state. */
  readonly minWork?: bigint;
}

/** Whether something that the reader trusts stands behind the headers, and what. */
export interface Anchor {
  readonly kind: "valid" | "unanchored";
  readonly reason: string;
}

/** Encoded headers, at most MAX_HEADERS. Faults: CODEC_MALFORMED. */
export function headersField(item: RlpItem | undefined): BlockHeader[] {
  const items = listField(item, "headers");
  if (items.length > MAX_HEADERS) malformed(`headers: more than ${MAX_HEADERS}`);
  return items.map((one) => decodeHeader(bytesField(one, "header", [], MAX_HEADER_BYTES)));
}

/** What is wrong with headers that should follow one another. */
export function checkHeaders(headers: readonly BlockHeader[]): string | undefined {
  for (const [i, header] of headers.entries()) {
    if (header.kind === "key" && !meetsTarget(header)) return `the key block at height ${header.height} has less work than it claims`;
    const before = headers[i - 1];
    if (before === undefined) continue;
    if (header.height !== before.height + 1n || !equalBytes(header.parentId, headerId(before))) return `the block at height ${header.height} does not follow the one before it`;
  }
  return undefined;
}

/** Expected hashes of the key blocks among the headers. */
export function workOfHeaders(headers: readonly BlockHeader[]): bigint {
  return headers.reduce((sum, header) => (header.kind === "key" ? sum + workOf(header.target) : sum), 0n);
}

/** All that the reader asks for must be there. */
export function anchorOf(headers: readonly BlockHeader[], work: bigint, { checkpoint, minWork }: ProofTrust): Anchor {
  const trusted = checkpoint === undefined ? undefined : headers.find((header) => equalBytes(headerId(header), checkpoint));
  if (checkpoint === undefined && minWork === undefined) return { kind: "unanchored", reason: "you named no block to trust and no work to ask for" };
  if (checkpoint !== undefined && trusted === undefined) return { kind: "unanchored", reason: "the block you trust is not among its headers" };
  const stands = `work of ${work} hashes stands on it`;
  if (minWork !== undefined && work < minWork) return { kind: "unanchored", reason: `only ${stands}` };
  return { kind: "valid", reason: trusted === undefined ? stands : `the block you trust at height ${trusted.height} stands on it, and ${stands}` };
}
