import { equalBytes } from "../../lang/base/bytes.ts";
import type { CodecFault } from "../../lang/base/rlp.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../fault.ts";
import { domainOfKey, encodeAddress } from "../state/address.ts";
import { decodeBody, packageId } from "./body-codec.ts";
import type { PackageBody, PackageSignature } from "./body.ts";
import { decodeEffect, effectHash } from "./effect-codec.ts";
import { lossOf, type Effect } from "./effect.ts";
import { effectSentences } from "./sentences.ts";
import { holds } from "./signing.ts";

/**
 * What a signer does with a package that a node hands over, before it shows anything: it believes bytes only,
 * decodes them itself, and derives what it shows from what it is going to sign (R4–R6). A node that lies about
 * chain, domain, key, code, effect or price gets a fault that names the lie, and no signature.
 */
export interface ReviewInput {
  readonly bodyBytes: Uint8Array;
  readonly effectBytes: Uint8Array;
  /** From the intent, when it names a package. */
  readonly expectedPackageId?: Uint8Array;
  readonly expected: {
    /** The whole chain id, or as much of its front as an intent carries. */
    readonly chainId?: Uint8Array;
    /**
     * With whose authority the code may run or, for a payer's key, who may pay: one of these. Absent where the person
     * who signs is shown the domain and judges it.
     */
    readonly domains?: readonly Uint8Array[];
    /** `strict` unless the user said that he signs loose ones too: `any`. */
    readonly mode?: PackageBody["mode"] | "any";
    /** The key that is about to sign; absent for somebody who only looks. */
    readonly publicKey?: Uint8Array;
  };
  /** Proofs of the state that the code reads (`excerpt.ts`): the code is run on them. Without, only what is written is judged. */
  readonly excerptBytes?: Uint8Array;
  /** Signatures that the package has already. */
  readonly givenSignatures?: number;
  /** What the node says the code uses. */
  readonly claimedErg?: bigint;
  /** Height of a block the signer knows of; without one, expiry is left to the ledger. */
  readonly nowHeight?: bigint;
  readonly rules: SignerRules;
}

/** What this signer's program knows. A package beyond it is not signed, because it cannot be explained. */
export interface SignerRules {
  readonly rulesVersion: number;
  /** Decodes the body's program and compares its words with the table; throws FaultError or returns what is wrong. */
  checkProgram(body: PackageBody): PackageFault | undefined;
  /** The code of a readable program, as source lines: all there is to show of a loose package. */
  source(body: PackageBody): readonly string[];
  /** Runs the body on the proved state; says how it differs from what is claimed. */
  replay(body: PackageBody, excerptBytes: Uint8Array, claimed: { readonly ergUsed?: bigint }): PackageFault | undefined;
}

/** What a signer is shown of a package that passed all checks. */
export interface Review {
  readonly body: PackageBody;
  readonly packageId: Uint8Array;
  readonly effect: Effect | undefined;
  /** In which of the package's roles the key signs. */
  readonly role: PackageSignature["role"];
  /** One for each effect, then who pays if it is another, then how many others must sign. */
  readonly sentences: readonly string[];
  /** ERG limit × price: the most that leaves for the fee. Base units. */
  readonly greatestFeeUnits: bigint;
  /** The most the domain of the key can lose besides. Base units; undefined in loose mode, where nothing bounds it. */
  readonly greatestSpendUnits: bigint | undefined;
}

/** A package to decide on, or the reason not to. */
export type ReviewVerdict = { readonly kind: "reviewed"; readonly review: Review } | { readonly kind: "refused"; readonly fault: PackageFault };

/** Judges, shows nothing, signs nothing. */
export function reviewDraft(input: ReviewInput): ReviewVerdict {
  try {
    return { kind: "reviewed", review: review(input) };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { kind: "refused", fault: asPackageFault(error.fault as PackageFault | CodecFault) };
  }
}

