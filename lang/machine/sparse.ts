import { numberItem, smallField, bytesField, listField } from "../base/rlp-fields.ts";
import { malformed, type RlpItem } from "../base/rlp.ts";

const GRAIN = 64;

/** Bytes that are mostly zero as runs of those that are not: a list of [offset, bytes]. */
export function sparseItem(bytes: Uint8Array): RlpItem {
  const runs: RlpItem[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (isZero(bytes, at)) {
      at += GRAIN;
      continue;
    }
    const start = at;
    while (at < bytes.length && !isZero(bytes, at)) at += GRAIN;
    runs.push([numberItem(start), bytes.slice(start, Math.min(at, bytes.length))]);
  }
  return runs;
}

/** Puts the runs into `target`, which is zero before. */
export function readSparse(item: RlpItem | undefined, target: Uint8Array, name: string): void {
  for (const run of listField(item, name)) {
    const fields = listField(run, name, 2);
    const offset = smallField(fields[0], name, target.length);
    const bytes = bytesField(fields[1], name, []);
    if (offset + bytes.length > target.length) malformed(`${name}: beyond its region`);
    target.set(bytes, offset);
  }
}

function isZero(bytes: Uint8Array, at: number): boolean {
  const end = Math.min(at + GRAIN, bytes.length);
  for (let i = at; i < end; i += 1) if (bytes[i] !== 0) return false;
  return true;
}
