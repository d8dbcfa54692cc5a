import { assert } from "../../lang/base/assert.ts";
import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { decodeProgram, type Program } from "../../lang/program/program.ts";
import { runProgram, type ProgramOptions, type WordResult } from "../../lang/program/run.ts";
import type { PackageFault } from "../fault.ts";
import type { PackageResult, ProgramEvent, ReceiptOutcome } from "../ledger/block.ts";
import type { BlockContext, ExecutionVerdict } from "../ledger/executor.ts";
import type { PackageTrace } from "../explorer/block-trace.ts";
import type { LedgerParams } from "../ledger/params.ts";
import type { Authority } from "../state/authority.ts";
import { keyOf, withKey } from "../state/key-set.ts";
import { changesOf } from "../state/realm-changes.ts";
import { absorb, packageRealm } from "../state/nested-realm.ts";
import { Journal } from "../state/programs/journal.ts";
import { createRealmHost } from "../state/realm-host.ts";
import type { Realm } from "../state/realm.ts";
import type { DomainRecord } from "../state/records.ts";
import type { PackageBody, SignedPackage } from "./body.ts";
import { packageId } from "./body-codec.ts";
import { checkPackage, feePayer, greatestFee, signerAuthority } from "./check-package.ts";
import type { Effect } from "./effect.ts";
import { bindingBytes, effectHash, encodeAnyEffect } from "./effect-codec.ts";
import { effectOf } from "./effect-of.ts";
import { paymentIn, payPlainly, type NamedRecord } from "./plain-payment.ts";
import { checkSessionEffect, spendingOf } from "./session-limits.ts";
import { checkWords } from "./words.ts";

/** Price of a package before its code runs, in ERG: what decoding, signatures and storing it cost every node. */
const PACKAGE_BASE_ERG = 5_000;
/** For each signature: one Ed25519 verification, about 60 µs where one ERG is about 10 ns. */
const SIGNATURE_ERG = 6_000;
/** For each section after the first: a machine of its own, a fifth of a millisecond. */
const SECTION_ERG = 20_000;
/** For each byte of the signed package, kept by every node for as long as the chain is. */
const BYTE_ERG = 16;

/** Charged whole before the code runs. */
export function intrinsicErg(body: PackageBody, sizeBytes: number): bigint {
  return BigInt(flatNumber(body, sizeBytes) + (body.sections.length - 1) * SECTION_ERG);
}

/**
 * The part of it that is for being there: base, signatures, bytes. However a block is filled, its cap on bytes bounds
 * what these take; sections are a few bytes each and take as long as code, so they count with it.
 */
export function flatErg(body: PackageBody, sizeBytes: number): bigint {
  return BigInt(flatNumber(body, sizeBytes));
}

/** Far from where numbers are not exact, and summed in a tenth of the time. */
function flatNumber({ signers, payer }: PackageBody, sizeBytes: number): number {
  return PACKAGE_BASE_ERG + (signers.needed + (payer?.signers.needed ?? 0)) * SIGNATURE_ERG + sizeBytes * BYTE_ERG;
}

/** `trace` says whom an executed package touched, for the explorer. */
export interface Execution {
  readonly verdict: ExecutionVerdict;
  readonly trace?: PackageTrace;
}

/**
 * Runs one package whose signatures were verified on `block`, the state that its block has reached.
 * What it may not change it did not: a package that fails keeps nonce and fee and nothing else (G51, G63).
 */
export function executePackage(signed: SignedPackage & { readonly bodyBytes: Uint8Array }, sizeBytes: number, context: BlockContext, params: LedgerParams, block: Realm, watch?: CodeWatch): Execution {
  const { body } = signed;
  const name = toHex(body.domain);
  const own = block.domain(body.domain, name);
  const domain = (address: Uint8Array): DomainRecord => (address === body.domain ? own : block.domain(address));
  const refusal = checkPackage(body, context, params, domain) ?? checkIntrinsic(body, sizeBytes);
  if (refusal !== undefined) return { verdict: { kind: "refused", fault: refusal } };
  const end = (watch === undefined ? payAtOnce(body, sizeBytes, block, { record: own, name }) : undefined) ?? runWhole(body, sizeBytes, context, block, watch, own);
  if ("code" in end) return { verdict: { kind: "refused", fault: end } };
  const { outcome, ergUsed, feeUnits, events, changes } = end;
  const id = packageId(signed.bodyBytes);
  const result: PackageResult = events.length === 0 ? { packageId: id, outcome, ergUsed, feeUnits } : { packageId: id, outcome, ergUsed, feeUnits, events };
  return { verdict: { kind: "executed", result, codeErg: ergUsed - flatErg(body, sizeBytes) }, trace: { signer: body.domain, payer: body.payer?.domain, feeUnits, changes } };
}

