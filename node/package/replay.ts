import { equalBytes } from "../../lang/base/bytes.ts";
import type { PackageFault } from "../fault.ts";
import type { BaseState } from "../state/base-state.ts";
import { Realm } from "../state/realm.ts";
import type { PackageBody, PackageSignature } from "./body.ts";
import { encodeSignedPackage } from "./body-codec.ts";
import { checkFee, checkKeys, checkNonce } from "./check-package.ts";
import { bindingHash } from "./effect-codec.ts";
import { checkIntrinsic, readPrograms, runBody } from "./execute.ts";
import { quorumOf } from "./signing.ts";

/** A package that may wait longer could be held back and used when its signer has forgotten it. Blocks. */
const MOST_EXPIRY_BLOCKS = 10_000n;
/** ERG limit above what the code used, in percent and at least: more than an honest node ever adds. */
const MOST_MARGIN_PERCENT = 25n;
const MOST_MARGIN_ERG = 10_000n;

/**
 * Runs a package on a state as a block would, and says how it differs from what its body and the node claim: keys,
 * nonce, funds, expiry, outcome, effect, cost. Undefined if all is as claimed. Faults of a state that proves too
 * little come as PACKAGE_UNPROVED.
 */
export function replay(body: PackageBody, state: BaseState, claimed: { readonly ergUsed?: bigint; readonly timeMs?: bigint }): PackageFault | undefined {
  const height = state.height + 1n;
  const realm = new Realm(state);
  const domain = (address: Uint8Array): ReturnType<typeof realm.domain> => realm.domain(address);
  const sizeBytes = signedSize(body);
  const refusal = checkExpiry(body, height) ?? checkKeys(body, domain, height) ?? checkNonce(body, domain) ?? checkFee(body, domain) ?? checkIntrinsic(body, sizeBytes);
  if (refusal !== undefined) return refusal;
  const programs = readPrograms(body);
  if ("code" in programs) return programs;
  const context = { height, timeMs: claimed.timeMs ?? 0n, rulesVersion: body.rulesVersion, chainId: body.chainId, leaderDomain: new Uint8Array(20) };
  const run = runBody(body, sizeBytes, context, realm, programs);
  if (run.fault?.code === "PACKAGE_UNPROVED") return run.fault as PackageFault;
  if (run.outcome.kind !== "done") return { code: "PACKAGE_DIFFERS", field: `outcome: the code ends as ${run.outcome.kind}` };
  if (body.mode === "strict" && !isBound(bindingHash(run.effect), body.effectHash)) return { code: "PACKAGE_DIFFERS", field: "effect of the code" };
  return checkCost(body, run.ergUsed, claimed.ergUsed);
}

function checkExpiry({ expiryHeight }: PackageBody, height: bigint): PackageFault | undefined {
  if (expiryHeight < height) return { code: "PACKAGE_EXPIRED", expiryHeight, height };
  return expiryHeight > height + MOST_EXPIRY_BLOCKS ? { code: "PACKAGE_DIFFERS", field: "expiry" } : undefined;
}

function checkCost({ ergLimit }: PackageBody, ergUsed: bigint, claimedErg: bigint | undefined): PackageFault | undefined {
  const share = (ergUsed * MOST_MARGIN_PERCENT) / 100n;
  if (ergLimit > ergUsed + (share > MOST_MARGIN_ERG ? share : MOST_MARGIN_ERG)) return { code: "PACKAGE_DIFFERS", field: "ERG limit" };
  return claimedErg === undefined || claimedErg === ergUsed ? undefined : { code: "PACKAGE_DIFFERS", field: "cost" };
}

function isBound(hash: Uint8Array | undefined, expected: Uint8Array): boolean {
  return hash !== undefined && equalBytes(hash, expected);
}

/** Size of the body with its signatures, which do not exist yet but have a known size, whoever makes them. */
export function signedSize(body: PackageBody): number {
  const of = (role: PackageSignature["role"]): readonly PackageSignature[] =>
    Array.from({ length: quorumOf(body, role)?.needed ?? 0 }, (_, i) => ({ role, publicKey: new Uint8Array(32).fill(i), scheme: "sshsig", signature: new Uint8Array(64) }));
  return encodeSignedPackage({ body, signatures: [...of("signer"), ...of("payer")] }).length;
}
