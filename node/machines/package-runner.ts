import type { LedgerParams } from "../ledger/params.ts";
import { decodeSignedPackage } from "../package/body-codec.ts";
import { executePackage, type Execution } from "../package/execute.ts";
import { verifyPackageSignatures } from "../package/signing.ts";
import { absorb, nestedRealm } from "../state/nested-realm.ts";
import { decodeRealm, encodeRealm } from "../state/realm-codec.ts";
import type { Realm } from "../state/realm.ts";
import type { StateReader } from "../state/versioned.ts";
import type { PackageJob, PackageReply } from "./jobs.ts";

/**
 * Runs packages for blocks. The block's realm is kept from one package to the next, so only the first
 * package of a block brings it along.
 */
export function createPackageRunner({ reader, params }: { readonly reader: StateReader; readonly params: LedgerParams }): (job: PackageJob) => PackageReply {
  let held: { readonly key: string; readonly version: number; readonly realm: Realm } | undefined;
  return ({ block, signedPackage, context }) => {
    const known = held?.key === block.key && held.version === block.version ? held.realm : undefined;
    const realm = known ?? decodeRealm(block.realm ?? new Uint8Array(0), reader);
    const changes = nestedRealm(realm);
    const signed = decodeSignedPackage(signedPackage);
    const forged = verifyPackageSignatures(signed);
    const { verdict, trace }: Execution = forged === undefined ? executePackage(signed, signedPackage.length, context, params, changes) : { verdict: { kind: "refused", fault: forged } };
    if (verdict.kind === "executed") absorb(realm, changes);
    held = { key: block.key, version: block.version + 1, realm };
    return { verdict, trace, realm: encodeRealm(verdict.kind === "executed" ? changes : nestedRealm(realm)) };
  };
}
