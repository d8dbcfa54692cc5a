import { concatBytes, fromBigEndian } from "../../lang/base/bytes.ts";
import { bytesField, listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import { LIMITS } from "../state/limits.ts";
import { decodeAnyEffect } from "../package/effect-codec.ts";
import type { BlockTrace, PackageTrace, Payment, Touch } from "./block-trace.ts";

/** Values of the explorer's index: no consensus format, only our own store reads them. Faults of all readers: CODEC_MALFORMED. */

/** Sums over the main chain up to and with a block. */
export interface Totals {
  /** Genesis coins and rewards that were paid out. Base units. */
  readonly paidUnits: bigint;
  readonly feesUnits: bigint;
  readonly packages: bigint;
}
export const NO_TOTALS: Totals = { paidUnits: 0n, feesUnits: 0n, packages: 0n };

const NONE = new Uint8Array(0);
const MOST_ITEMS = 8 << 20;

export function encodeTrace({ packages, payments }: BlockTrace): Uint8Array {
  return encodeRlp([
    packages.map(({ signer, payer, feeUnits, changes }) => [signer, payer ?? NONE, numberItem(feeUnits), changes?.bytes ?? NONE]),
    payments.map(({ domain, units }) => [domain, numberItem(units)]),
  ]);
}

export function decodeTrace(bytes: Uint8Array): BlockTrace {
  const [packages, payments] = listField(decodeRlp(bytes, MOST_ITEMS), "trace", 2);
  return {
    packages: listField(packages, "packages").map((item): PackageTrace => {
      const [signer, payer, fee, effect] = listField(item, "package", 4);
      const payerBytes = bytesField(payer, "payer", [0, 20]);
      const effectBytes = bytesField(effect, "effect", []);
      return {
        signer: bytesField(signer, "signer", [20]), payer: payerBytes.length === 0 ? undefined : payerBytes, feeUnits: numberField(fee, "fee", LIMITS.amountBits),
        changes: effectBytes.length === 0 ? undefined : { effect: decodeAnyEffect(effectBytes), bytes: effectBytes },
      };
    }),
    payments: listField(payments, "payments").map((item): Payment => {
      const [domain, units] = listField(item, "payment", 2);
      return { domain: bytesField(domain, "domain", [20]), units: numberField(units, "units", LIMITS.amountBits) };
    }),
  };
}

export function encodeTotals({ paidUnits, feesUnits, packages }: Totals): Uint8Array {
  return encodeRlp([numberItem(paidUnits), numberItem(feesUnits), numberItem(packages)]);
}

export function decodeTotals(bytes: Uint8Array): Totals {
  const [paid, fees, packages] = listField(decodeRlp(bytes), "totals", 3);
  return { paidUnits: numberField(paid, "paid", 2 * LIMITS.amountBits), feesUnits: numberField(fees, "fees", 2 * LIMITS.amountBits), packages: numberField(packages, "packages", 64) };
}

/** One byte of roles, one of the sign, and the amount as short as it goes. */
export function encodeTouch({ roles, deltaUnits }: Touch): Uint8Array {
  if (deltaUnits === 0n) return Uint8Array.of(roles);
  return concatBytes(Uint8Array.of(roles, deltaUnits < 0n ? 1 : 0), numberItem(deltaUnits < 0n ? -deltaUnits : deltaUnits));
}

export function decodeTouch(domain: Uint8Array, bytes: Uint8Array): Touch {
  const units = fromBigEndian(bytes.subarray(2));
  return { domain, roles: bytes[0] ?? 0, deltaUnits: bytes[1] === 1 ? -units : units };
}
