import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import type { PackageFault } from "../fault.ts";
import { encodeResult, packageLeaf } from "./block-codec.ts";
import { dataBlockMessage } from "./header-codec.ts";
import type { BlockHeader, DataBlock, DataBlockHeader, KeyBlockHeader, PackageResult } from "./block.ts";
import { recentKeyBlocks, workSample, type ChainEntry, type ChainView } from "./chain-view.ts";
import type { PackageFacts } from "./executor.ts";
import { merkleRoot } from "./merkle.ts";
import { KNOWN_RULES, MEDIAN_SPAN, RETARGET_WINDOW, rulesVersionAt, type LedgerParams } from "./params.ts";
import { medianTimeMs, meetsTarget, nextTarget } from "./retarget.ts";
import { ACCEPT, firstObjection, reject, type Verdict } from "./verdict.ts";

/**
 * The rules of Bitcoin-NG as we keep them, each a pure function that reads and writes nothing. A block
 * passes header rules when it arrives, body rules before it runs, result rules before it is stored.
 * Further reading: Eyal et al., Bitcoin-NG, NSDI 2016; facts of the project under "rules worth adopting".
 */
export interface RuleContext {
  readonly params: LedgerParams;
  readonly chain: ChainView;
  /** The own clock, only for the future limit. */
  readonly nowMs: number;
  /** The consensus rule for Ed25519 (node/crypto/ed25519.ts). */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  readonly isUsableKey: (publicKey: Uint8Array) => boolean;
}

/** Header rules of either kind, against the parent the header names. */
export function checkHeader(header: BlockHeader, context: RuleContext): Verdict {
  const parent = context.chain.entry(header.parentId);
  if (parent === undefined) return { kind: "orphan", missing: header.parentId };
  return header.kind === "key" ? checkKeyBlock(header, parent, context) : checkDataBlockHeader(header, parent, context);
}

/** Cheap checks first; the hash of the work stands before anything that reads far back. */
function checkKeyBlock(header: KeyBlockHeader, parent: ChainEntry, context: RuleContext): Verdict {
  return firstObjection([
    () => checkHeight(header, parent),
    () => checkKeyHeight(header, parent),
    () => checkRulesVersion(header, context.params),
    () => checkLeaderKey(header, context),
    () => checkWitness(header, context.params),
    () => checkWork(header, context.params),
    () => checkTarget(header, parent, context),
    () => checkMedianTime(header, parent, context.chain),
    () => checkFutureLimit(header, context),
  ]);
}

function checkDataBlockHeader(header: DataBlockHeader, parent: ChainEntry, context: RuleContext): Verdict {
  return firstObjection([
    () => checkHeight(header, parent),
    () => checkEpoch(header, parent),
    () => checkRulesVersion(header, context.params),
    () => checkCaps(header, context.params),
    () => checkDataBlockGap(header, parent, context.params),
    () => checkLeaderSignature(header, parent, context),
    () => checkFutureLimit(header, context),
  ]);
}

/** A block in the epoch that its parent is in, whose key block it names. */
export function checkEpoch(header: DataBlockHeader, parent: ChainEntry): Verdict {
  return equalBytes(header.keyBlockId, parent.keyBlockId) ? ACCEPT : reject({ code: "LEDGER_NOT_LEADER" });
}

/** One height counts both kinds of block without gaps. */
export function checkHeight(header: BlockHeader, parent: ChainEntry): Verdict {
  if (header.height === parent.height + 1n) return ACCEPT;
  return reject({ code: "LEDGER_HEIGHT_GAP", height: header.height, parentHeight: parent.height });
}

function checkKeyHeight(header: KeyBlockHeader, parent: ChainEntry): Verdict {
  if (header.keyHeight === parent.keyHeight + 1n) return ACCEPT;
  return reject({ code: "LEDGER_HEIGHT_GAP", height: header.keyHeight, parentHeight: parent.keyHeight });
}

/** R17: the version of the table, and one that this program knows. */
export function checkRulesVersion(header: BlockHeader, params: LedgerParams): Verdict {
  const needs = rulesVersionAt(params, header.height);
  if (header.rulesVersion === needs && needs <= KNOWN_RULES) return ACCEPT;
  return reject({ code: "LEDGER_RULES", found: header.rulesVersion, needs: Math.max(needs, header.rulesVersion) });
}

