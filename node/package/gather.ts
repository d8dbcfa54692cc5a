import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { PackageFault, SignFault } from "../fault.ts";
import { domainOfKey, encodeAddress } from "../state/address.ts";
import type { PackageBody, PackageSignature } from "./body.ts";
import { holds, quorumOf, withSignature, wrongSignature, type SignaturesOf } from "./signing.ts";

/** Signatures of several people over one body, which come one by one and in any order. */

const ROLES = ["signer", "payer"] as const;

/**
 * The signatures with one more, in each role (of `among`) that its key may sign in. One that adds nothing is refused by name.
 * Faults: PACKAGE_WRONG_KEY, PACKAGE_BAD_SIGNATURE, SIGN_TWICE, SIGN_ENOUGH.
 */
export function addSignature(to: SignaturesOf, added: Omit<PackageSignature, "role">, among: readonly PackageSignature["role"][] = ROLES): readonly PackageSignature[] {
  const roles = among.filter((role) => holds(quorumOf(to.body, role)?.keys ?? [], added.publicKey));
  const key = encodeAddress(domainOfKey(added.publicKey));
  if (roles.length === 0) throw new FaultError<PackageFault>({ code: "PACKAGE_WRONG_KEY", key });
  const signatures = roles.map((role) => ({ role, ...added }));
  if (wrongSignature({ ...to, signatures }) !== undefined) throw new FaultError<PackageFault>({ code: "PACKAGE_BAD_SIGNATURE", key });
  const isNew = signatures.filter(({ role }) => !to.signatures.some((one) => one.role === role && equalBytes(one.publicKey, added.publicKey)));
  if (isNew.length === 0) throw new FaultError<SignFault>({ code: "SIGN_TWICE", key });
  const wanted = isNew.filter(({ role }) => missingOf(to.body, to.signatures, role) > 0);
  if (wanted.length === 0) throw new FaultError<SignFault>({ code: "SIGN_ENOUGH" });
  return wanted.reduce<readonly PackageSignature[]>(withSignature, to.signatures);
}

/** How many more signatures the package needs, in both roles together. */
export function missingSignatures(body: PackageBody, signatures: readonly PackageSignature[]): number {
  return ROLES.reduce((sum, role) => sum + missingOf(body, signatures, role), 0);
}

/** How many more are needed in one role. */
export function missingOf(body: PackageBody, signatures: readonly PackageSignature[], role: PackageSignature["role"]): number {
  return (quorumOf(body, role)?.needed ?? 0) - signatures.filter((one) => one.role === role).length;
}
