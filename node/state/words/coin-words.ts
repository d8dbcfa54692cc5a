import { fromUnits } from "../../../lang/numbers/amount.ts";
import { encodeAddress } from "../address.ts";
import { payCoins } from "../coins.ts";
import { addContact, resolveRecipient } from "../contacts.ts";
import { amountArg, textArg } from "../host-args.ts";
import { payFrom } from "../purse.ts";
import { done, type WordAction } from "./word-call.ts";

/** Words about coins and those who have them. */
export const COIN_WORDS = {
  sendEx: (call) => done(payCoins(call.realm, { from: call.paths.home, to: resolveRecipient(call, textArg(call.args, 0)), units: amountArg(call.args, 1) })),
  sendFromEx: (call) => done(payFrom(call, { from: resolveRecipient(call, textArg(call.args, 0)), to: resolveRecipient(call, textArg(call.args, 1)), units: amountArg(call.args, 2) })),
  balance: (call) => [fromUnits(call.realm.domain(call.paths.home).balanceUnits)],
  balanceOf: (call) => [fromUnits(call.realm.domain(resolveRecipient(call, textArg(call.args, 0))).balanceUnits)],
  "my-address": (call) => [{ kind: "text", value: encodeAddress(call.paths.home) }],
  contactEx: (call) => done(addContact(call, textArg(call.args, 0), textArg(call.args, 1))),
} as const satisfies Record<string, WordAction>;
