import type { ByteLog } from "../../lang/base/byte-log.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import { LIMITS } from "../state/limits.ts";
import { decodeAnyEffect } from "../package/effect-codec.ts";
import type { BlockTrace, PackageTrace, Payment } from "./block-trace.ts";

/** Values of the explorer's index: no consensus format, only our own store reads them. Faults of all readers: CODEC_MALFORMED. */

const SUM_BITS = 2 * LIMITS.amountBits;

/** Sums over the main chain up to and with a block. */
export interface Totals {
  /** Genesis coins and rewards that were paid out. Base units. */
  readonly paidUnits: bigint;
  readonly feesUnits: bigint;
  readonly packages: bigint;
  /** What packages burnt. */
  readonly burntUnits: bigint;
}

/** Before the genesis. */
export const NO_TOTALS: Totals = { paidUnits: 0n, feesUnits: 0n, packages: 0n, burntUnits: 0n };

/** RLP of the sums. */
export function encodeTotals(totals: Totals): Uint8Array {
  return encodeRlp(totalsItems(totals));
}

/** The sums in their order; what was burnt stands there only once something was. */
export function totalsItems({ paidUnits, feesUnits, packages, burntUnits }: Totals): RlpItem[] {
  return [numberItem(paidUnits), numberItem(feesUnits), numberItem(packages), ...(burntUnits === 0n ? [] : [numberItem(burntUnits)])];
}

/** What `encodeTotals` wrote, from this node's own store. */
export function decodeTotals(bytes: Uint8Array): Totals {
  return readTotals(listField(decodeRlp(bytes), "totals"));
}

/** What `totalsItems` gave. Faults: CODEC_MALFORMED. */
export function readTotals(items: readonly RlpItem[]): Totals {
  const [paid, fees, packages, burnt] = items;
  if (items.length !== 3 && items.length !== 4) malformed("totals: three or four sums are expected");
  const burntUnits = burnt === undefined ? 0n : numberField(burnt, "burnt", SUM_BITS);
  if (burnt !== undefined && burntUnits === 0n) malformed("totals: nothing was burnt");
  return { paidUnits: numberField(paid, "paid", SUM_BITS), feesUnits: numberField(fees, "fees", SUM_BITS), packages: numberField(packages, "packages", 64), burntUnits };
}

/**
 * A block's trace in one piece, for a full block has ten thousands of packages and an array for each field would
 * cost more than running them:
 *
 *     count of packages (4) { signer (20) payer (20, zeros for none) fee (16) size (4) effect } { domain (20) units (16) }
 *
 * Numbers are big-endian. The zero address cannot pay: no key has it.
 */
const DOMAIN = 20;
const UNITS = 16;
const HEAD = 2 * DOMAIN + UNITS + 4;
const PAYMENT = DOMAIN + UNITS;
const NO_PAYER = new Uint8Array(DOMAIN);
const LOW_BITS = 64n;

/** Adds one package in the form above. */
export function writePackage(log: ByteLog, { signer, payer, feeUnits, changes }: PackageTrace): void {
  const size = changes?.bytes.length ?? 0;
  const at = log.reserve(HEAD + size);
  const { memory } = log;
  memory.set(signer, at);
  if (payer !== undefined) memory.set(payer, at + DOMAIN);
  writeUnits(memory, feeUnits, at + 2 * DOMAIN);
  memory.writeUInt32BE(size, at + HEAD - 4);
  if (changes !== undefined) memory.set(changes.bytes, at + HEAD);
}

/** In the form above, of packages that were added to a log. */
export function encodeTraceOf(count: number, packages: ByteLog, payments: readonly Payment[]): Uint8Array {
  const out = Buffer.alloc(4 + packages.size + payments.length * PAYMENT);
  out.writeUInt32BE(count, 0);
  out.set(packages.memory.subarray(0, packages.size), 4);
  let at = 4 + packages.size;
  for (const { domain, units } of payments) {
    out.set(domain, at);
    at = writeUnits(out, units, at + DOMAIN);
  }
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

/** What `encodeTraceOf` wrote, from this node's own store. */
export function decodeTrace(bytes: Uint8Array): BlockTrace {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < 4) malformed("trace: too short");
  const packages: PackageTrace[] = [];
  let at = 4;
  for (let left = view.readUInt32BE(0); left > 0; left--) {
    if (view.length < at + HEAD) malformed("trace: too short");
    const size = view.readUInt32BE(at + HEAD - 4);
    if (view.length < at + HEAD + size) malformed("trace: too short");
    packages.push(readPackage(view.subarray(at, at + HEAD + size)));
    at += HEAD + size;
  }
  if ((view.length - at) % PAYMENT !== 0) malformed("trace: bytes are left over");
  const payments: Payment[] = [];
  for (; at < view.length; at += PAYMENT) payments.push({ domain: bytesOf(view, at, DOMAIN), units: readUnits(view, at + DOMAIN) });
  return { packages, payments };
}

function readPackage(view: Buffer): PackageTrace {
  const payer = bytesOf(view, DOMAIN, DOMAIN);
  const effect = bytesOf(view, HEAD, view.length - HEAD);
  return {
    signer: bytesOf(view, 0, DOMAIN), payer: NO_PAYER.every((byte, index) => byte === payer[index]) ? undefined : payer, feeUnits: readUnits(view, 2 * DOMAIN),
    changes: effect.length === 0 ? undefined : { effect: decodeAnyEffect(effect), bytes: effect },
  };
}

/** A copy, as plain bytes. */
function bytesOf(view: Buffer, at: number, size: number): Uint8Array {
  return new Uint8Array(view.subarray(at, at + size));
}

function writeUnits(out: Buffer, units: bigint, at: number): number {
  if (units <= Number.MAX_SAFE_INTEGER) {
    // Fees are small: two numbers instead of half a dozen BigInts. The memory is zero.
    const small = Number(units);
    out.writeUInt32BE(Math.floor(small / 2 ** 32), at + 8);
    return out.writeUInt32BE(small % 2 ** 32, at + 12);
  }
  out.writeBigUInt64BE(units >> LOW_BITS, at);
  return out.writeBigUInt64BE(BigInt.asUintN(64, units), at + 8);
}

function readUnits(view: Buffer, at: number): bigint {
  return (view.readBigUInt64BE(at) << LOW_BITS) | view.readBigUInt64BE(at + 8);
}