/** A leader key under which nobody could sign would make an epoch without data blocks by mistake. */
function checkLeaderKey(header: KeyBlockHeader, context: RuleContext): Verdict {
  return context.isUsableKey(header.leaderKey) ? ACCEPT : reject({ code: "LEDGER_MALFORMED", reason: "leader key" });
}

/** On a private network only the genesis' witnesses lead; elsewhere everybody may. */
function checkWitness(header: KeyBlockHeader, { leaderKeys }: LedgerParams): Verdict {
  if (leaderKeys.length === 0 || leaderKeys.some((key) => equalBytes(key, header.leaderKey))) return ACCEPT;
  return reject({ code: "LEDGER_NOT_WITNESS" });
}

/** The work is done for the header's target, and the target is not easier than the chain's easiest. */
export function checkWork(header: KeyBlockHeader, params: LedgerParams): Verdict {
  if (header.target > params.easiestTarget) return reject({ code: "LEDGER_WRONG_TARGET" });
  return meetsTarget(header) ? ACCEPT : reject({ code: "LEDGER_WEAK_WORK" });
}

/** The target is the one that the last key blocks of this very branch prescribe. */
function checkTarget(header: KeyBlockHeader, parent: ChainEntry, context: RuleContext): Verdict {
  const target = targetAfter(parent, context.chain, context.params);
  return header.target === target ? ACCEPT : reject({ code: "LEDGER_WRONG_TARGET" });
}

/** Later than the median of the last eleven: time moves on, whatever a few miners say. */
function checkMedianTime(header: KeyBlockHeader, parent: ChainEntry, chain: ChainView): Verdict {
  return header.timeMs > medianBefore(parent, chain) ? ACCEPT : reject({ code: "LEDGER_TIME", reason: "before-median" });
}

/** A block from the future is not wrong, it waits: the own clock may be the one that is off. */
function checkFutureLimit(header: BlockHeader, context: RuleContext): Verdict {
  const untilMs = header.timeMs - context.params.futureLimitMs;
  return untilMs <= BigInt(context.nowMs) ? ACCEPT : { kind: "early", untilMs };
}

/** Size and ERG caps as claimed; the body rules check that the claims are true. */
export function checkCaps(header: DataBlockHeader, params: LedgerParams): Verdict {
  if (header.sizeBytes > params.dataBlockSizeBytes) return reject({ code: "LEDGER_TOO_LARGE", limitBytes: params.dataBlockSizeBytes });
  if (header.ergUsed > params.dataBlockErg) return reject({ code: "LEDGER_ERG_CAP", limit: params.dataBlockErg });
  return ACCEPT;
}

/** Not before its parent, and one gap after the data block before it, whoever signed that. */
export function checkDataBlockGap(header: DataBlockHeader, parent: ChainEntry, params: LedgerParams): Verdict {
  return header.timeMs >= earliestDataTimeMs(parent, params) ? ACCEPT : reject({ code: "LEDGER_TIME", reason: "too-early" });
}

/** Only the leader of the running epoch signs data blocks; before the first key block nobody does. */
function checkLeaderSignature(header: DataBlockHeader, parent: ChainEntry, context: RuleContext): Verdict {
  const leader = leaderOf(parent, context.chain);
  if (leader === undefined) return reject({ code: "LEDGER_NOT_LEADER" });
  if (context.verify(leader.leaderKey, dataBlockMessage(header), header.signature)) return ACCEPT;
  return reject({ code: "LEDGER_BAD_SIGNATURE" });
}

/** The body is the one that the header promises, holds something, and nothing twice. `ids` in order of `packages`. */
export function checkDataBlockBody(block: DataBlock, ids: readonly Uint8Array[], params: LedgerParams): Verdict {
  const { header, packages } = block;
  if (packages.length === 0) return reject({ code: "LEDGER_EMPTY_BLOCK" });
  if (packages.length > params.dataBlockPackages) return reject({ code: "LEDGER_MALFORMED", reason: "too many packages" });
  const sizeBytes = packages.reduce((sum, bytes) => sum + bytes.length, 0);
  if (sizeBytes > params.dataBlockSizeBytes) return reject({ code: "LEDGER_TOO_LARGE", limitBytes: params.dataBlockSizeBytes });
  if (sizeBytes !== header.sizeBytes) return reject({ code: "LEDGER_MALFORMED", reason: "size differs from the header's" });
  if (new Set(ids.map(toHex)).size !== ids.length) return reject({ code: "LEDGER_MALFORMED", reason: "a package stands twice" });
  return checkRoot("packages", header.packagesRoot, packagesRootOf(packages, ids));
}

