import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import type { PackageFault } from "../fault.ts";
import { domainOfKey } from "../state/address.ts";
import type { DomainRecord } from "../state/records.ts";
import type { PackageBody } from "./body.ts";
import type { BlockContext } from "../ledger/executor.ts";
import type { LedgerParams } from "../ledger/params.ts";

/** What the rules below read of the state: the record of a domain, an empty one if it was never written. */
export type DomainLookup = (address: Uint8Array) => DomainRecord;

/**
 * Why a package with good signatures may not stand in this block; undefined if it may. Reads, changes
 * nothing. What fails here costs nobody a fee, so a leader includes only what passes.
 */
export function checkPackage(body: PackageBody, context: BlockContext, params: LedgerParams, domain: DomainLookup): PackageFault | undefined {
  return checkTerms(body, context, params) ?? checkKeys(body, domain) ?? checkNonce(body, domain) ?? checkFee(body, domain);
}

/** Chain, rules, expiry and price: what the body says by itself. */
export function checkTerms(body: PackageBody, context: BlockContext, params: LedgerParams): PackageFault | undefined {
  if (!equalBytes(body.chainId, context.chainId)) return { code: "PACKAGE_OTHER_CHAIN" };
  if (body.rulesVersion !== context.rulesVersion) return { code: "PACKAGE_RULES", needs: context.rulesVersion };
  if (body.expiryHeight < context.height) return { code: "PACKAGE_EXPIRED", expiryHeight: body.expiryHeight, height: context.height };
  if (body.ergPriceUnits < params.minErgPriceUnits) return { code: "PACKAGE_PRICE_TOO_LOW", leastUnits: params.minErgPriceUnits };
  if (body.ergLimit > params.packageErg) return { code: "PACKAGE_MALFORMED", reason: `ERG limit above ${params.packageErg}` };
  return undefined;
}

/** The signer's keys must hold the domain, and the payer's keys the payer. */
export function checkKeys(body: PackageBody, domain: DomainLookup): PackageFault | undefined {
  if (!mayAct(body.domain, body.signerKeys, domain)) return { code: "PACKAGE_WRONG_KEY" };
  if (body.payer !== undefined && !mayAct(body.payer, body.payerKeys, domain)) return { code: "PACKAGE_WRONG_KEY" };
  return undefined;
}

/**
 * Until a domain signed for the first time its address decides, which is derived from its first key (R5);
 * from then on the keys in its record do.
 */
function mayAct(address: Uint8Array, keys: readonly Uint8Array[], domain: DomainLookup): boolean {
  const record = domain(address);
  if (record.keys.length === 0) return keys.length === 1 && equalBytes(domainOfKey(keys[0] as Uint8Array), address);
  const known = record.keys.filter((key) => key.role !== "session");
  return keys.length > 0 && keys.every((key) => known.some((one) => compareBytes(one.publicKey, key) === 0));
}

/** Nonces are used in order, each once: a package cannot be replayed. */
export function checkNonce(body: PackageBody, domain: DomainLookup): PackageFault | undefined {
  const expected = domain(body.domain).nonce + 1n;
  return body.nonce === expected ? undefined : { code: "PACKAGE_NONCE", expected, found: body.nonce };
}

/** Whoever pays must hold the whole of limit × price before anything runs. */
export function checkFee(body: PackageBody, domain: DomainLookup): PackageFault | undefined {
  const needUnits = body.ergLimit * body.ergPriceUnits;
  const haveUnits = domain(body.payer ?? body.domain).balanceUnits;
  return haveUnits >= needUnits ? undefined : { code: "PACKAGE_CANNOT_PAY", haveUnits, needUnits };
}
