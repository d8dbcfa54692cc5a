import { toHex, utf8 } from "../../../lang/base/bytes.ts";
import { FaultError } from "../../../lang/base/fault.ts";
import type { ThreadFault } from "../../fault.ts";
import { textArg } from "../host-args.ts";
import { atOlderState } from "../older-state.ts";
import { showPlace } from "../paths.ts";
import { PRICES } from "../prices.ts";
import { perspective } from "../realm-root.ts";
import type { ThreadWords } from "../realm-host.ts";
import { done, type WordAction, type WordCall } from "./word-call.ts";

/** Words about where and who one is, and those that steer the thread. */
export const SESSION_WORDS = {
  pwd: (call) => done(call.host.print(showPlace(call.paths.directory, call.paths.home))),
  whoami: (call) => done(call.host.print(call.host.options.identityText)),
  perspective: (call) => done(call.host.print(toHex(rootOf(call)))),
  perspectiveAtEx: (call) => done(call.host.print(olderRoot(call))),
  height: (call) => [{ kind: "cell", value: call.host.askHeight() }],
  ergleft: (call) => done(call.host.print(call.host.options.graceText?.(call.meter) ?? `${call.meter.ergLeft} ERG left for this line`)),
  bt: (call) => done(threadOf(call, "bt").bt()),
  rt: (call) => done(threadOf(call, "rt").rt()),
  at: (call) => done(threadOf(call, "at").at()),
  vt: (call) => done(call.host.write(utf8(threadOf(call, "vt").vt()))),
} as const satisfies Record<string, WordAction>;

function olderRoot(call: WordCall): string {
  const { stateRoot, height } = atOlderState(call, textArg(call.args, 0)).realm.base;
  return `${toHex(stateRoot)} @${height}`;
}

function rootOf({ realm, meter }: WordCall): Uint8Array {
  meter.charge(realm.pendingCount * PRICES.rootWrite);
  return perspective(realm);
}

function threadOf({ host }: WordCall, word: string): ThreadWords {
  const { thread } = host.options;
  if (thread !== undefined) return thread;
  throw new FaultError<ThreadFault>({ code: "THREAD_NOT_COMMITTABLE", word, reason: "it steers a thread, and a package has none" });
}
