import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../fault.ts";
import { fleetingResult } from "../ledger/block-codec.ts";
import { checkCodeErg } from "../ledger/checks.ts";
import type { BatchVerdict, ExecutionVerdict, FillLimits, StateBase } from "../ledger/executor.ts";
import type { LedgerParams } from "../ledger/params.ts";
import { RealmState } from "../ledger/realm-states.ts";
import { decodeSignedPackage } from "../package/body-codec.ts";
import { executePackage, flatErg } from "../package/execute.ts";
import { verifyPackageSignatures } from "../package/signing.ts";
import { Realm } from "../state/realm.ts";
import { writesIn } from "../state/block-writes.ts";
import type { StateReader } from "../state/versioned.ts";
import type { AheadDisk } from "../store/ahead-disk.ts";
import { BASE_MISSING, type BlockJob, type BlockReply, type VerifyJob, type VerifyReply } from "./jobs.ts";
import { ListPacker, unpackList } from "./packed.ts";

export interface BlockRunnerParts {
  readonly reader: StateReader;
  readonly params: LedgerParams;
  readonly disk: AheadDisk | undefined;
}

/**
 * Runs all packages of a block in order and works out root and writes, in one job. Signatures are checked
 * by other workers at the same time: an execution that turns out to be of a forged package is thrown away.
 *
 * What a block wrote is remembered until the next one says whether it stands on it; so a row of blocks
 * reads from the store only what none of them has touched, and need not wait until it is written.
 */
export function createBlockRunner({ reader, params, disk }: BlockRunnerParts): (job: BlockJob) => BlockReply | typeof BASE_MISSING {
  let last: RanBlock | undefined;
  /** What the reader was told last. */
  let told: StateBase | undefined;
  /** Of the operations of the last block: the next will have about as many. */
  let sizeBytes = 0;

  /** True if the reader knows all that the job stands on. */
  function standOn({ base, ahead }: BlockJob, disk: AheadDisk): boolean {
    const known = last !== undefined && isBase(last, base) ? last : undefined;
    // A block that was run and told, and then could not be written, must not be remembered.
    if (told !== undefined && base.height <= told.height && !isBase(told, base)) reader.forget();
    if (known !== undefined) {
      reader.advance(known.height, writesIn(known.operations));
      told = base;
    }
    if (!ahead) disk.drop();
    return known !== undefined || !ahead;
  }

  return (job) => {
    assert(disk !== undefined, "workers of the ledger have the store");
    if (!standOn(job, disk)) return BASE_MISSING;
    last = undefined;
    const state = new RealmState(Realm.at(reader, job.base), disk, params.historyBlocks);
    const outcomes = new Outcomes();
    if (job.fill !== undefined) fillBlock({ ...job, fill: job.fill }, state, params, outcomes);
    else if (!runAll(job, state, params, outcomes)) return replyOf(outcomes, job.base.stateRoot, new Uint8Array(0));
    const { stateRoot, operations } = state.finishPacked(job.context.height, sizeBytes + (sizeBytes >>> 3));
    sizeBytes = operations.length;
    last = { height: job.context.height, stateRoot, operations: disk.hold(operations) };
    return replyOf(outcomes, stateRoot, operations);
  };
}

function isBase(a: StateBase, b: StateBase): boolean {
  return a.height === b.height && equalBytes(a.stateRoot, b.stateRoot);
}

function replyOf({ verdicts, results }: Outcomes, stateRoot: Uint8Array, operations: Uint8Array<ArrayBuffer>): BlockReply {
  return { verdicts, results: results.finish(), stateRoot, operations };
}

/** What became of each package. Results are bytes at once: ten thousands of objects that live until the block is done cost the collector more than making them. */
class Outcomes {
  readonly verdicts: BlockReply["verdicts"][number][] = [];
  readonly results = new ListPacker();

  add(verdict: BatchVerdict): void {
    if (verdict.kind === "executed") this.results.add(fleetingResult(verdict.result));
    this.verdicts.push(verdict.kind === "executed" ? "executed" : verdict);
  }
}

interface RanBlock extends StateBase {
  /** Where the disk holds them. */
  readonly operations: Uint8Array;
}

/** Up to the first that may not stand in a block, and false if there is one: what a leader puts behind the cap costs nobody time. */
function runAll(job: BlockJob, state: RealmState, params: LedgerParams, outcomes: Outcomes): boolean {
  let codeErg = 0n;
  for (const bytes of unpackList(job.packages)) {
    const verdict = runOne(bytes, job, state, params);
    if (verdict.kind === "executed") codeErg += verdict.codeErg;
    const isWithin = checkCodeErg(codeErg, params).kind === "accept";
    outcomes.add(isWithin ? verdict : { kind: "over-cap" });
    if (verdict.kind === "refused" || !isWithin) return false;
  }
  return true;
}

/** As many as the caps allow; of a domain none after one that was left out. Reckons with whole ERG limits. */
function fillBlock(job: BlockJob & { readonly fill: FillLimits }, state: RealmState, params: LedgerParams, outcomes: Outcomes): void {
  const { fill } = job;
  const leftOut = new Set<string>();
  let [ergUsed, codeErg, sizeBytes, count] = [0n, 0n, 0, 0];
  for (const bytes of unpackList(job.packages)) {
    const { body } = decodeSignedPackage(bytes);
    const domain = toHex(body.domain);
    const codeLimit = body.ergLimit - flatErg(body, bytes.length);
    const fits = count < fill.packages && sizeBytes + bytes.length <= fill.sizeBytes && ergUsed + body.ergLimit <= fill.erg && codeErg + codeLimit <= fill.codeErg;
    const verdict: ExecutionVerdict | { readonly kind: "left-out" } = fits && !leftOut.has(domain) ? runOne(bytes, job, state, params) : { kind: "left-out" };
    outcomes.add(verdict);
    if (verdict.kind !== "executed") {
      leftOut.add(domain);
      continue;
    }
    count++;
    ergUsed += verdict.result.ergUsed;
    codeErg += verdict.codeErg;
    sizeBytes += bytes.length;
  }
}

function runOne(bytes: Uint8Array, { context }: BlockJob, { realm, trace }: RealmState, params: LedgerParams): ExecutionVerdict {
  const signed = readSigned(bytes);
  if ("code" in signed) return { kind: "refused", fault: signed };
  const ran = executePackage(signed, bytes.length, context, params, realm);
  if (ran.trace !== undefined) trace.add(ran.trace);
  return ran.verdict;
}

/** The first package of the list whose signatures are not what they should be. */
export function verifyJob({ packages }: VerifyJob): VerifyReply {
  for (const [index, bytes] of unpackList(packages).entries()) {
    const fault = forgeryOf(bytes);
    if (fault !== undefined) return { forged: { index, fault } };
  }
  return { forged: undefined };
}

function forgeryOf(bytes: Uint8Array): PackageFault | undefined {
  const signed = readSigned(bytes);
  return "code" in signed ? signed : verifyPackageSignatures(signed);
}

/** A leader may have signed a block that holds anything. */
function readSigned(bytes: Uint8Array): ReturnType<typeof decodeSignedPackage> | PackageFault {
  try {
    return decodeSignedPackage(bytes);
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return error.fault.code.startsWith("PACKAGE_") ? (error.fault as PackageFault) : { code: "PACKAGE_MALFORMED", reason: error.fault.code };
  }
}
