import { encodeAddress } from "../address.ts";
import { coinsText } from "../coins.ts";
import { amountArg, textArg } from "../host-args.ts";
import { safeName, utf8Lines } from "../listing.ts";
import { buyFile, getMeta, metaOf, offerFile, setMeta, withdrawFile } from "../market.ts";
import { legalText, META_TEXTS, type Meta } from "../meta.ts";
import { done, type WordAction } from "./word-call.ts";

/** Words about metadata and the sale of files. */
export const MARKET_WORDS = {
  setmetaEx: (call) => done(setMeta(call, textArg(call.args, 0), textArg(call.args, 1), textArg(call.args, 2))),
  getmetaEx: (call) => done(call.host.write(utf8Lines(metaLines(metaOf(call, textArg(call.args, 0)))))),
  metaEx: (call) => [{ kind: "text", value: getMeta(call, textArg(call.args, 0), textArg(call.args, 1)) }],
  offerEx: (call) => done(offerFile(call, textArg(call.args, 0), amountArg(call.args, 1), undefined)),
  offerToEx: (call) => done(offerFile(call, textArg(call.args, 0), amountArg(call.args, 1), textArg(call.args, 2))),
  withdrawEx: (call) => done(withdrawFile(call, textArg(call.args, 0))),
  buyEx: (call) => done(buyFile(call, textArg(call.args, 0), amountArg(call.args, 1))),
} as const satisfies Record<string, WordAction>;

const WIDTH = 12;

function metaLines({ texts, attributes, legal, offer }: Meta): readonly string[] {
  const line = (name: string, value: string): string => `${safeName(name).padEnd(WIDTH)} ${safeName(value)}`;
  return [
    ...META_TEXTS.filter((name) => texts[name] !== "").map((name) => line(name, texts[name])),
    ...attributes.map(([name, value]) => line(name, value)),
    ...(legal === 0 ? [] : [line("legal", legalText(legal))]),
    ...(offer === undefined ? [] : [line("offer", `${coinsText(offer.units)}, to ${offer.to === undefined ? "anybody" : encodeAddress(offer.to)}`)]),
  ];
}
