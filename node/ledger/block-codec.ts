import { bigEndian, concatBytes, fromBigEndian, utf8 } from "../../lang/base/bytes.ts";
import { unreachable } from "../../lang/base/assert.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import type { Block, BlockHeader, DataBlockHeader, KeyBlockHeader, PackageResult, ReceiptOutcome } from "./block.ts";
import type { LedgerParams } from "./params.ts";

/**
 * Bytes of headers, blocks and results: canonical RLP, one form for each value. A decoder knows the
 * greatest size before it allocates. Faults of all decoders: CODEC_MALFORMED.
 */

const KIND_KEY = 1;
const KIND_DATA = 2;
/** The largest header, a key block's, has about 280 bytes. */
export const MAX_HEADER_BYTES = 512;
const MAX_RESULT_BYTES = 256;
const MAX_RULES_VERSION = 0xffff;
const WORK_TAG = utf8("gridshell-work-v1\0");
const DATA_TAG = utf8("gridshell-data-block-v1\0");

/** SHA-256 of the encoded header, signature or work nonce included. */
export function headerId(header: BlockHeader): Uint8Array {
  return sha256(encodeHeader(header));
}

export function encodeHeader(header: BlockHeader): Uint8Array {
  return encodeRlp(header.kind === "key" ? [...keyFields(header), numberItem(header.workNonce)] : [...dataFields(header), header.signature]);
}

/** What `workHash` is computed over: 32 bytes that fix the header, then the nonce, 8 bytes big endian. */
export function workInput(header: Omit<KeyBlockHeader, "workNonce">, workNonce: bigint): Uint8Array {
  return concatBytes(workSeal(header), bigEndian(workNonce, 8));
}

/** The part of the work input that a miner computes once. */
export function workSeal(header: Omit<KeyBlockHeader, "workNonce">): Uint8Array {
  return sha256(WORK_TAG, encodeRlp(keyFields(header)));
}

/** What the leader signs: tag and hash of the header without its signature. */
export function dataBlockMessage(header: Omit<DataBlockHeader, "signature">): Uint8Array {
  return concatBytes(DATA_TAG, sha256(encodeRlp(dataFields(header))));
}

export function decodeHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length > MAX_HEADER_BYTES) malformed("header too long");
  const fields = listField(decodeRlp(bytes, 32), "header");
  const kind = smallField(fields[0], "block kind", 255);
  if (kind === KIND_KEY) return readKeyHeader(fields);
  if (kind === KIND_DATA) return readDataHeader(fields);
  return malformed(`block kind ${kind}`);
}

/** A block as it travels and as it is stored: [header] or [header, packages]. */
export function encodeBlock(block: Block): Uint8Array {
  const header = encodeHeader(block.header);
  return encodeRlp("packages" in block ? [header, block.packages] : [header]);
}

/** The size caps are checked here already; the rules check them again against the header. */
export function decodeBlock(bytes: Uint8Array, params: LedgerParams): Block {
  const framingBytes = MAX_HEADER_BYTES + 5 * (params.dataBlockPackages + 2);
  if (bytes.length > params.dataBlockSizeBytes + framingBytes) malformed("block too long");
  const fields = listField(decodeRlp(bytes, params.dataBlockPackages + 3), "block");
  const header = decodeHeader(bytesField(fields[0], "header", [], MAX_HEADER_BYTES));
  if (header.kind === "key") {
    listField(fields, "key block", 1);
    return { header };
  }
  listField(fields, "data block", 2);
  const packages = listField(fields[1], "packages").map((item) => bytesField(item, "package", [], params.packageSizeBytes));
  return { header, packages };
}

/** A leaf under `receiptsRoot`. */
export function encodeResult(result: PackageResult): Uint8Array {
  return encodeRlp([result.packageId, encodeOutcome(result.outcome), numberItem(result.ergUsed), numberItem(result.feeUnits)]);
}

