import { assert } from "../../lang/base/assert.ts";
import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../lang/base/fault.ts";
import { decodeProgram, encodeProgram, type Program } from "../../lang/program/program.ts";
import { WORD_TABLE_VERSION } from "../../lang/primitives/table.ts";
import type { PackageFault } from "../fault.ts";
import type { BlockContext } from "../ledger/executor.ts";
import { rulesVersionAt, type LedgerParams } from "../ledger/params.ts";
import type { DraftJob, DraftReply, PreviewReply } from "../machines/jobs.ts";
import { domainOfKey, encodeAddress } from "../state/address.ts";
import { quorumFor, type AuthorityLevel } from "../state/authority.ts";
import { resolveRecipient } from "../state/contacts.ts";
import { keyOf, keysOf, type KeySet } from "../state/key-set.ts";
import { changesOf } from "../state/realm-changes.ts";
import { perspective } from "../state/realm-root.ts";
import { Realm } from "../state/realm.ts";
import type { StateReader } from "../state/versioned.ts";
import type { PackageBody } from "./body.ts";
import { encodeBody } from "./body-codec.ts";
import { checkFee, checkKeys, feePayer, signerAuthority } from "./check-package.ts";
import { effectHash, encodeEffect } from "./effect-codec.ts";
import { intrinsicErg, runBody, settle, type BodyRun } from "./execute.ts";
import { mergeProgram, movedPlaces, type MovedPlace } from "./moved.ts";
import { replay, signedSize } from "./replay.ts";
import { keptBytes } from "./storage-cost.ts";
import { encodeExcerpt, recordingState, EXCERPT_BYTES } from "./excerpt.ts";
import { wordsHash } from "./words.ts";

export interface DraftParts {
  readonly reader: StateReader;
  readonly params: LedgerParams;
  readonly chainId: Uint8Array;
}

const UNMETERED = { charge: () => undefined, ergLeft: Number.MAX_SAFE_INTEGER };
/** Room above the ERG of the dry run, in percent and at least: state may move a little before the package runs. */
const MARGIN_PERCENT = 10n;
const LEAST_MARGIN_ERG = 2_000n;

/**
 * The package a signer will see (R5): the program run as the signer's domain on a fresh fork of the base,
 * once to learn its price and once more with the limit it will carry, so that the effect in the body is
 * that of the very package. Faults: what the code refuses, PACKAGE_CANNOT_PAY, PACKAGE_WRONG_KEY.
 */
export function draftPackage(job: DraftJob, parts: DraftParts): DraftReply {
  const draft = draftAsRecorded(job, parts);
  const merge = mergeProgram(draft.moved);
  if (merge === undefined) return draft;
  // The same code, and behind it what both sides' edits make together; what moved is told as it was found.
  const merged = draftAsRecorded({ ...job, programs: [...job.programs, encodeProgram(merge)] }, parts);
  return { ...merged, moved: draft.moved };
}

/**
 * What the package would do and cost, without asking who may sign or pay: the same steps to the same price, so that what
 * `pending` says is what is charged later (G29). Faults: what the code refuses.
 */
export function previewPackage(job: DraftJob, parts: DraftParts): PreviewReply {
  const bench = benchOf(job, parts);
  try {
    return previewAs("active", job, bench);
  } catch (error) {
    if (!isFaultError(error) || error.fault.code !== "STATE_NOT_OWNER") throw error;
    return previewAs("owner", job, bench);
  }
}

function previewAs(level: "active" | "owner", job: DraftJob, { programs, realm, context, params }: Bench): PreviewReply {
  const template = bodyTemplate(programs, job, realm, context, level);
  const measured = dryRun({ ...template, ergLimit: params.packageErg }, context, realm, programs);
  const run = dryRun({ ...template, ergLimit: withMargin(measured.ergUsed, params) }, context, realm, programs);
  return { effectBytes: encodeEffect(run.effect), ergUsed: run.ergUsed };
}

function benchOf(job: DraftJob, { reader, params, chainId }: DraftParts): Bench {
  const height = job.base.height + 1n;
  const context: BlockContext = { height, timeMs: job.timeMs, rulesVersion: rulesVersionAt(params, height), chainId, leaderDomain: new Uint8Array(20) };
  return { programs: job.programs.map(decodeProgram), realm: Realm.at(reader, job.base), context, params };
}

