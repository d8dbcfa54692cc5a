import { utf8 } from "../../../lang/base/bytes.ts";
import { fromUnits } from "../../../lang/numbers/amount.ts";
import type { Value } from "../../../lang/value.ts";
import { showValue } from "../../../lang/values/show.ts";
import { locate, requireRight } from "../access.ts";
import { encodeAddress } from "../address.ts";
import { requireEntry } from "../files.ts";
import { amountArg, cellArg, contentArg, textArg } from "../host-args.ts";
import { safeName, utf8Lines } from "../listing.ts";
import { PRICES } from "../prices.ts";
import { callProgram } from "../programs/call-program.ts";
import { requireFrame, type Frame } from "../programs/frame.ts";
import { allKept, forgetValue, keepsValue, keepValue, keptValue } from "../programs/keep.ts";
import { playProgram } from "../programs/play.ts";
import { done, flag, type WordAction, type WordCall } from "./word-call.ts";

/** Words that call programs, and those that only mean something within one. */
export const PROGRAM_WORDS = {
  callEx: (call) => callProgram(call, { ...calledBy(call, 3), units: 0n }),
  callWithEx: (call) => callProgram(call, { ...calledBy(call, 4), units: amountArg(call.args, 3) }),
  callLimitEx: (call) => callProgram(call, { ...calledBy(call, 5), units: amountArg(call.args, 3), ergLimit: cellArg(call.args, 4) }),
  playEx: (call) => done(playProgram(call, { ...calledBy(call, 5), units: amountArg(call.args, 3) }, (cellArg(call.args, 4) & 1n) !== 0n ? "json" : "text")),
  caller: (call) => [{ kind: "text", value: encodeAddress(frameOf(call, "caller").caller) }],
  received: (call) => [fromUnits(frameOf(call, "received").receivedUnits)],
  self: (call) => {
    const { domain, path } = frameOf(call, "self").place;
    return [{ kind: "text", value: `/${encodeAddress(domain)}${path}` }];
  },
  exportEx: (call) => done(frameOf(call, "export").allow(textArg(call.args, 0))),
  "re-entrant": (call) => {
    frameOf(call, "re-entrant").isReentrant = true;
    return [];
  },
  "kv@": (call) => [keptValue(call, frameOf(call, "kv@").place, textArg(call.args, 0))],
  "kv!": (call) => done(keepValue(call, frameOf(call, "kv!").place, textArg(call.args, 1), call.args[0] as Value)),
  "kv?": (call) => flag(keepsValue(call, frameOf(call, "kv?").place, textArg(call.args, 0))),
  "kv-delete": (call) => done(forgetValue(call, frameOf(call, "kv-delete").place, textArg(call.args, 0))),
  "emit-event": (call) => {
    const { place } = frameOf(call, "emit-event");
    const [data, topic] = [contentArg(call.args, 0), textArg(call.args, 1)];
    call.meter.charge((data.length + utf8(topic).length) * PRICES.eventByte);
    call.host.journal.addEvent({ ...place, topic, data });
    return [];
  },
  keptEx: (call) => {
    const found = locate(call, textArg(call.args, 0));
    requireEntry(call, found);
    requireRight(call, "read", found);
    return done(call.host.write(utf8Lines(allKept(call, found.place).map(([key, value]) => `${safeName(key)} = ${showValue(value, 10, 60)}`))));
  },
} as const satisfies Record<string, WordAction>;

function frameOf({ host }: WordCall, word: string): Frame {
  return requireFrame(host.options.frame, word);
}

/** What the row of each calling word begins with; entries come after all that is declared. */
function calledBy({ args }: WordCall, declared: number): { readonly path: string; readonly word: string; readonly entries: readonly Value[] } {
  return { word: textArg(args, 1), path: textArg(args, 2), entries: args.slice(declared) };
}
