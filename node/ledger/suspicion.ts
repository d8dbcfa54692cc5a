import { equalBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import type { LedgerFault } from "../fault.ts";
import { packagesRootOf } from "./checks.ts";
import type { Block, DataBlock, DataBlockHeader, Evidence } from "./block.ts";
import { headerId } from "./header-codec.ts";
import type { BlockState, Executor, PackageFacts } from "./executor.ts";
import { checkInvalidSigned, checkTwins, type FraudRules } from "./fraud.ts";
import { accusedEpoch } from "./fraud-codec.ts";

/** What a block that was seen says against its leader. Suspicions are cheap; the evidence book judges them. */

/** Faults of a header by itself that are no stranger's doing if the signature turns out to be the leader's. */
const HEADER_FAULTS = new Set<LedgerFault["code"]>(["LEDGER_NOT_LEADER", "LEDGER_HEIGHT_GAP", "LEDGER_RULES", "LEDGER_TOO_LARGE", "LEDGER_ERG_CAP", "LEDGER_TIME"]);

/** Two data blocks on one parent, in the one order that evidence has. */
export function suspectTwins(header: DataBlockHeader, sibling: DataBlockHeader): Evidence {
  const [first, second] = Buffer.compare(headerId(header), headerId(sibling)) < 0 ? [header, sibling] : [sibling, header];
  return { kind: "twin", first, second };
}

/** A refused data block, if its header alone shows why. */
export function suspectHeader(block: Block, fault: LedgerFault): Evidence | undefined {
  if (!("packages" in block) || !HEADER_FAULTS.has(fault.code)) return undefined;
  return { kind: "invalid", header: block.header, packageIds: [], packages: [] };
}

/** A refused block is evidence if the leader signed these very packages; else somebody else spoiled it. */
export function suspectBody<S extends BlockState>(block: DataBlock, executor: Executor<S>): Evidence | undefined {
  const facts = factsOf(block, executor);
  if (facts === undefined || !equalBytes(packagesRootOf(block.packages, facts.map(({ packageId }) => packageId)), block.header.packagesRoot)) return undefined;
  return { kind: "invalid", header: block.header, packageIds: facts.map(({ packageId }) => packageId), packages: block.packages };
}

/** Whether the accused leader's key signed what speaks against it; false too when that epoch is not known. */
export function isSignedByAccused(suspicion: Evidence, rules: FraudRules): boolean {
  if (rules.chain.entry(accusedEpoch(suspicion))?.header?.kind !== "key") return false;
  return (suspicion.kind === "twin" ? checkTwins(suspicion, rules) : checkInvalidSigned(suspicion, rules)).kind === "accept";
}

/** Undefined when a package cannot be read: its id in the leader's root is then unknown to us. */
function factsOf<S extends BlockState>({ packages }: DataBlock, executor: Executor<S>): PackageFacts[] | undefined {
  try {
    return packages.map((bytes) => executor.facts(bytes));
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return undefined;
  }
}