function draftAsRecorded(job: DraftJob, parts: DraftParts): DraftReply {
  const bench = benchOf(job, parts);
  const { programs, realm, context } = bench;
  const { template, measured } = measure(job, bench);
  const ergLimit = withMargin(measured.ergUsed, parts.params);
  requireFunds(template, ergLimit, realm);
  const limited = { ...template, ergLimit };
  const run = dryRun(limited, context, realm, programs);
  if (signedSize(limited) > parts.params.packageSizeBytes) throw new FaultError<PackageFault>({ code: "PACKAGE_TOO_LARGE", limitBytes: parts.params.packageSizeBytes });
  const effectBytes = encodeEffect(run.effect);
  const body: PackageBody = { ...limited, effectHash: job.mode === "strict" ? effectHash(effectBytes) : new Uint8Array(0) };
  const moved = movedSince(job, { before: realm, after: run.realm, effect: run.effect, level: levelOf(body, realm) }, programs, parts);
  const block = realm.fork();
  settle(body, run, run.outcome, run.ergUsed * body.ergPriceUnits, block);
  return { bodyBytes: encodeBody(body), effectBytes, excerptBytes: excerptOf(body, job, parts), moved, ergUsed: run.ergUsed, stateRoot: perspective(block), warnings: warningsOf(run), kept: keptBytes(changesOf(run.realm).stored) };
}

/** Proofs of all that running the package reads, by running it once more on them; empty where they would be too large. */
function excerptOf(body: PackageBody, job: DraftJob, { reader }: DraftParts): Uint8Array {
  const { state, excerpt } = recordingState(reader, job.base, job.timeMs);
  const fault = replay(body, state, { timeMs: job.timeMs });
  if (fault?.code === "PACKAGE_UNPROVED") return new Uint8Array(0);
  assert(fault === undefined, `a draft that its own signer would refuse: ${fault?.code}`);
  const bytes = encodeExcerpt(excerpt());
  return bytes.length > EXCERPT_BYTES ? new Uint8Array(0) : bytes;
}

/** Nothing when the user worked on the newest state, and nothing for a package that is meant to run on whatever it finds. */
function movedSince(job: DraftJob, newest: Parameters<typeof movedPlaces>[1] & { readonly level: AuthorityLevel }, programs: readonly Program[], { reader, params }: DraftParts): readonly MovedPlace[] {
  if (job.mode === "loose" || equalBytes(job.seen.stateRoot, job.base.stateRoot)) return [];
  return movedPlaces(Realm.at(reader, job.seen), newest, { programs, signer: job.domain, authority: { domain: job.domain, ...newest.level }, ergLimit: Number(params.packageErg), timeMs: job.timeMs });
}

interface Bench {
  readonly programs: readonly Program[];
  readonly realm: Realm;
  readonly context: BlockContext;
  readonly params: LedgerParams;
}

/** Learns the price, and whose signatures it takes: code that changes keys needs those of owners. */
function measure(job: DraftJob, bench: Bench): { readonly template: PackageBody; readonly measured: BodyRun } {
  try {
    return measureAs("active", job, bench);
  } catch (error) {
    if (!isFaultError(error) || error.fault.code !== "STATE_NOT_OWNER") throw error;
    return measureAs("owner", job, bench);
  }
}

function measureAs(level: "active" | "owner", job: DraftJob, { programs, realm, context, params }: Bench): { readonly template: PackageBody; readonly measured: BodyRun } {
  const starter = domainOfKey(job.publicKey);
  if (keyOf(keysOf(job.domain, realm.domain(job.domain)), starter) === undefined) throw new FaultError<PackageFault>({ code: "PACKAGE_WRONG_KEY", key: encodeAddress(starter) });
  const template = bodyTemplate(programs, job, realm, context, level);
  const refusal = checkKeys(template, (address) => realm.domain(address), context.height);
  if (refusal !== undefined) throw new FaultError<PackageFault>(refusal);
  const measured = dryRun({ ...template, ergLimit: affordable(template, realm, params) }, context, realm, programs);
  return { template, measured };
}

