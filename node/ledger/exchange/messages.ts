import { unreachable } from "../../../lang/base/assert.ts";
import { toHex } from "../../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem, smallField } from "../../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../../lang/base/rlp.ts";
import { greatestBlockBytes } from "../block-codec.ts";
import { MAX_HEADER_BYTES } from "../header-codec.ts";
import type { LedgerParams } from "../params.ts";

/**
 * What nodes say to each other about the chain: canonical RLP, the kind first, every list bounded before
 * it is read. Blocks, headers and packages travel as bytes; who receives them decodes and judges them.
 */
export type LedgerMessage =
  /** A whole block: announced by its maker when it is small, or sent because it was asked for. */
  | { readonly kind: "block"; readonly block: Uint8Array }
  /** A block too large to be sent to everybody: whoever lacks it asks for it. */
  | { readonly kind: "header"; readonly header: Uint8Array }
  /** Where the sender's chain ends. */
  | { readonly kind: "status"; readonly headId: Uint8Array; readonly height: bigint; readonly totalWork: bigint }
  /** Asks for blocks by id. */
  | { readonly kind: "get"; readonly ids: readonly Uint8Array[] }
  /** Ids of the sender's main chain, newest first, ever further apart: asks what comes after the newest that is shared. */
  | { readonly kind: "locate"; readonly ids: readonly Uint8Array[] }
  /** Answer to locate: ids of the main chain, oldest first. */
  | { readonly kind: "path"; readonly ids: readonly Uint8Array[] }
  | { readonly kind: "packages"; readonly packages: readonly Uint8Array[] }
  /** A proof of fraud that is small enough for everybody. */
  | { readonly kind: "evidence"; readonly evidence: Uint8Array };

/** Where nodes of one chain meet: nodes of another genesis hear nothing of each other (S18). `chainId` is 32 bytes. */
export function topicOf(chainId: Uint8Array): string {
  return `gridshell-ledger@1/${toHex(chainId)}`;
}

export const MAX_GET = 16;
/** 48-bit heights at doubling distance, and the first ones one by one. */
export const MAX_LOCATOR = 64;
export const MAX_PATH = 256;
export const MAX_PACKAGES = 64;
/** Two headers fit; who saw a larger proof's block has the proof itself. */
export const MAX_EVIDENCE_BYTES = 64 << 10;

/** No message is longer: a block, or evidence of one, and what stands around it. */
export function greatestMessageBytes(params: LedgerParams): number {
  return greatestBlockBytes(params) + 16;
}

const KINDS = ["block", "header", "status", "get", "locate", "path", "packages", "evidence"] as const;

/** RLP: number of the kind, then its fields. */
export function encodeMessage(message: LedgerMessage): Uint8Array {
  return encodeRlp([numberItem(KINDS.indexOf(message.kind) + 1), ...fieldsOf(message)]);
}

function fieldsOf(message: LedgerMessage): readonly RlpItem[] {
  switch (message.kind) {
    case "block":
      return [message.block];
    case "header":
      return [message.header];
    case "status":
      return [message.headId, numberItem(message.height), numberItem(message.totalWork)];
    case "get":
    case "locate":
    case "path":
      return [message.ids];
    case "packages":
      return [message.packages];
    case "evidence":
      return [message.evidence];
    default:
      return unreachable(message);
  }
}

/** Faults: CODEC_MALFORMED. */
export function decodeMessage(bytes: Uint8Array): LedgerMessage {
  const fields = listField(decodeRlp(bytes, MAX_PATH + 8), "message");
  const kind = KINDS[smallField(fields[0], "kind", KINDS.length) - 1] ?? malformed("message kind");
  listField(fields, "message", kind === "status" ? 4 : 2);
  switch (kind) {
    case "block":
      return { kind, block: bytesField(fields[1], "block", []) };
    case "header":
      return { kind, header: bytesField(fields[1], "header", [], MAX_HEADER_BYTES) };
    case "status":
      return { kind, headId: bytesField(fields[1], "head", [32]), height: numberField(fields[2], "height", 48), totalWork: numberField(fields[3], "work", 320) };
    case "get":
      return { kind, ids: idList(fields[1], MAX_GET) };
    case "locate":
      return { kind, ids: idList(fields[1], MAX_LOCATOR) };
    case "path":
      return { kind, ids: idList(fields[1], MAX_PATH) };
    case "evidence":
      return { kind, evidence: bytesField(fields[1], "evidence", [], MAX_EVIDENCE_BYTES) };
    case "packages":
      return { kind, packages: bounded(fields[1], MAX_PACKAGES).map((item) => bytesField(item, "package", [])) };
  }
}

function idList(item: RlpItem | undefined, most: number): Uint8Array[] {
  return bounded(item, most).map((id) => bytesField(id, "id", [32]));
}

function bounded(item: RlpItem | undefined, most: number): readonly RlpItem[] {
  const list = listField(item, "list");
  return list.length <= most ? list : malformed(`list: more than ${most}`);
}
