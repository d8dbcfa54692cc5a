import { equalBytes } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import type { PackageTrace } from "../../node/explorer/block-trace.ts";
import type { PackageFault } from "../../node/fault.ts";
import type { BlockContext, ExecutionVerdict, Executor, PackageFacts } from "../../node/ledger/executor.ts";
import type { RealmState } from "../../node/ledger/realm-states.ts";
import { effectOf } from "../../node/package/effect-of.ts";
import { encodeEffect } from "../../node/package/effect-codec.ts";
import { payCoins } from "../../node/state/coins.ts";
import { absorb, nestedRealm } from "../../node/state/nested-realm.ts";
import { burnCoins, claimNick, dropNick } from "../../node/state/nicks.ts";
import { changesOf } from "../../node/state/realm-changes.ts";
import type { Realm } from "../../node/state/realm.ts";

/**
 * The smallest packages a ledger can run: transfers without signatures, on the real state. Tests of the
 * ledger use them to stay independent of the language; rules about packages have their own tests.
 */
export interface Transfer {
  readonly from: Uint8Array;
  readonly nonce: bigint;
  readonly to: Uint8Array;
  readonly units: bigint;
  readonly ergPriceUnits: bigint;
  readonly expiryHeight: bigint;
}
export const TRANSFER_ERG = 100n;
/** Coins sent there are burnt by the sender. */
export const BURN = new Uint8Array(20);
/** Coins sent there stay where they are: how many whole ones says which nick the sender takes, none that he drops his. */
export const NICK = new Uint8Array(20).fill(1);
const COIN = 10n ** 18n;

export function encodeTransfer(transfer: Transfer): Uint8Array {
  return encodeRlp([transfer.from, numberItem(transfer.nonce), transfer.to, numberItem(transfer.units), numberItem(transfer.ergPriceUnits), numberItem(transfer.expiryHeight)]);
}

export class TransferExecutor implements Executor<RealmState> {
  facts(bytes: Uint8Array): PackageFacts {
    const transfer = readTransfer(bytes);
    return { packageId: sha256(bytes), domain: transfer.from, nonce: transfer.nonce, ergPriceUnits: transfer.ergPriceUnits, ergLimit: TRANSFER_ERG, codeErgLimit: TRANSFER_ERG, expiryHeight: transfer.expiryHeight };
  }

  objection(bytes: Uint8Array, _height: bigint, state: RealmState): PackageFault | undefined {
    const transfer = readTransfer(bytes);
    const haveUnits = state.balanceUnits(transfer.from);
    const needUnits = TRANSFER_ERG * transfer.ergPriceUnits;
    return haveUnits < needUnits ? { code: "PACKAGE_CANNOT_PAY", haveUnits, needUnits } : undefined;
  }

  async execute(bytes: Uint8Array, _context: BlockContext, state: RealmState): Promise<ExecutionVerdict> {
    const transfer = readTransfer(bytes);
    const fee = TRANSFER_ERG * transfer.ergPriceUnits;
    const expected = state.nonceOf(transfer.from) + 1n;
    if (transfer.nonce !== expected) return { kind: "refused", fault: { code: "PACKAGE_NONCE", expected, found: transfer.nonce } };
    const have = state.balanceUnits(transfer.from);
    if (have < fee) return { kind: "refused", fault: { code: "PACKAGE_CANNOT_PAY", haveUnits: have, needUnits: fee } };
    state.realm.adjustBalance(transfer.from, -fee);
    state.realm.patchDomain(transfer.from, { nonce: transfer.nonce });
    const result = { packageId: sha256(bytes), ergUsed: TRANSFER_ERG, feeUnits: fee };
    const trace = { signer: transfer.from, payer: undefined, feeUnits: fee };
    const realm = nestedRealm(state.realm);
    try {
      act(transfer, realm);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      state.trace.add({ ...trace, changes: undefined });
      return { kind: "executed", result: { ...result, outcome: { kind: "failed", faultCode: error.fault.code } }, codeErg: TRANSFER_ERG };
    }
    absorb(state.realm, realm);
    state.trace.add({ ...trace, changes: changesIn(realm, transfer) });
    return { kind: "executed", result: { ...result, outcome: { kind: "done" } }, codeErg: TRANSFER_ERG };
  }
}

function act({ from, to, units }: Transfer, realm: Realm): void {
  const actor = { realm, paths: { home: from, directory: { domain: from, path: "/" } }, meter: { charge: () => undefined, ergLeft: 1 } };
  if (equalBytes(to, BURN)) burnCoins(actor, units);
  else if (!equalBytes(to, NICK)) payCoins(realm, { from, to, units });
  else if (units < COIN) dropNick(actor, "");
  else claimNick(actor, nickOf(units));
}

export function nickOf(units: bigint): string {
  return `nick-${units / COIN}`;
}

function changesIn(realm: Realm, { from }: Transfer): PackageTrace["changes"] {
  const effect = effectOf(changesOf(realm), { signerDomain: from });
  return effect.balances.length + effect.sacrifices.length === 0 ? undefined : { effect, bytes: encodeEffect(effect) };
}

export function readTransfer(bytes: Uint8Array): Transfer {
  try {
    const fields = listField(decodeRlp(bytes), "transfer", 6);
    return {
      from: bytesField(fields[0], "from", [20]), nonce: numberField(fields[1], "nonce", 64), to: bytesField(fields[2], "to", [20]),
      units: numberField(fields[3], "units", 128), ergPriceUnits: numberField(fields[4], "price", 64), expiryHeight: numberField(fields[5], "expiry", 48),
    };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    throw new FaultError<PackageFault>({ code: "PACKAGE_MALFORMED", reason: error.message });
  }
}