/** As a machine would, see plain-payment.ts. */
function payAtOnce(body: PackageBody, sizeBytes: number, block: Realm, own: NamedRecord): PackageEnd | undefined {
  const payment = paymentIn(body);
  const paid = payment === undefined ? undefined : payPlainly(body, payment, intrinsicErg(body, sizeBytes), block, own);
  return paid === undefined ? undefined : { outcome: DONE, ergUsed: paid.ergUsed, feeUnits: paid.feeUnits, events: NO_EVENTS, changes: paid };
}

const DONE: ReceiptOutcome = { kind: "done" };
const NO_EVENTS: readonly ProgramEvent[] = [];

/** How a package ended, with nonce and fee taken. */
interface PackageEnd extends Pick<PackageTrace, "feeUnits" | "changes"> {
  readonly outcome: ReceiptOutcome;
  readonly ergUsed: bigint;
  readonly events: readonly ProgramEvent[];
}

function runWhole(body: PackageBody, sizeBytes: number, context: BlockContext, block: Realm, watch: CodeWatch | undefined, own: DomainRecord): PackageEnd | PackageFault {
  const programs = readPrograms(body);
  if ("code" in programs) return programs;
  const run = runBody(body, sizeBytes, context, block, programs, watch, own);
  const effectBytes = run.outcome.kind === "done" ? bindingBytes(run.effect) : undefined;
  const outcome = judge(body, run, effectBytes);
  const feeUnits = run.ergUsed * body.ergPriceUnits;
  settle(body, run, outcome, feeUnits, block);
  const changes = outcome.kind !== "done" || changesNothing(run.effect) ? undefined : { effect: run.effect, bytes: effectBytes ?? encodeAnyEffect(run.effect) };
  return { outcome, ergUsed: run.ergUsed, feeUnits, events: outcome.kind === "done" ? run.events : NO_EVENTS, changes };
}

function changesNothing({ paths, balances, rights, calls, stored, keys, sacrifices }: Effect): boolean {
  return paths.length + balances.length + rights.length + calls.length + stored.length + keys.length + sacrifices.length === 0;
}

/** What running a body's code came to. `realm` holds what it changed, fee and nonce left out. */
export interface BodyRun {
  readonly outcome: ReceiptOutcome;
  readonly ergUsed: bigint;
  readonly effect: Effect;
  readonly events: readonly ProgramEvent[];
  readonly realm: Realm;
  /** The code asked for the height, so its effect may depend on when it runs: `ct` warns of it. */
  readonly readHeight: boolean;
  /** The same of the block's time. */
  readonly readTime: boolean;
  readonly fault?: { readonly code: string };
}

/** Runs the code with the authority of the body's domain, the fee for the whole limit set aside. `own` is its record, for who has it at hand. */
export function runBody(body: PackageBody, sizeBytes: number, context: BlockContext, block: Realm, programs: readonly Program[], watch?: CodeWatch, own = block.domain(body.domain)): BodyRun {
  const realm = packageRealm(block, { payer: feePayer(body), units: greatestFee(body) });
  const level = signerAuthority(body, () => own);
  assert(level !== undefined, "checkKeys came first");
  const intrinsic = intrinsicErg(body, sizeBytes);
  const code = runPrograms(programs, realm, { signer: body.domain, authority: { domain: body.domain, ...level }, height: context.height, timeMs: context.timeMs, ergLimit: Number(body.ergLimit - intrinsic), ...(watch === undefined ? {} : { watch }) });
  const effect = effectOf(changesOf(realm), { signerDomain: body.domain, calls: code.journal.calls });
  const { readHeight, readTime } = code;
  const { events } = code.journal;
  const ergUsed = intrinsic + BigInt(code.ergUsed);
  const beyond = level.level === "session" ? checkSessionEffect(level.key, effect, body.domain, sessionFee(body, ergUsed * body.ergPriceUnits)) : undefined;
  const fault = code.fault ?? beyond;
  if (fault === undefined) return { outcome: { kind: "done" }, ergUsed, effect, events, realm, readHeight, readTime };
  return { outcome: outcomeOf(fault.code), ergUsed: fault.code === "LANG_OUT_OF_ERG" ? body.ergLimit : ergUsed, effect, events: [], realm, readHeight, readTime, fault };
}

