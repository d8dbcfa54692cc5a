import { compareBytes, equalBytes, toHex } from "../../lang/base/bytes.ts";
import { exactUnits } from "../../lang/numbers/amount.ts";
import { builtinXt } from "../../lang/primitives/table.ts";
import type { Program } from "../../lang/program/program.ts";
import { straightErg } from "../../lang/program/run.ts";
import { foldName } from "../../lang/words.ts";
import { addressIn } from "../state/address.ts";
import { TOO_MANY_UNITS } from "../state/limits.ts";
import type { Realm } from "../state/realm.ts";
import type { DomainRecord } from "../state/records.ts";
import type { PackageBody } from "./body.ts";
import { greatestFee } from "./check-package.ts";
import { EMPTY_EFFECT, type BalanceChange, type Effect } from "./effect.ts";
import { bindingBytes, effectHash } from "./effect-codec.ts";

/**
 * Nearly every package of a full block pays one domain and does nothing else. Such a payment needs no machine, no host
 * and no realm of its own: what it comes to is known before it runs. Whatever could go wrong with it, or could make it
 * more than that, is not decided here: it gives undefined and runs as any package does. So this adds no rule, and the
 * tests hold it to what running gives, to the last unit of ERG.
 */
const SEND = builtinXt(foldName("sendEx"));

/** What the code of a package comes to that is one payment by its signer. */
export interface PlainPayment {
  readonly to: Uint8Array;
  readonly units: bigint;
  readonly codeErg: number;
}

/** A payment that was made: what running the package would have come to. `bytes` are those of the effect. */
export interface PaidPackage {
  readonly ergUsed: bigint;
  readonly feeUnits: bigint;
  readonly effect: Effect;
  readonly bytes: Uint8Array;
}

/** The payment, if the programs are an address, a number of coins and `sendEx`, and nothing besides. */
export function paymentIn(programs: readonly Program[]): PlainPayment | undefined {
  const [program] = programs;
  if (program === undefined || programs.length !== 1 || program.entries.length !== 3) return undefined;
  const [to, amount, send] = program.entries;
  if (to?.kind !== "literal" || amount?.kind !== "literal" || send?.kind !== "word" || !("code" in send.word)) return undefined;
  if (send.word.code !== SEND || send.text !== "" || send.defines.length > 0) return undefined;
  if (to.value.kind !== "text" || amount.value.kind === "text" || amount.value.kind === "bytes") return undefined;
  const [address, units] = [addressIn(to.value.value), exactUnits(amount.value)];
  return address === undefined || units === undefined || units === 0n ? undefined : { to: address, units, codeErg: straightErg(program) };
}

/**
 * Makes the payment on the state of the block, fee and nonce included, for a package that may stand in it. `own` is the
 * record of the signer's domain. Undefined, and nothing is changed, unless it is sure to succeed.
 */
export function payPlainly(body: PackageBody, { to, units, codeErg }: PlainPayment, intrinsic: bigint, block: Realm, own: DomainRecord): PaidPackage | undefined {
  // Keys of a domain may be limited, and another's fee is another's affair.
  if (body.payer !== undefined || own.keys !== undefined || equalBytes(to, body.domain)) return undefined;
  const ergUsed = intrinsic + BigInt(codeErg);
  if (ergUsed > body.ergLimit || own.balanceUnits < greatestFee(body) + units) return undefined;
  const name = toHex(to);
  if (block.domain(to, name).balanceUnits + units >= TOO_MANY_UNITS) return undefined;
  const effect: Effect = { ...EMPTY_EFFECT, balances: bothBalances(body.domain, to, units), greatestSpendUnits: units };
  const bytes = bindingBytes(effect);
  if (bytes === undefined || (body.mode === "strict" && !equalBytes(effectHash(bytes), body.effectHash))) return undefined;
  const feeUnits = ergUsed * body.ergPriceUnits;
  block.addPatch(toHex(body.domain), { deltaUnits: -units - feeUnits, nonce: body.nonce });
  block.addPatch(name, { deltaUnits: units });
  return { ergUsed, feeUnits, effect, bytes };
}

function bothBalances(from: Uint8Array, to: Uint8Array, units: bigint): BalanceChange[] {
  const [less, more] = [{ domain: from, deltaUnits: -units }, { domain: to, deltaUnits: units }];
  return compareBytes(from, to) < 0 ? [less, more] : [more, less];
}