export function decodeResult(bytes: Uint8Array): PackageResult {
  if (bytes.length > MAX_RESULT_BYTES) malformed("result too long");
  const [packageId, outcome, ergUsed, feeUnits] = listField(decodeRlp(bytes, 8), "result", 4);
  return {
    packageId: bytesField(packageId, "package id", [32]),
    outcome: readOutcome(listField(outcome, "outcome", 2)),
    ergUsed: numberField(ergUsed, "ERG used", 64),
    feeUnits: numberField(feeUnits, "fee", 128),
  };
}

/** A leaf under `packagesRoot`. Covers the signatures too, so that nobody can spoil a block under its own id. */
export function packageLeaf(packageId: Uint8Array, signedPackage: Uint8Array): Uint8Array {
  return concatBytes(packageId, sha256(signedPackage));
}

function keyFields(header: Omit<KeyBlockHeader, "workNonce">): RlpItem[] {
  return [
    numberItem(KIND_KEY), numberItem(header.rulesVersion), numberItem(header.height), numberItem(header.keyHeight),
    header.parentId, numberItem(header.timeMs), header.leaderKey, header.rewardDomain,
    bigEndian(header.target, 32), header.stateRoot,
  ];
}

function readKeyHeader(fields: readonly RlpItem[]): KeyBlockHeader {
  listField(fields, "key block header", 11);
  return {
    kind: "key",
    rulesVersion: smallField(fields[1], "rules version", MAX_RULES_VERSION),
    height: numberField(fields[2], "height", 48),
    keyHeight: numberField(fields[3], "key height", 48),
    parentId: bytesField(fields[4], "parent", [32]),
    timeMs: numberField(fields[5], "time", 48),
    leaderKey: bytesField(fields[6], "leader key", [32]),
    rewardDomain: bytesField(fields[7], "reward domain", [20]),
    target: fromBigEndian(bytesField(fields[8], "target", [32])),
    stateRoot: bytesField(fields[9], "state root", [32]),
    workNonce: numberField(fields[10], "work nonce", 64),
  };
}

function dataFields(header: Omit<DataBlockHeader, "signature">): RlpItem[] {
  return [
    numberItem(KIND_DATA), numberItem(header.rulesVersion), numberItem(header.height), header.parentId,
    numberItem(header.timeMs), header.packagesRoot, header.receiptsRoot, header.stateRoot,
    numberItem(header.ergUsed), numberItem(header.sizeBytes),
  ];
}

function readDataHeader(fields: readonly RlpItem[]): DataBlockHeader {
  listField(fields, "data block header", 11);
  return {
    kind: "data",
    rulesVersion: smallField(fields[1], "rules version", MAX_RULES_VERSION),
    height: numberField(fields[2], "height", 48),
    parentId: bytesField(fields[3], "parent", [32]),
    timeMs: numberField(fields[4], "time", 48),
    packagesRoot: bytesField(fields[5], "packages root", [32]),
    receiptsRoot: bytesField(fields[6], "receipts root", [32]),
    stateRoot: bytesField(fields[7], "state root", [32]),
    ergUsed: numberField(fields[8], "ERG used", 64),
    sizeBytes: smallField(fields[9], "size", 0xffff_ffff),
    signature: bytesField(fields[10], "signature", [64]),
  };
}

const OUTCOME_KINDS = ["done", "state-moved", "denied", "failed", "out-of-erg"] as const;
const FAULT_CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

function encodeOutcome(outcome: ReceiptOutcome): RlpItem[] {
  const faultCode = outcome.kind === "denied" || outcome.kind === "failed" ? outcome.faultCode : "";
  return [numberItem(OUTCOME_KINDS.indexOf(outcome.kind)), textItem(faultCode)];
}

function readOutcome(fields: readonly RlpItem[]): ReceiptOutcome {
  const kind = OUTCOME_KINDS[smallField(fields[0], "outcome", OUTCOME_KINDS.length - 1)];
  const faultCode = textField(fields[1], "fault code", 64);
  switch (kind) {
    case "denied":
    case "failed":
      if (!FAULT_CODE.test(faultCode)) malformed("fault code");
      return { kind, faultCode };
    case "done":
    case "state-moved":
    case "out-of-erg":
      if (faultCode !== "") malformed("a fault code without a fault");
      return { kind };
    case undefined:
      return malformed("outcome");
    default:
      return unreachable(kind);
  }
}
