import { assert } from "../../lang/base/assert.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { PackageFault } from "../fault.ts";
import type { BatchPart } from "../ports.ts";
import type { Block, DataBlock, KeyBlockHeader, PackageResult } from "./block.ts";
import { keyBlockAt, type ChainEntry } from "./chain-view.ts";
import { checkCodeErg, checkDataBlockBody, checkPackageTerms, checkResults, checkRoot, leaderOf, type RuleContext } from "./checks.ts";
import type { ChainStore } from "./chain-store.ts";
import type { BlockContext, BlockState, Executor, PackageFacts, StateStore } from "./executor.ts";
import { rulesVersionAt, type LedgerParams } from "./params.ts";
import { applyPayouts, maturingEpoch, payoutsOf, type Payout } from "./rewards.ts";
import { reject, type Refusal, type Verdict } from "./verdict.ts";

/** Runs a block on the newest state. Nothing is stored; the outcome says what to store. */
export interface LedgerMachine<S extends BlockState = BlockState> {
  readonly params: LedgerParams;
  readonly chainId: Uint8Array;
  readonly store: ChainStore;
  readonly states: StateStore<S>;
  readonly executor: Executor<S>;
  readonly rule: SignatureRule;
}
export type SignatureRule = Pick<RuleContext, "verify" | "isUsableKey">;
export interface BlockRun {
  readonly results: readonly PackageResult[];
  readonly epochFeesUnits: bigint;
  readonly stateRoot: Uint8Array;
  readonly stateOperations: readonly BatchPart[];
  /** The results as they are stored, where whoever ran them has encoded them. */
  readonly encodedResults?: readonly Uint8Array[];
}
export type RunOutcome = { readonly kind: "ran"; readonly run: BlockRun } | Refusal;

/**
 * Runs `block` on `parent`, the newest, and judges its roots. A data block may stand on one that `runsAhead` ran
 * and that is still being written; `unwritten` says when it is.
 */
export async function runBlock<S extends BlockState>(block: Block, parent: ChainEntry, machine: LedgerMachine<S>, unwritten?: Promise<void>): Promise<RunOutcome> {
  if ("packages" in block) return runDataBlock(block, parent, machine, unwritten);
  const run = runKeyBlock(block.header, parent, machine);
  return outcomeOf(checkRoot("state", block.header.stateRoot, run.stateRoot), run);
}

/** A key block's only effect on the state: it pays the epoch that matures with it. */
export function runKeyBlock<S extends BlockState>(header: Pick<KeyBlockHeader, "height" | "keyHeight">, parent: ChainEntry, machine: LedgerMachine<S>): BlockRun {
  const state = machine.states.begin(parent);
  applyPayouts(payoutsAt(header.keyHeight, parent, machine), state);
  const { stateRoot, operations } = state.finish(header.height);
  return { results: [], epochFeesUnits: 0n, stateRoot, stateOperations: operations };
}

/** What the key block of this key height on `parent` pays. */
function payoutsAt<S extends BlockState>(keyHeight: bigint, parent: ChainEntry, machine: LedgerMachine<S>): Payout[] {
  const epoch = maturingEpoch(keyHeight, machine.params);
  if (epoch === undefined) return [];
  const key = keyBlockAt(epoch, parent, machine.store);
  const next = keyBlockAt(epoch + 1n, parent, machine.store);
  const feesUnits = machine.store.epochFees(next.parentId);
  assert(key.header?.kind === "key" && next.header?.kind === "key", "epochs begin with key blocks");
  if (feesUnits === undefined) throw machine.store.damaged(`fees of epoch ${epoch}`);
  const leaderReporter = machine.store.punishment(key.id)?.reporter;
  const nextReporter = machine.store.punishment(next.id)?.reporter;
  return payoutsOf({
    leaderDomain: key.header.rewardDomain, nextLeaderDomain: next.header.rewardDomain, feesUnits,
    ...(leaderReporter !== undefined && { leaderReporter }), ...(nextReporter !== undefined && { nextReporter }),
  }, machine.params);
}

async function runDataBlock<S extends BlockState>(block: DataBlock, parent: ChainEntry, machine: LedgerMachine<S>, unwritten: Promise<void> | undefined): Promise<RunOutcome> {
  const ran = machine.executor.runBatch === undefined ? await runOneByOne(block, parent, machine) : await runAtOnce(block, parent, machine, unwritten);
  if ("kind" in ran) return ran;
  const { results, encodedResults, stateRoot, operations } = ran;
  const run = { results, epochFeesUnits: epochFees(parent, results, machine.store), stateRoot, stateOperations: operations, ...(encodedResults !== undefined && { encodedResults }) };
  return outcomeOf(checkResults(block.header, results, stateRoot, machine.params, encodedResults), run);
}

interface RanPackages {
  readonly results: readonly PackageResult[];
  readonly encodedResults?: readonly Uint8Array[];
  readonly stateRoot: Uint8Array;
  readonly operations: readonly BatchPart[];
}

async function runOneByOne<S extends BlockState>(block: DataBlock, parent: ChainEntry, machine: LedgerMachine<S>): Promise<RanPackages | Refusal> {
  const state = machine.states.begin(parent);
  const results = await runPackages(block, parent, state, machine);
  return Array.isArray(results) ? { results, ...state.finish(block.header.height) } : results;
}

