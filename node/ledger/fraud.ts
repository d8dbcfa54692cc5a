import { assert } from "../../lang/base/assert.ts";
import { compareBytes, equalBytes } from "../../lang/base/bytes.ts";
import type { Evidence, InvalidEvidence, KeyBlock, KeyBlockHeader, TwinEvidence } from "./block.ts";
import { keyBlockAt, type ChainEntry } from "./chain-view.ts";
import { checkCaps, checkDataBlockGap, checkEpoch, checkHeight, checkRulesVersion, type RuleContext } from "./checks.ts";
import { accusedEpoch, evidenceRootOf } from "./fraud-codec.ts";
import { dataBlockMessage } from "./header-codec.ts";
import { MAX_EVIDENCE, type LedgerParams } from "./params.ts";
import { ACCEPT, firstObjection, reject, type Verdict } from "./verdict.ts";

/**
 * Rules for proofs of fraud (G71). Evidence stands in key blocks: their miner is the reporter. It is taken
 * once for each epoch, within a window that closes before the epoch is paid. What needs the state, whether
 * a block was really invalid, is judged in judge-evidence.ts.
 */
export type FraudRules = Pick<RuleContext, "params" | "chain" | "verify">;

/** The evidence is what the header promises, little, in order, and against each leader once. */
export function checkEvidenceForm({ header, evidence }: KeyBlock): Verdict {
  if (evidence.length > MAX_EVIDENCE) return reject({ code: "LEDGER_EVIDENCE", reason: "too-many" });
  if (!equalBytes(header.evidenceRoot, evidenceRootOf(evidence))) return reject({ code: "LEDGER_MALFORMED", reason: "evidence differs from the header's" });
  const inOrder = evidence.every((one, index) => index === 0 || compareBytes(accusedEpoch(evidence[index - 1] as Evidence), accusedEpoch(one)) < 0);
  return inOrder ? ACCEPT : reject({ code: "LEDGER_EVIDENCE", reason: "duplicate" });
}

/** The accused led an epoch of this very branch, and not too long ago. `keyHeight` is that of the block that accuses. */
export function checkAccused(evidence: Evidence, keyHeight: bigint, parent: ChainEntry, { params, chain }: FraudRules): Verdict {
  const epoch = chain.entry(accusedEpoch(evidence));
  if (epoch?.header?.kind !== "key" || epoch.keyHeight > parent.keyHeight) return reject({ code: "LEDGER_EVIDENCE", reason: "other-branch" });
  if (!isRecent(epoch.keyHeight, keyHeight, params)) return reject({ code: "LEDGER_EVIDENCE", reason: "too-old" });
  const own = keyBlockAt(epoch.keyHeight, parent, chain);
  return equalBytes(own.id, epoch.id) ? ACCEPT : reject({ code: "LEDGER_EVIDENCE", reason: "other-branch" });
}

/** Whether a key block of `keyHeight` may still accuse the leader of the epoch that began at `epochKeyHeight`. */
export function isRecent(epochKeyHeight: bigint, keyHeight: bigint, params: LedgerParams): boolean {
  return keyHeight - epochKeyHeight <= params.fraudKeyBlocks;
}

/** Both headers carry the leader's signature; that they differ and share a parent the codec saw to. */
export function checkTwins(evidence: TwinEvidence, { verify, chain }: FraudRules): Verdict {
  const leader = leaderAccused(evidence, chain);
  const signed = [evidence.first, evidence.second].every((header) => verify(leader.leaderKey, dataBlockMessage(header), header.signature));
  return signed ? ACCEPT : reject({ code: "LEDGER_EVIDENCE", reason: "false" });
}

/** That the leader signed the header that is said to break a rule. */
export function checkInvalidSigned(evidence: InvalidEvidence, { verify, chain }: FraudRules): Verdict {
  const leader = leaderAccused(evidence, chain);
  return verify(leader.leaderKey, dataBlockMessage(evidence.header), evidence.header.signature) ? ACCEPT : reject({ code: "LEDGER_EVIDENCE", reason: "false" });
}

/** Rules that a header breaks by itself, whoever looks at it and whenever: neither the clock's nor the signature's. */
export function checkLastingHeaderRules({ header }: InvalidEvidence, parent: ChainEntry, params: LedgerParams): Verdict {
  return firstObjection([
    () => checkHeight(header, parent),
    () => checkEpoch(header, parent),
    () => checkRulesVersion(header, params),
    () => checkCaps(header, params),
    () => checkDataBlockGap(header, parent, params),
  ]);
}

/** Call only for accused that `checkAccused` found. */
function leaderAccused(evidence: Evidence, chain: FraudRules["chain"]): KeyBlockHeader {
  const header = chain.entry(accusedEpoch(evidence))?.header;
  assert(header?.kind === "key", "the accused was looked up before");
  return header;
}