function review(input: ReviewInput): Review {
  const { bodyBytes, expected, rules } = input;
  const body = decodeBody(bodyBytes);
  const id = packageId(bodyBytes);
  if (input.expectedPackageId !== undefined) demand(equalBytes(id, input.expectedPackageId), { code: "PACKAGE_DIFFERS", field: "package id" });
  if (expected.chainId !== undefined) demand(equalBytes(body.chainId.subarray(0, expected.chainId.length), expected.chainId), { code: "PACKAGE_OTHER_CHAIN" });
  demand(body.rulesVersion <= rules.rulesVersion, { code: "PACKAGE_RULES", needs: body.rulesVersion });
  const role = expected.publicKey === undefined ? "signer" : roleOf(body, expected.publicKey);
  const domain = role === "signer" ? body.domain : (body.payer?.domain ?? body.domain);
  demand(expected.mode === "any" || body.mode === (expected.mode ?? "strict"), { code: "PACKAGE_DIFFERS", field: "mode" });
  demand(expected.domains === undefined || expected.domains.some((one) => equalBytes(one, domain)), { code: "PACKAGE_OTHER_DOMAIN", role, domain: encodeAddress(domain) });
  checkExpiry(body, input.nowHeight);
  refuseIf(rules.checkProgram(body));
  const bound = boundEffect(body, input.effectBytes);
  if (input.excerptBytes !== undefined) refuseIf(rules.replay(body, input.excerptBytes, input.claimedErg === undefined ? {} : { ergUsed: input.claimedErg }));
  const effect = seenBy(role, bound, domain);
  return {
    body, packageId: id, effect, role,
    sentences: [...reviewSentences({ body, effect, viewer: domain, source: body.mode === "loose" ? rules.source(body) : [] }), ...missingSentence(body, (expected.publicKey === undefined ? 0 : 1) + (input.givenSignatures ?? 0))],
    greatestFeeUnits: body.ergLimit * body.ergPriceUnits,
    greatestSpendUnits: effect?.greatestSpendUnits,
  };
}

function roleOf(body: PackageBody, publicKey: Uint8Array): PackageSignature["role"] {
  if (holds(body.signers.keys, publicKey)) return "signer";
  demand(holds(body.payer?.signers.keys ?? [], publicKey), { code: "PACKAGE_WRONG_KEY", key: encodeAddress(domainOfKey(publicKey)) });
  return "payer";
}

function checkExpiry({ expiryHeight }: PackageBody, nowHeight: bigint | undefined): void {
  if (nowHeight === undefined) return;
  demand(nowHeight <= expiryHeight, { code: "PACKAGE_EXPIRED", expiryHeight, height: nowHeight });
}

/** The effect that the body binds; a loose package binds none, so nothing may be shown as if it did. */
function boundEffect(body: PackageBody, effectBytes: Uint8Array): Effect | undefined {
  if (body.mode === "loose") {
    demand(effectBytes.length === 0, { code: "PACKAGE_DIFFERS", field: "effect" });
    return undefined;
  }
  demand(equalBytes(effectHash(effectBytes), body.effectHash), { code: "PACKAGE_DIFFERS", field: "effect" });
  const effect = decodeEffect(effectBytes);
  demand(effect.greatestSpendUnits >= lossOf(effect, body.domain), { code: "PACKAGE_DIFFERS", field: "greatest spend" });
  return effect;
}

/** The code has no authority over a payer: what it can lose besides the fee is what the effect says, no more. */
function seenBy(role: PackageSignature["role"], effect: Effect | undefined, viewer: Uint8Array): Effect | undefined {
  return role === "payer" && effect !== undefined ? { ...effect, greatestSpendUnits: lossOf(effect, viewer) } : effect;
}

interface Reviewed {
  readonly body: PackageBody;
  readonly effect: Effect | undefined;
  readonly viewer: Uint8Array;
  readonly source: readonly string[];
}

function reviewSentences({ body, effect, viewer, source }: Reviewed): readonly string[] {
  const sentences = effect === undefined ? ["is loose: it does whatever its code does on the state it finds, and nothing is promised", ...source.map((line) => `code: ${line}`)] : [...effectSentences(effect, viewer)];
  if (body.payer !== undefined) sentences.push(equalBytes(body.payer.domain, viewer) ? `takes the fee from you, for a package of ${encodeAddress(body.domain)}` : `takes the fee from ${encodeAddress(body.payer.domain)}, who signs as well`);
  return sentences;
}

function missingSentence({ signers, payer }: PackageBody, given: number): readonly string[] {
  const missing = signers.needed + (payer?.signers.needed ?? 0) - given;
  return missing > 0 ? [`needs ${missing} more ${missing === 1 ? "signature" : "signatures"}`] : [];
}

function demand(holds: boolean, fault: PackageFault): void {
  if (!holds) throw new FaultError<PackageFault>(fault);
}

function refuseIf(fault: PackageFault | undefined): void {
  if (fault !== undefined) throw new FaultError<PackageFault>(fault);
}

/** Codecs speak of bytes; to a signer they all mean that this is no package. */
function asPackageFault(fault: PackageFault | { readonly code: string; readonly reason?: unknown }): PackageFault {
  if (fault.code.startsWith("PACKAGE_")) return fault as PackageFault;
  return { code: "PACKAGE_MALFORMED", reason: "reason" in fault ? String(fault.reason) : fault.code };
}
