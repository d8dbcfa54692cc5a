import { bigEndian, concatBytes, fromBigEndian, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";
import type { BlockHeader, DataBlockHeader, KeyBlockHeader } from "./block.ts";

/** Bytes of headers: canonical RLP, one form for each value. What is worked on and what is signed. */

const KIND_KEY = 1;
const KIND_DATA = 2;
/** The largest header, a key block's, has about 280 bytes. */
export const MAX_HEADER_BYTES = 512;
const MAX_RULES_VERSION = 0xffff;
const WORK_TAG = utf8("gridshell-work-v1\0");
const DATA_TAG = utf8("gridshell-data-block-v1\0");

/** SHA-256 of the encoded header, signature or work nonce included. */
export function headerId(header: BlockHeader): Uint8Array {
  return sha256(encodeHeader(header));
}

/** The form that is hashed, signed and sent. */
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

/** What `encodeHeader` wrote. Faults: CODEC_MALFORMED. */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.length > MAX_HEADER_BYTES) malformed("header too long");
  const fields = listField(decodeRlp(bytes, 32), "header");
  const kind = smallField(fields[0], "block kind", 255);
  if (kind === KIND_KEY) return readKeyHeader(fields);
  if (kind === KIND_DATA) return readDataHeader(fields);
  return malformed(`block kind ${kind}`);
}

function keyFields(header: Omit<KeyBlockHeader, "workNonce">): RlpItem[] {
  return [
    numberItem(KIND_KEY), numberItem(header.rulesVersion), numberItem(header.height), numberItem(header.keyHeight),
    header.parentId, numberItem(header.timeMs), header.leaderKey, header.rewardDomain,
    bigEndian(header.target, 32), header.stateRoot, header.evidenceRoot,
  ];
}

function readKeyHeader(fields: readonly RlpItem[]): KeyBlockHeader {
  listField(fields, "key block header", 12);
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
    evidenceRoot: bytesField(fields[10], "evidence root", [32]),
    workNonce: numberField(fields[11], "work nonce", 64),
  };
}

function dataFields(header: Omit<DataBlockHeader, "signature">): RlpItem[] {
  return [
    numberItem(KIND_DATA), numberItem(header.rulesVersion), numberItem(header.height), header.parentId,
    header.keyBlockId, numberItem(header.timeMs), header.packagesRoot, header.receiptsRoot, header.stateRoot,
    numberItem(header.ergUsed), numberItem(header.sizeBytes),
  ];
}

function readDataHeader(fields: readonly RlpItem[]): DataBlockHeader {
  listField(fields, "data block header", 12);
  return {
    kind: "data",
    rulesVersion: smallField(fields[1], "rules version", MAX_RULES_VERSION),
    height: numberField(fields[2], "height", 48),
    parentId: bytesField(fields[3], "parent", [32]),
    keyBlockId: bytesField(fields[4], "key block", [32]),
    timeMs: numberField(fields[5], "time", 48),
    packagesRoot: bytesField(fields[6], "packages root", [32]),
    receiptsRoot: bytesField(fields[7], "receipts root", [32]),
    stateRoot: bytesField(fields[8], "state root", [32]),
    ergUsed: numberField(fields[9], "ERG used", 64),
    sizeBytes: smallField(fields[10], "size", 0xffff_ffff),
    signature: bytesField(fields[11], "signature", [64]),
  };
}