export interface CodeRun {
  readonly ergUsed: number;
  /** What programs that were called did beside the state. */
  readonly journal: Journal;
  readonly readHeight: boolean;
  readonly readTime: boolean;
  readonly fault?: { readonly code: string };
}
export interface RunAs {
  readonly signer: Uint8Array;
  readonly authority: Authority;
  readonly height: bigint;
  /** Of the block, in milliseconds since 1970. */
  readonly timeMs: bigint;
  readonly ergLimit: number;
  readonly watch?: CodeWatch;
}
/** Who watches the code of a package run, which changes nothing of it. */
export interface CodeWatch {
  /** After each entry of a program that ran well. `ergUsed` counts all programs of the package so far; `realm` must not be changed. */
  readonly onEntry: (at: { readonly section: number; readonly entry: number; readonly stack: readonly string[]; readonly ergUsed: number; readonly realm: Realm }) => void;
  readonly onWord?: (word: WordResult) => void;
}

/** One program after another: each sees what those before it wrote, and nothing else of them (G24). */
export function runPrograms(programs: readonly Program[], realm: Realm, { signer, authority, height, timeMs, ergLimit, watch }: RunAs): CodeRun {
  let ergUsed = 0;
  let readHeight = false;
  let readTime = false;
  const timeSeconds = (): number => Number(timeMs / 1_000n);
  const journal = new Journal();
  for (let section = 0; section < programs.length; section++) {
    const host = createRealmHost({ realm, signer, authority, directory: { domain: signer, path: "/" }, height, timeSeconds, journal, identityText: "", write: unheard });
    const options = { host, ergLimit: ergLimit - ergUsed };
    const result = runProgram(programs[section] as Program, watch === undefined ? options : { ...options, ...watching(watch, { section, before: ergUsed, realm }) });
    ergUsed += result.ergUsed;
    readHeight ||= host.readHeight;
    readTime ||= host.readTime;
    if (result.kind !== "done") return { ergUsed, readHeight, readTime, journal, fault: result.kind === "fault" ? result.report.fault : { code: "LANG_UNSUPPORTED" } };
  }
  return { ergUsed, readHeight, readTime, journal };
}

/** Nobody reads what a package prints. */
function unheard(): void {}

function watching({ onEntry, onWord }: CodeWatch, { section, before, realm }: { readonly section: number; readonly before: number; readonly realm: Realm }): Pick<ProgramOptions, "onEntry" | "onWord"> {
  return { onEntry: (entry, { stack, ergUsed }) => onEntry({ section, entry, stack, ergUsed: before + ergUsed, realm }), ...(onWord === undefined ? {} : { onWord }) };
}

/** A right was missing: of the signer to an entry, or of the key that signed. */
const DENIALS: readonly string[] = ["STATE_DENIED", "STATE_NOT_OWNER", "STATE_SESSION_LIMIT"];

function outcomeOf(faultCode: string): ReceiptOutcome {
  if (faultCode === "LANG_OUT_OF_ERG") return { kind: "out-of-erg" };
  return DENIALS.includes(faultCode) ? { kind: "denied", faultCode } : { kind: "failed", faultCode };
}

/** What you saw is what commits: a strict package that would do anything else does nothing (R4). */
function judge(body: PackageBody, run: BodyRun, effectBytes: Uint8Array | undefined): ReceiptOutcome {
  if (body.mode === "loose" || run.outcome.kind === "out-of-erg") return run.outcome;
  if (run.outcome.kind !== "done") return run.outcome;
  if (effectBytes === undefined) return { kind: "failed", faultCode: "PACKAGE_TOO_LARGE" };
  return equalBytes(effectHash(effectBytes), body.effectHash) ? run.outcome : { kind: "state-moved" };
}

/** Takes nonce and fee, counts what a session key spent, and lets the changes through if the package is done. */
export function settle(body: PackageBody, run: BodyRun, outcome: ReceiptOutcome, feeUnits: bigint, block: Realm): void {
  if (outcome.kind === "done") absorb(block, run.realm);
  const name = toHex(body.domain);
  const payer = block.adjustBalance(feePayer(body), -feeUnits, body.payer === undefined ? name : toHex(body.payer.domain));
  const set = (body.payer === undefined ? payer : block.domain(body.domain, name)).keys;
  const key = set === undefined || body.signers.keys.length > 1 ? undefined : keyOf(set, body.signers.keys[0] as Uint8Array);
  if (set === undefined || key?.role !== "session") return block.patchDomain(body.domain, { nonce: body.nonce }, name);
  const spentUnits = key.spentUnits + sessionFee(body, feeUnits) + (outcome.kind === "done" ? spendingOf(run.effect) : 0n);
  block.patchDomain(body.domain, { nonce: body.nonce, keys: withKey(set, { ...key, spentUnits }) }, name);
}

/** A fee that another domain pays does not count against a session key. */
function sessionFee(body: PackageBody, feeUnits: bigint): bigint {
  return body.payer === undefined ? feeUnits : 0n;
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
