import { fromUnits } from "../../../lang/numbers/amount.ts";
import { encodeAddress } from "../address.ts";
import { coinsText } from "../coins.ts";
import { resolveRecipient } from "../contacts.ts";
import { amountArg, cellArg, textArg } from "../host-args.ts";
import { utf8Lines } from "../listing.ts";
import { burnCoins, claimNick, dropNick } from "../nicks.ts";
import { sacrificeOf, type Sacrifice } from "../sacrifice.ts";
import { done, type WordAction, type WordCall } from "./word-call.ts";

/** Words about what was burnt, and about nicks. */
export const SACRIFICE_WORDS = {
  burnEx: (call) => done(burnCoins(call, amountArg(call.args, 0))),
  weightOf: (call) => [fromUnits(sacrificeOf(call.realm.domain(whoArg(call))).burntUnits)],
  weightEx: (call) => done(showWeight(call, whoArg(call))),
  nickEx: (call) => done(claimNick(call, textArg(call.args, 0))),
  dropNickEx: (call) => done(dropNick(call, textArg(call.args, 0))),
} as const satisfies Record<string, WordAction>;

function whoArg(call: WordCall): Uint8Array {
  return resolveRecipient(call, textArg(call.args, 0));
}

function showWeight({ realm, host, args }: WordCall, who: Uint8Array): void {
  const sacrifice = sacrificeOf(realm.domain(who));
  if ((cellArg(args, 1) & 1n) !== 0n) host.print(weightJson(who, sacrifice));
  else host.write(utf8Lines(weightLines(sacrifice)));
}

const WIDTH = 10;

function weightLines({ burntUnits, usedUnits, nick }: Sacrifice): readonly string[] {
  const line = (front: string, text: string): string => front.padEnd(WIDTH) + text;
  return [
    line("burnt", coinsText(burntUnits)),
    ...(burntUnits === 0n ? [] : [line("used", coinsText(usedUnits)), line("unused", coinsText(burntUnits - usedUnits))]),
    ...(nick === "" ? [] : [line("nick", `@${nick}`)]),
  ];
}

/** Amounts in base units, as text. */
function weightJson(who: Uint8Array, { burntUnits, usedUnits, nick }: Sacrifice): string {
  return JSON.stringify({ domain: encodeAddress(who), burntUnits: String(burntUnits), usedUnits: String(usedUnits), ...(nick === "" ? {} : { nick: `@${nick}` }) });
}
