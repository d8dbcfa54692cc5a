import { compareBytes, equalBytes, toHex } from "../../lang/base/bytes.ts";
import { exactUnits } from "../../lang/numbers/amount.ts";
import { builtinXt, WORD_TABLE_VERSION } from "../../lang/primitives/table.ts";
import { decodeCall, type Program } from "../../lang/program/program.ts";
import { callErg } from "../../lang/program/run.ts";
import { foldName } from "../../lang/words.ts";
import { addressIn } from "../state/address.ts";
import { TOO_MANY_UNITS } from "../state/limits.ts";
import type { Realm } from "../state/realm.ts";
import type { DomainRecord } from "../state/records.ts";
import type { PackageBody } from "./body.ts";
import { greatestFee } from "./check-package.ts";
import { EMPTY_EFFECT, type BalanceChange, type Effect } from "./effect.ts";
import { effectHash, encodePayment } from "./effect-codec.ts";
import { wordsHash } from "./words.ts";

/**
 * Nearly every package of a full block pays one domain and does nothing else. Such a payment needs no machine, no host
 * and no realm of its own: what it comes to is known before it runs. Whatever could go wrong with it, or could make it
 * more than that, is not decided here: it gives undefined and runs as any package does. So this adds no rule, and the
 * tests hold it to what running gives, to the last unit of ERG.
 */
const SEND = builtinXt(foldName("sendEx"));
const SEND_PROGRAM: Program = { entries: [{ kind: "word", word: { code: SEND }, text: "", defines: [] }] };
const SEND_HASH = wordsHash([SEND_PROGRAM]);
const SEND_ERG = BigInt(callErg(SEND, 2));

/** What the code of a package comes to that is one payment by its signer. */
export interface PlainPayment {
  readonly to: Uint8Array;
  readonly units: bigint;
}

/** A domain's record, and its address in hex: one text for it in all tables of a block. */
export interface NamedRecord {
  readonly record: DomainRecord;
  readonly name: string;
}

/** A payment that was made: what running the package would have come to. `bytes` are those of the effect. */
export interface PaidPackage {
  readonly ergUsed: bigint;
  readonly feeUnits: bigint;
  readonly effect: Effect;
  readonly bytes: Uint8Array;
}

/** The payment, if the package is an address, a number of coins and `sendEx`, and nothing besides. */
export function paymentIn({ sections, wordTableVersion, wordsHash }: PackageBody): PlainPayment | undefined {
  if (sections.length !== 1 || wordTableVersion !== WORD_TABLE_VERSION || !equalBytes(wordsHash, SEND_HASH)) return undefined;
  const call = decodeCall((sections[0] as PackageBody["sections"][0]).bytes, SEND, 2);
  const to = call?.[0];
  const amount = call?.[1];
  if (to?.kind !== "text" || amount === undefined || amount.kind === "text" || amount.kind === "bytes") return undefined;
  const address = addressIn(to.value);
  const units = exactUnits(amount);
  return address === undefined || units === undefined || units === 0n ? undefined : { to: address, units };
}

/**
 * Makes the payment on the state of the block, fee and nonce included, for a package that may stand in it. `own` is the
 * record of the signer's domain, `intrinsic` the ERG before the code runs. Undefined, and nothing is changed, unless it is
 * sure to succeed.
 */
export function payPlainly(body: PackageBody, { to, units }: PlainPayment, intrinsic: bigint, block: Realm, own: NamedRecord): PaidPackage | undefined {
  const { domain } = body;
  // Keys of a domain may be limited, and another's fee is another's affair.
  if (body.payer !== undefined || own.record.keys !== undefined || equalBytes(to, domain)) return undefined;
  const ergUsed = intrinsic + SEND_ERG;
  if (ergUsed > body.ergLimit || own.record.balanceUnits < greatestFee(body) + units) return undefined;
  const name = toHex(to);
  if (block.domain(to, name).balanceUnits + units >= TOO_MANY_UNITS) return undefined;
  const bytes = encodePayment({ from: domain, to, units });
  if (body.mode === "strict" && !equalBytes(effectHash(bytes), body.effectHash)) return undefined;
  const feeUnits = ergUsed * body.ergPriceUnits;
  block.addPatch(own.name, { deltaUnits: -units - feeUnits, nonce: body.nonce });
  block.addPatch(name, { deltaUnits: units });
  return { ergUsed, feeUnits, effect: { ...EMPTY_EFFECT, balances: bothBalances(domain, to, units), greatestSpendUnits: units }, bytes };
}

function bothBalances(from: Uint8Array, to: Uint8Array, units: bigint): BalanceChange[] {
  const less = { domain: from, deltaUnits: -units };
  const more = { domain: to, deltaUnits: units };
  return compareBytes(from, to) < 0 ? [less, more] : [more, less];
}