async function runAtOnce<S extends BlockState>({ header, packages }: DataBlock, parent: ChainEntry, { executor, ...machine }: LedgerMachine<S>, unwritten: Promise<void> | undefined): Promise<RanPackages | Refusal> {
  assert(executor.runBatch !== undefined, "the caller looked");
  const { verdicts, encodedResults, stateRoot, operations } = await executor.runBatch({ packages, context: blockContext(header, parent, { executor, ...machine }), base: parent, unwritten });
  const results: PackageResult[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.kind === "refused") return reject({ code: "LEDGER_PACKAGE", index, reason: verdict.fault });
    if (verdict.kind === "over-cap") return reject({ code: "LEDGER_ERG_CAP", limit: machine.params.dataBlockCodeErg });
    assert(verdict.kind === "executed", "only a block in the making leaves packages out");
    results.push(verdict.result);
  }
  return { results, encodedResults, stateRoot, operations };
}

/** Runs a block again on its parent, any block of the main chain whose state is kept, and judges what it claims. */
export async function replayDataBlock<S extends BlockState>(block: DataBlock, parent: ChainEntry, machine: LedgerMachine<S>): Promise<Verdict> {
  const state = machine.states.begin(parent);
  const results = await runPackages(block, parent, state, machine);
  return Array.isArray(results) ? checkResults(block.header, results, state.root(), machine.params) : results;
}

/** Results in order of the packages, or why the block may not hold one of them. */
async function runPackages<S extends BlockState>({ header, packages }: DataBlock, parent: ChainEntry, state: S, machine: LedgerMachine<S>): Promise<PackageResult[] | Refusal> {
  const context = blockContext(header, parent, machine);
  const results: PackageResult[] = [];
  let codeErg = 0n;
  for (const [index, bytes] of packages.entries()) {
    const verdict = await machine.executor.execute(bytes, context, state);
    if (verdict.kind === "refused") return reject({ code: "LEDGER_PACKAGE", index, reason: verdict.fault });
    codeErg += verdict.codeErg;
    const within = checkCodeErg(codeErg, machine.params);
    if (within.kind !== "accept") return within;
    results.push(verdict.result);
  }
  return results;
}

/**
 * That the body is the one which the leader signed, for a block that runs next: what its packages say by
 * themselves is judged again when they run, off the main loop.
 */
export function checkBodyToRun<S extends BlockState>(block: DataBlock, machine: LedgerMachine<S>): Verdict {
  const { executor } = machine;
  if (executor.runBatch === undefined || executor.idOf === undefined) return checkBody(block, machine);
  const ids: Uint8Array[] = [];
  for (const [index, bytes] of block.packages.entries()) {
    const id = readOr(() => executor.idOf?.(bytes) ?? executor.facts(bytes).packageId);
    if ("code" in id) return reject({ code: "LEDGER_PACKAGE", index, reason: id });
    ids.push(id);
  }
  return checkDataBlockBody(block, ids, machine.params);
}

/** Body rules that need no state: facts are read from each package, then judged. */
export function checkBody<S extends BlockState>(block: DataBlock, machine: LedgerMachine<S>): Verdict {
  const facts: PackageFacts[] = [];
  for (const [index, bytes] of block.packages.entries()) {
    const fact = readOr(() => machine.executor.facts(bytes));
    if ("code" in fact) return reject({ code: "LEDGER_PACKAGE", index, reason: fact });
    const terms = checkPackageTerms(fact, bytes.length, block.header.height, index, machine.params);
    if (terms.kind !== "accept") return terms;
    facts.push(fact);
  }
  return checkDataBlockBody(block, facts.map(({ packageId }) => packageId), machine.params);
}

/** What packages of this block may know; the same for who makes it and who verifies it. */
export function blockContext<S extends BlockState>(header: { readonly height: bigint; readonly timeMs: bigint }, parent: ChainEntry, machine: LedgerMachine<S>): BlockContext {
  const leader = leaderOf(parent, machine.store);
  assert(leader !== undefined, "data blocks stand in an epoch");
  return { height: header.height, timeMs: header.timeMs, rulesVersion: rulesVersionAt(machine.params, header.height), chainId: machine.chainId, leaderDomain: leader.rewardDomain };
}

/** Fees of the epoch up to and with a block of these results on `parent`. */
export function epochFees(parent: ChainEntry, results: readonly PackageResult[], store: ChainStore): bigint {
  const before = store.epochFees(parent.id);
  if (before === undefined) throw store.damaged(`results of block at height ${parent.height}`);
  return results.reduce((sum, result) => sum + result.feeUnits, before);
}

function readOr<T>(read: () => T): T | PackageFault {
  try {
    return read();
  } catch (error) {
    if (!isFaultError(error)) throw error;
    // The executor's faults are PACKAGE_*; a codec fault below it says the same: malformed.
    return error.fault.code.startsWith("PACKAGE_") ? (error.fault as PackageFault) : { code: "PACKAGE_MALFORMED", reason: error.fault.code };
  }
}

function outcomeOf(verdict: Verdict, run: BlockRun): RunOutcome {
  return verdict.kind === "accept" ? { kind: "ran", run } : verdict;
}