/** Every package may stand in a block of this height: big enough a price, not expired, within its own cap. */
export function checkPackageTerms(fact: PackageFacts, sizeBytes: number, height: bigint, index: number, params: LedgerParams): Verdict {
  const refuse = (reason: PackageFault): Verdict => reject({ code: "LEDGER_PACKAGE", index, reason });
  if (sizeBytes > params.packageSizeBytes) return refuse({ code: "PACKAGE_TOO_LARGE", limitBytes: params.packageSizeBytes });
  if (fact.ergPriceUnits < params.minErgPriceUnits) return refuse({ code: "PACKAGE_PRICE_TOO_LOW", leastUnits: params.minErgPriceUnits });
  if (fact.ergLimit > params.packageErg) return refuse({ code: "PACKAGE_ERG_CAP", limit: params.packageErg });
  if (height > fact.expiryHeight) return refuse({ code: "PACKAGE_EXPIRED", expiryHeight: fact.expiryHeight, height });
  return ACCEPT;
}

/**
 * What the code of a block's packages used so far is within the cap that bounds how long a block takes. What they cost
 * for being there is bounded by the block's size. Judged package by package, so that nothing behind the cap is run.
 */
export function checkCodeErg(codeErg: bigint, { dataBlockCodeErg }: LedgerParams): Verdict {
  return codeErg <= dataBlockCodeErg ? ACCEPT : reject({ code: "LEDGER_ERG_CAP", limit: dataBlockCodeErg });
}

/** What execution gave is what the header says. `encodedResults` for who has them at hand. */
export function checkResults(header: DataBlockHeader, results: readonly PackageResult[], stateRoot: Uint8Array, params: LedgerParams, encodedResults: readonly Uint8Array[] = results.map(encodeResult)): Verdict {
  const ergUsed = results.reduce((sum, result) => sum + result.ergUsed, 0n);
  if (ergUsed > params.dataBlockErg) return reject({ code: "LEDGER_ERG_CAP", limit: params.dataBlockErg });
  if (ergUsed !== header.ergUsed) return reject({ code: "LEDGER_MALFORMED", reason: "ERG used differs from the header's" });
  return firstObjection([
    () => checkRoot("receipts", header.receiptsRoot, merkleRoot(encodedResults)),
    () => checkRoot("state", header.stateRoot, stateRoot),
  ]);
}

/** That a root in a header is the one that execution gives. */
export function checkRoot(which: "state" | "packages" | "receipts", claimed: Uint8Array, computed: Uint8Array): Verdict {
  return equalBytes(claimed, computed) ? ACCEPT : reject({ code: "LEDGER_ROOT", which });
}

/** Target that a key block on `parent` must carry. */
export function targetAfter(parent: ChainEntry, chain: ChainView, params: LedgerParams): bigint {
  return nextTarget(recentKeyBlocks(parent, RETARGET_WINDOW + 1, chain).map(workSample), params);
}

/** Time that a key block on `parent` must exceed; the genesis counts while there are fewer than eleven. */
export function medianBefore(parent: ChainEntry, chain: ChainView): bigint {
  const keys = recentKeyBlocks(parent, MEDIAN_SPAN, chain);
  return keys.length === 0 ? parent.timeMs : medianTimeMs(keys.map((key) => key.timeMs));
}

/** Least time of a data block on `parent`. */
export function earliestDataTimeMs(parent: ChainEntry, params: LedgerParams): bigint {
  const afterGap = parent.lastDataTimeMs === 0n ? 0n : parent.lastDataTimeMs + params.dataBlockGapMs;
  return afterGap > parent.timeMs ? afterGap : parent.timeMs;
}

/** The key block header whose key signs data blocks on `parent`; undefined before the first. */
export function leaderOf(parent: ChainEntry, chain: ChainView): KeyBlockHeader | undefined {
  const header = chain.entry(parent.keyBlockId)?.header;
  return header?.kind === "key" ? header : undefined;
}

/** Over the ids and bytes of a block's packages, in their order. */
export function packagesRootOf(packages: readonly Uint8Array[], ids: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(packages.map((bytes, i) => packageLeaf(ids[i] as Uint8Array, bytes)));
}

/** Over the results of a block's packages, in their order. */
export function receiptsRootOf(results: readonly PackageResult[]): Uint8Array {
  return merkleRoot(results.map(encodeResult));
}
