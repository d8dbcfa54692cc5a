import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { decodeProgram, type Program } from "../../lang/program/program.ts";
import { runProgram } from "../../lang/program/run.ts";
import type { PackageFault } from "../fault.ts";
import type { PackageResult, ReceiptOutcome } from "../ledger/block.ts";
import type { BlockContext, ExecutionVerdict } from "../ledger/executor.ts";
import type { LedgerParams } from "../ledger/params.ts";
import { changesOf } from "../state/realm-changes.ts";
import { absorb, nestedRealm } from "../state/nested-realm.ts";
import { createRealmHost } from "../state/realm-host.ts";
import type { Realm } from "../state/realm.ts";
import type { PackageBody, SignedPackage } from "./body.ts";
import { packageId } from "./body-codec.ts";
import { checkPackage } from "./check-package.ts";
import type { Effect } from "./effect.ts";
import { bindingHash } from "./effect-codec.ts";
import { effectOf } from "./effect-of.ts";
import { checkWords } from "./words.ts";

/** Price of a package before its code runs, in ERG: what decoding, signatures and storing it cost every node. */
export const PACKAGE_BASE_ERG = 5_000n;
/** For each signature: one Ed25519 verification, about 60 µs where one ERG is about 10 ns. */
export const SIGNATURE_ERG = 6_000n;
/** For each section after the first: a machine of its own, a fifth of a millisecond. */
export const SECTION_ERG = 20_000n;
/** For each byte of the signed package, kept by every node for as long as the chain is. */
export const BYTE_ERG = 16n;

/** Charged whole before the code runs. */
export function intrinsicErg(body: PackageBody, sizeBytes: number): bigint {
  const signatures = BigInt(body.signerKeys.length + body.payerKeys.length);
  return PACKAGE_BASE_ERG + signatures * SIGNATURE_ERG + BigInt(body.sections.length - 1) * SECTION_ERG + BigInt(sizeBytes) * BYTE_ERG;
}

/**
 * Runs one package whose signatures were verified on `block`, the state that its block has reached.
 * What it may not change it did not: a package that fails keeps nonce and fee and nothing else (G51, G63).
 */
export function executePackage(signed: SignedPackage & { readonly bodyBytes: Uint8Array }, sizeBytes: number, context: BlockContext, params: LedgerParams, block: Realm): ExecutionVerdict {
  const { body } = signed;
  const refusal = checkPackage(body, context, params, (address) => block.domain(address)) ?? checkIntrinsic(body, sizeBytes);
  if (refusal !== undefined) return { kind: "refused", fault: refusal };
  const programs = readPrograms(body);
  if ("code" in programs) return { kind: "refused", fault: programs };
  const run = runBody(body, sizeBytes, context, block, programs);
  const outcome = judge(body, run);
  const result: PackageResult = { packageId: packageId(signed.bodyBytes), outcome, ergUsed: run.ergUsed, feeUnits: run.ergUsed * body.ergPriceUnits };
  settle(body, run, outcome, result.feeUnits, block);
  return { kind: "executed", result };
}

/** What running a body's code came to. `realm` holds what it changed, fee and nonce left out. */
export interface BodyRun {
  readonly outcome: ReceiptOutcome;
  readonly ergUsed: bigint;
  readonly effect: Effect;
  readonly realm: Realm;
  /** The code asked for the height, so its effect may depend on when it runs: `ct` warns of it. */
  readonly readHeight: boolean;
  readonly fault?: { readonly code: string };
}

/** Runs the code with the authority of the body's domain, the fee for the whole limit set aside. */
export function runBody(body: PackageBody, sizeBytes: number, context: BlockContext, block: Realm, programs: readonly Program[]): BodyRun {
  const payer = body.payer ?? body.domain;
  const reserved = nestedRealm(block);
  reserved.adjustBalance(payer, -(body.ergLimit * body.ergPriceUnits));
  const realm = nestedRealm(reserved);
  const intrinsic = intrinsicErg(body, sizeBytes);
  const code = runPrograms(programs, realm, { signer: body.domain, height: context.height, ergLimit: Number(body.ergLimit - intrinsic) });
  const effect = effectOf(changesOf(realm), { signerDomain: body.domain });
  const { fault, readHeight } = code;
  const ergUsed = intrinsic + BigInt(code.ergUsed);
  if (fault === undefined) return { outcome: { kind: "done" }, ergUsed, effect, realm, readHeight };
  return { outcome: outcomeOf(fault.code), ergUsed: fault.code === "LANG_OUT_OF_ERG" ? body.ergLimit : ergUsed, effect, realm, readHeight, fault };
}

