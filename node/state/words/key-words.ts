import { equalBytes } from "../../../lang/base/bytes.ts";
import { fault } from "../access.ts";
import { resolveRecipient } from "../contacts.ts";
import { amountArg, cellArg, textArg } from "../host-args.ts";
import { addKey, addSession, removeKey, rotateKey, setThreshold } from "../key-changes.ts";
import { keyLines, keysJson } from "../key-listing.ts";
import { keysOf, type SessionLimits } from "../key-set.ts";
import { utf8Lines } from "../listing.ts";
import { parsePath } from "../paths.ts";
import { cancelRecovery, finishRecovery, setRecovery, voteRecovery, type RecoveryContext } from "../recovery.ts";
import { wordCodes } from "../writing-words.ts";
import { done, type WordAction, type WordCall } from "./word-call.ts";

/** Words about the keys of a domain. */
export const KEY_WORDS = {
  keysEx: (call) => done(showKeys(call)),
  addkeyEx: (call) => done(addKey(contextOf(call), addressArg(call, 0), textArg(call.args, 1))),
  rmkeyEx: (call) => done(removeKey(contextOf(call), addressArg(call, 0))),
  setthresholdEx: (call) => done(setThreshold(contextOf(call), textArg(call.args, 0), cellArg(call.args, 1))),
  rotateEx: (call) => done(rotateKey(contextOf(call), addressArg(call, 0), addressArg(call, 1))),
  addsessionEx: (call) => done(addSession(contextOf(call), addressArg(call, 0), limitsOf(call))),
  setrecoveryEx: (call) => done(setRecovery(contextOf(call), guardiansOf(call), cellArg(call.args, 1), cellArg(call.args, 2))),
  recoverEx: (call) => done(voteRecovery(contextOf(call), addressArg(call, 0), addressArg(call, 1))),
  finishrecoveryEx: (call) => done(finishRecovery(contextOf(call), addressArg(call, 0))),
  cancelrecoveryEx: (call) => done(cancelRecovery(contextOf(call))),
} as const satisfies Record<string, WordAction>;

function contextOf({ realm, paths, meter, host }: WordCall): RecoveryContext {
  const { authority, height } = host.options;
  // Outside of a block, the next one is the earliest that can run it.
  return { realm, paths, meter, authority, height: height ?? realm.base.height + 1n };
}

function addressArg(call: WordCall, index: number): Uint8Array {
  return resolveRecipient(call, textArg(call.args, index));
}

function showKeys(call: WordCall): void {
  const who = addressArg(call, 0);
  const set = keysOf(who, call.realm.domain(who));
  if ((cellArg(call.args, 1) & 1n) !== 0n) call.host.print(keysJson(set));
  else call.host.write(utf8Lines(keyLines(set)));
}

function limitsOf(call: WordCall): SessionLimits {
  const untilHeight = cellArg(call.args, 4);
  if (untilHeight < 1n) throw fault({ code: "STATE_BAD_SESSION", reason: "it needs a last block (--until)" });
  return { path: pathOf(call, textArg(call.args, 1)), words: wordCodes(textArg(call.args, 2)), spendUnits: amountArg(call.args, 3), untilHeight };
}

function pathOf({ paths }: WordCall, text: string): string {
  if (text === "") return "";
  const { domain, path } = parsePath(text, paths);
  if (!equalBytes(domain, paths.home)) throw fault({ code: "STATE_BAD_SESSION", reason: "its files are the domain's own" });
  return path;
}

function guardiansOf(call: WordCall): readonly Uint8Array[] {
  return textArg(call.args, 0).split(/[\s,]+/).filter((name) => name !== "").map((name) => resolveRecipient(call, name));
}
