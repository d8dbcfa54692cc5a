import type { ByteLog } from "../../lang/base/byte-log.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import { listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import { LIMITS } from "../state/limits.ts";
import { decodeAnyEffect } from "../package/effect-codec.ts";
import type { DomainWrite } from "../state/realm-root.ts";
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
 *     count of packages (4) { signer (20) payer (20, zeros for none) fee (16) size (4) effect }
 *     count of domains written (4) { domain (20) block that wrote it before (6, ones for none; 1 bit in front: it is gone) }
 *     { domain (20) units (16) }
 *
 * Numbers are big-endian. The zero address cannot pay: no key has it. What wrote a domain before leads through its whole
 * history, block by block, without an entry of its own for each touch: two thirds of what the index would write.
 */
const DOMAIN = 20;
const UNITS = 16;
const HEAD = 2 * DOMAIN + UNITS + 4;
const PAYMENT = DOMAIN + UNITS;
const WRITE = DOMAIN + 6;
/** The first bit of the height is the mark of a domain that is gone. */
const GONE = 2 ** 47;
const NEVER = GONE - 1;
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

/** Adds that the block wrote a domain's record. */
export function writeDomain(log: ByteLog, { address, before, isGone }: DomainWrite): void {
  const at = log.reserve(WRITE);
  log.memory.set(address, at);
  log.memory.writeUIntBE((isGone ? GONE : 0) + (before === undefined ? NEVER : Number(before)), at + DOMAIN, 6);
}

/** In the form above, of packages and domains that were added to logs. */
export function encodeTraceOf(count: number, packages: ByteLog, payments: readonly Payment[], writes: ByteLog): Uint8Array {
  const out = Buffer.alloc(8 + packages.size + writes.size + payments.length * PAYMENT);
  out.writeUInt32BE(count, 0);
  out.set(packages.memory.subarray(0, packages.size), 4);
  let at = out.writeUInt32BE(writes.size / WRITE, 4 + packages.size);
  out.set(writes.memory.subarray(0, writes.size), at);
  at += writes.size;
  for (const { domain, units } of payments) {
    out.set(domain, at);
    at = writeUnits(out, units, at + DOMAIN);
  }
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

/** What `encodeTraceOf` wrote, from this node's own store. */
export function decodeTrace(bytes: Uint8Array): BlockTrace {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const packages = [...packageParts(view)].map(readPackage);
  const from = writesStart(view);
  const writes: DomainWrite[] = [];
  let at = from + 4;
  for (let left = view.readUInt32BE(from); left > 0; left--, at += WRITE) writes.push({ address: bytesOf(view, at, DOMAIN), ...writeAt(view, at) });
  if ((view.length - at) % PAYMENT !== 0) malformed("trace: bytes are left over");
  const payments: Payment[] = [];
  for (; at < view.length; at += PAYMENT) payments.push({ domain: bytesOf(view, at, DOMAIN), units: readUnits(view, at + DOMAIN) });
  return { packages, payments, writes };
}

/** What a trace says of one domain, found without reading the rest of it. */
export interface DomainTrace {
  /** The block wrote its record; the height of the block that did so before, undefined for none. */
  readonly write: { readonly before: bigint | undefined; readonly isGone: boolean } | undefined;
  /** Packages whose record holds the address; whether they touched the domain, `touchesOf` says. */
  readonly packages: readonly { readonly index: number; readonly trace: PackageTrace }[];
  readonly isPaid: boolean;
}

/** Bytes are searched for the address: a full block's record holds ten thousands of packages. */
export function domainTrace(bytes: Uint8Array, domain: Uint8Array): DomainTrace {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const from = writesStart(view);
  const packages: { index: number; trace: PackageTrace }[] = [];
  let [index, at] = [0, 4];
  let found = view.indexOf(domain);
  for (const part of packageParts(view)) {
    const end = at + part.length;
    if (found >= at && found < end) packages.push({ index, trace: readPackage(part) });
    if (found >= at && found < end) found = view.indexOf(domain, end);
    if (found < 0 || found >= from) break;
    [index, at] = [index + 1, end];
  }
  const paymentsAt = from + 4 + WRITE * view.readUInt32BE(from);
  const written = recordOf(view, domain, { start: from + 4, end: paymentsAt, size: WRITE });
  const paid = recordOf(view, domain, { start: paymentsAt, end: view.length, size: PAYMENT });
  return { write: written < 0 ? undefined : writeAt(view, written), packages, isPaid: paid >= 0 };
}

/** Where a record of fixed size that begins with this address stands; -1 for nowhere. */
function recordOf(view: Buffer, domain: Uint8Array, { start, end, size }: { readonly start: number; readonly end: number; readonly size: number }): number {
  let at = view.indexOf(domain, start);
  while (at >= 0 && at < end && (at - start) % size !== 0) at = view.indexOf(domain, at + 1);
  return at < end ? at : -1;
}

/** The packages of a trace, unread. */
function* packageParts(view: Buffer): Generator<Buffer> {
  if (view.length < 4) malformed("trace: too short");
  let at = 4;
  for (let left = view.readUInt32BE(0); left > 0; left--) {
    const end = packageEnd(view, at);
    yield view.subarray(at, end);
    at = end;
  }
}

function packageEnd(view: Buffer, at: number): number {
  if (view.length < at + HEAD) malformed("trace: too short");
  const end = at + HEAD + view.readUInt32BE(at + HEAD - 4);
  if (view.length < end) malformed("trace: too short");
  return end;
}

/** Where the count of written domains stands. */
function writesStart(view: Buffer): number {
  if (view.length < 4) malformed("trace: too short");
  let at = 4;
  for (let left = view.readUInt32BE(0); left > 0; left--) at = packageEnd(view, at);
  if (view.length < at + 4 || view.length < at + 4 + WRITE * view.readUInt32BE(at)) malformed("trace: too short");
  return at;
}

function writeAt(view: Buffer, at: number): { readonly before: bigint | undefined; readonly isGone: boolean } {
  const number = view.readUIntBE(at + DOMAIN, 6);
  const height = number % GONE;
  return { before: height === NEVER ? undefined : BigInt(height), isGone: number >= GONE };
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