export interface CodeRun {
  readonly ergUsed: number;
  readonly readHeight: boolean;
  readonly fault?: { readonly code: string };
}

/** One program after another: each sees what those before it wrote, and nothing else of them (G24). */
export function runPrograms(programs: readonly Program[], realm: Realm, { signer, height, ergLimit }: { readonly signer: Uint8Array; readonly height: bigint; readonly ergLimit: number }): CodeRun {
  let ergUsed = 0;
  let readHeight = false;
  for (const program of programs) {
    const host = createRealmHost({ realm, signer, directory: { domain: signer, path: "/" }, height, identityText: "", write: () => undefined });
    const result = runProgram(program, { host, ergLimit: ergLimit - ergUsed });
    ergUsed += result.ergUsed;
    readHeight ||= host.readHeight;
    if (result.kind !== "done") return { ergUsed, readHeight, fault: result.kind === "fault" ? result.report.fault : { code: "LANG_UNSUPPORTED" } };
  }
  return { ergUsed, readHeight };
}

function outcomeOf(faultCode: string): ReceiptOutcome {
  if (faultCode === "LANG_OUT_OF_ERG") return { kind: "out-of-erg" };
  return faultCode === "STATE_DENIED" ? { kind: "denied", faultCode } : { kind: "failed", faultCode };
}

/** What you saw is what commits: a strict package that would do anything else does nothing (R4). */
function judge(body: PackageBody, run: BodyRun): ReceiptOutcome {
  if (body.mode === "loose" || run.outcome.kind === "out-of-erg") return run.outcome;
  if (run.outcome.kind !== "done") return run.outcome;
  const hash = bindingHash(run.effect);
  if (hash === undefined) return { kind: "failed", faultCode: "PACKAGE_TOO_LARGE" };
  return equalBytes(hash, body.effectHash) ? run.outcome : { kind: "state-moved" };
}

/** Takes nonce and fee, keeps the first key, and lets the changes through if the package is done. */
export function settle(body: PackageBody, run: BodyRun, outcome: ReceiptOutcome, feeUnits: bigint, block: Realm): void {
  if (outcome.kind === "done") absorb(block, run.realm);
  block.adjustBalance(body.payer ?? body.domain, -feeUnits);
  claimKeys(block, body.domain, body.signerKeys, body.nonce);
  if (body.payer !== undefined) claimKeys(block, body.payer, body.payerKeys);
}

function claimKeys(block: Realm, domain: Uint8Array, keys: readonly Uint8Array[], nonce?: bigint): void {
  const known = block.domain(domain).keys;
  const first = known.length > 0 ? known : keys.map((publicKey) => ({ algorithm: "ed25519" as const, publicKey, role: "owner" as const, weight: 1, limits: new Uint8Array(0) }));
  block.patchDomain(domain, { keys: first, ...(nonce === undefined ? {} : { nonce }) });
}

/** The limit must cover at least what the package costs before its code runs. */
export function checkIntrinsic(body: PackageBody, sizeBytes: number): PackageFault | undefined {
  return body.ergLimit >= intrinsicErg(body, sizeBytes) ? undefined : { code: "PACKAGE_MALFORMED", reason: "the ERG limit is below the price of the package itself" };
}

/** The programs of a body, or why this node must not run them. */
export function readPrograms(body: PackageBody): readonly Program[] | PackageFault {
  try {
    const programs = body.sections.map((section) => decodeProgram(section.bytes));
    return checkWords(body, programs) ?? programs;
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { code: "PACKAGE_MALFORMED", reason: error.fault.code };
  }
}
