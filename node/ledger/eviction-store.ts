import { concatBytes, utf8 } from "../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem, smallField } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import type { Disk, KeyValueOperation } from "../ports.ts";
import { EVICTION_REASONS, type Eviction } from "./evictions.ts";

/** How notices of evictions lie in the store: `l/e PACKAGE`. They are this node's own, no part of the chain. */
const NOTICE = utf8("l/e");
const NOTICE_END = utf8("l/f");

/** Faults: CODEC_MALFORMED, STORE_DAMAGED. */
export async function readNotices(disk: Disk): Promise<Eviction[]> {
  const notices: Eviction[] = [];
  for await (const [key, value] of disk.entries({ start: NOTICE, end: NOTICE_END })) {
    const [domain, nonce, reason, height, order] = listField(decodeRlp(value), "notice", 5);
    notices.push({
      packageId: key.slice(NOTICE.length), domain: bytesField(domain, "domain", [20]), nonce: numberField(nonce, "nonce", 64),
      reason: EVICTION_REASONS[smallField(reason, "reason", EVICTION_REASONS.length - 1)] ?? "refused",
      height: numberField(height, "height", 48), order: smallField(order, "order", Number.MAX_SAFE_INTEGER),
    });
  }
  return notices;
}

/** Remembers why a package left the pool. */
export function planNotice({ packageId, domain, nonce, reason, height, order }: Eviction): KeyValueOperation {
  const value = encodeRlp([domain, numberItem(nonce), numberItem(EVICTION_REASONS.indexOf(reason)), numberItem(height), numberItem(order)]);
  return { type: "put", key: concatBytes(NOTICE, packageId), value };
}

/** A package that came back or got into a block needs no notice. */
export function planForgetNotice(packageId: Uint8Array): KeyValueOperation {
  return { type: "del", key: concatBytes(NOTICE, packageId) };
}