function bodyTemplate(programs: readonly Program[], job: DraftJob, realm: Realm, context: BlockContext, level: "active" | "owner"): PackageBody {
  const set = (domain: Uint8Array): KeySet => keysOf(domain, realm.domain(domain));
  const [payer, starter] = [payerOf(job, realm), domainOfKey(job.publicKey)];
  return {
    format: 1,
    rulesVersion: context.rulesVersion,
    wordTableVersion: WORD_TABLE_VERSION,
    wordsHash: wordsHash(programs),
    chainId: context.chainId,
    domain: job.domain,
    nonce: realm.domain(job.domain).nonce + 1n,
    signers: quorumFor(set(job.domain), level, starter),
    ...(payer === undefined ? {} : { payer: { domain: payer, signers: quorumFor(set(payer), "active") } }),
    ergPriceUnits: job.ergPriceUnits,
    ergLimit: 0n,
    expiryHeight: job.expiryHeight,
    mode: job.mode,
    effectHash: new Uint8Array(job.mode === "strict" ? 32 : 0),
    sections: job.programs.map((bytes) => ({ kind: 1, bytes })),
  };
}

/** Undefined where the domain pays by itself. Faults: STATE_UNKNOWN_RECIPIENT, STATE_BAD_ADDRESS. */
function payerOf({ domain, payer }: DraftJob, realm: Realm): Uint8Array | undefined {
  if (payer === undefined) return undefined;
  const named = resolveRecipient({ realm, paths: { home: domain, directory: { domain, path: "/" } }, meter: UNMETERED, askHeight: () => realm.base.height }, payer);
  return equalBytes(named, domain) ? undefined : named;
}

/** Runs the body as a block would. A fault of the code is the user's to see now, not in a receipt. */
function dryRun(body: PackageBody, context: BlockContext, realm: Realm, programs: readonly Program[]): BodyRun {
  const run = runBody(body, signedSize(body), context, realm.fork(), programs);
  if (run.outcome.kind === "done") return run;
  if (run.outcome.kind === "out-of-erg") requireFunds(body, body.ergLimit + 1n, realm);
  throw new FaultError(run.fault ?? { code: "PACKAGE_STATE_MOVED" });
}

/** The most ERG the payer's balance can back, at least the price of the package itself. */
function affordable(body: PackageBody, realm: Realm, params: LedgerParams): bigint {
  const funds = fundsOf(body, realm) / body.ergPriceUnits;
  const limit = funds < params.packageErg ? funds : params.packageErg;
  const least = intrinsicErg(body, signedSize(body)) + LEAST_MARGIN_ERG;
  if (limit < least) requireFunds(body, least, realm);
  return limit;
}

function withMargin(ergUsed: bigint, params: LedgerParams): bigint {
  const share = (ergUsed * MARGIN_PERCENT) / 100n;
  const limit = ergUsed + (share > LEAST_MARGIN_ERG ? share : LEAST_MARGIN_ERG);
  return limit < params.packageErg ? limit : params.packageErg;
}

/** Faults: PACKAGE_CANNOT_PAY, PACKAGE_SESSION_SPENT. */
function requireFunds(body: PackageBody, ergLimit: bigint, realm: Realm): void {
  const limited = { ...body, ergLimit };
  const domain = (address: Uint8Array): ReturnType<typeof realm.domain> => realm.domain(address);
  const refusal = checkFee(limited, domain) ?? checkKeys(limited, domain, realm.base.height + 1n);
  if (refusal !== undefined) throw new FaultError<PackageFault>(refusal);
}

/** What may go for the fee: the payer's balance, and no more than a session key has left. Base units. */
function fundsOf(body: PackageBody, realm: Realm): bigint {
  const { balanceUnits } = realm.domain(feePayer(body));
  const level = levelOf(body, realm);
  if (body.payer !== undefined || level.level !== "session") return balanceUnits;
  const leftUnits = level.key.limits.spendUnits - level.key.spentUnits;
  return leftUnits < balanceUnits ? leftUnits : balanceUnits;
}

function levelOf(body: PackageBody, realm: Realm): AuthorityLevel {
  const level = signerAuthority(body, (address) => realm.domain(address));
  assert(level !== undefined, "checkKeys came first");
  return level;
}

function warningsOf(run: BodyRun): readonly string[] {
  const looked = [...(run.readHeight ? ["height"] : []), ...(run.readTime ? ["time"] : [])];
  return looked.map((what) => `the code looked at the block ${what}: in a later block it may do something else, and then it changes nothing`);
}
