import { equalBytes } from "../../lang/base/bytes.ts";
import { packageLeaf } from "./block-codec.ts";
import type { Evidence, InvalidEvidence, KeyBlock } from "./block.ts";
import type { ChainEntry } from "./chain-view.ts";
import type { BlockState } from "./executor.ts";
import { checkAccused, checkInvalidSigned, checkLastingHeaderRules, checkTwins } from "./fraud.ts";
import { accusedEpoch } from "./fraud-codec.ts";
import { merkleRoot } from "./merkle.ts";
import { checkBody, replayDataBlock, type LedgerMachine } from "./run-block.ts";
import { ACCEPT, reject, type Verdict } from "./verdict.ts";

/**
 * Judges all evidence of a key block on `parent`, the head. Changes nothing. Of a block from before the snapshot that a
 * node began with, it believes the chain: the work on that key block is what it has the snapshot from as well.
 */
export async function judgeEvidence<S extends BlockState>({ header, evidence }: KeyBlock, parent: ChainEntry, machine: LedgerMachine<S>): Promise<Verdict> {
  for (const one of evidence) {
    const verdict = await judgeOne(one, header, parent, machine);
    const isBelieved = verdict.kind === "reject" && verdict.fault.code === "LEDGER_EVIDENCE" && verdict.fault.reason === "not-kept";
    if (verdict.kind !== "accept" && !isBelieved) return verdict;
  }
  return ACCEPT;
}

/** Whether a key block of these heights on `parent`, the head, may bring this evidence. */
export async function judgeOne<S extends BlockState>(evidence: Evidence, at: { readonly height: bigint; readonly keyHeight: bigint }, parent: ChainEntry, machine: LedgerMachine<S>): Promise<Verdict> {
  const rules = { params: machine.params, chain: machine.store, verify: machine.rule.verify };
  const accused = checkAccused(evidence, at.keyHeight, parent, rules);
  if (accused.kind !== "accept") return accused;
  if (machine.store.punishment(accusedEpoch(evidence)) !== undefined) return reject({ code: "LEDGER_EVIDENCE", reason: "duplicate" });
  if (evidence.kind === "twin") return checkTwins(evidence, rules);
  const signed = checkInvalidSigned(evidence, rules);
  return signed.kind === "accept" ? judgeInvalid(evidence, at.height, machine) : signed;
}

/** Runs the accused block once more where it stood. It is fraud only if it breaks a rule there. */
async function judgeInvalid<S extends BlockState>(evidence: InvalidEvidence, height: bigint, machine: LedgerMachine<S>): Promise<Verdict> {
  const { header } = evidence;
  const parent = machine.store.entry(header.parentId);
  if (parent === undefined || !machine.store.isOnMainChain(parent)) return reject({ code: "LEDGER_EVIDENCE", reason: "other-branch" });
  // Every node must be able to read the state there, however much it keeps.
  if (height - parent.height > machine.params.evidenceBlocks) return reject({ code: "LEDGER_EVIDENCE", reason: "too-old" });
  if (checkLastingHeaderRules(evidence, parent, machine.params).kind === "reject") return ACCEPT;
  if (parent.height < machine.store.baseHeight()) return reject({ code: "LEDGER_EVIDENCE", reason: "not-kept" });
  const isProved = bodyIsTheirs(evidence) && (await breaksBodyRules(evidence, parent, machine));
  return isProved ? ACCEPT : reject({ code: "LEDGER_EVIDENCE", reason: "false" });
}

/** The leader signed these packages, under these ids: the reporter changed nothing. */
function bodyIsTheirs({ header, packageIds, packages }: InvalidEvidence): boolean {
  return equalBytes(header.packagesRoot, merkleRoot(packages.map((bytes, index) => packageLeaf(packageIds[index] ?? new Uint8Array(0), bytes))));
}

async function breaksBodyRules<S extends BlockState>({ header, packageIds, packages }: InvalidEvidence, parent: ChainEntry, machine: LedgerMachine<S>): Promise<boolean> {
  const block = { header, packages };
  if (checkBody(block, machine).kind !== "accept") return true;
  const sameIds = packages.every((bytes, index) => equalBytes(machine.executor.facts(bytes).packageId, packageIds[index] ?? new Uint8Array(0)));
  return !sameIds || (await replayDataBlock(block, parent, machine)).kind === "reject";
}
