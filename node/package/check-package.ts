import { equalBytes } from "../../lang/base/bytes.ts";
import type { PackageFault } from "../fault.ts";
import { encodeAddress } from "../state/address.ts";
import { authorityIn, type AuthorityLevel } from "../state/authority.ts";
import { keyOf, keysOf } from "../state/key-set.ts";
import type { DomainRecord } from "../state/records.ts";
import type { PackageBody, Quorum } from "./body.ts";
import { checkSessionTerms } from "./session-limits.ts";
import type { BlockContext } from "../ledger/executor.ts";
import type { LedgerParams } from "../ledger/params.ts";

/** What the rules below read of the state: the record of a domain, an empty one if it was never written. */
export type DomainLookup = (address: Uint8Array) => DomainRecord;

/**
 * Why a package with good signatures may not stand in this block; undefined if it may. Reads, changes
 * nothing. What fails here costs nobody a fee, so a leader includes only what passes.
 */
export function checkPackage(body: PackageBody, context: BlockContext, params: LedgerParams, domain: DomainLookup): PackageFault | undefined {
  return checkTerms(body, context, params) ?? checkKeys(body, domain, context.height) ?? checkNonce(body, domain) ?? checkFee(body, domain);
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

/** The signers must hold the domain, and the payer's keys the payer; a session key only while it counts. */
export function checkKeys(body: PackageBody, domain: DomainLookup, height: bigint): PackageFault | undefined {
  const authority = signerAuthority(body, domain);
  if (authority === undefined) return missingKeys(body.domain, body.signers, domain);
  if (authority.level === "session") {
    const refusal = checkSessionTerms(authority.key, height, body.payer === undefined ? greatestFee(body) : 0n);
    if (refusal !== undefined) return refusal;
  }
  if (body.payer === undefined) return undefined;
  const paying = authorityIn(body.payer.domain, domain(body.payer.domain), body.payer.signers);
  // A session key spends for its own domain's packages alone.
  if (paying === undefined || paying.level === "session") return missingKeys(body.payer.domain, body.payer.signers, domain);
  return undefined;
}

/** What the keys of the body may do for its domain, whichever of them sign. */
export function signerAuthority(body: PackageBody, domain: DomainLookup): AuthorityLevel | undefined {
  return authorityIn(body.domain, domain(body.domain), body.signers);
}

/** Why the keys cannot act: one is not the domain's, or they are too few. */
function missingKeys(address: Uint8Array, { keys, needed }: Quorum, domain: DomainLookup): PackageFault {
  const set = keysOf(address, domain(address));
  const areKnown = keys.every((id) => (keyOf(set, id)?.role ?? "session") !== "session");
  return areKnown ? { code: "PACKAGE_TOO_FEW_KEYS", needs: set.thresholds.active, given: needed } : { code: "PACKAGE_WRONG_KEY" };
}

/** Nonces are used in order, each once: a package cannot be replayed. */
export function checkNonce(body: PackageBody, domain: DomainLookup): PackageFault | undefined {
  const expected = domain(body.domain).nonce + 1n;
  return body.nonce === expected ? undefined : { code: "PACKAGE_NONCE", expected, found: body.nonce };
}

/** Whoever pays must hold the whole of limit × price before anything runs. */
export function checkFee(body: PackageBody, domain: DomainLookup): PackageFault | undefined {
  const needUnits = greatestFee(body);
  const haveUnits = domain(feePayer(body)).balanceUnits;
  if (haveUnits >= needUnits) return undefined;
  return { code: "PACKAGE_CANNOT_PAY", haveUnits, needUnits, ...(body.payer === undefined ? {} : { payer: encodeAddress(body.payer.domain) }) };
}

/** The domain from which the fee is taken. */
export function feePayer(body: PackageBody): Uint8Array {
  return body.payer?.domain ?? body.domain;
}

/** Base units. */
export function greatestFee(body: PackageBody): bigint {
  return body.ergLimit * body.ergPriceUnits;
}
