import { resolveRecipient } from "../contacts.ts";
import { fromUtf8, utf8 } from "../../../lang/base/bytes.ts";
import { allows, isThere, locate } from "../access.ts";
import { FOR_EVER } from "../acl.ts";
import { cellArg, contentArg, textArg } from "../host-args.ts";
import { changeAcl, changeMode, changeOwner, freeze, restoreAcl, rightNamed, showRights } from "../rights-changes.ts";
import { done, flag, type WordAction, type WordCall } from "./word-call.ts";

/** Words about owner and rights. */
export const RIGHT_WORDS = {
  chownEx: (call) => done(changeOwner(call, textArg(call.args, 0), textArg(call.args, 1), { recursive: has(call, 2, 1n) })),
  chmodEx: (call) => done(changeMode(call, textArg(call.args, 0), textArg(call.args, 1), { recursive: has(call, 2, 1n) })),
  getfaclEx: (call) => done(call.host.write(utf8(showRights(call, textArg(call.args, 0), { recursive: has(call, 1, 1n) })))),
  aclEx: (call) => [{ kind: "text", value: showRights(call, textArg(call.args, 0), { recursive: has(call, 1, 1n) }) }],
  setfaclEx: (call) =>
    done(changeAcl(call, textArg(call.args, 0), textArg(call.args, 1), { recursive: has(call, 2, 1n), remove: has(call, 2, 2n), clear: has(call, 2, 4n), clearDefaults: has(call, 2, 8n) })),
  restoreaclEx: (call) => done(restoreAcl(call, fromUtf8(contentArg(call.args, 0)))),
  freezeEx: (call) => done(freeze(call, textArg(call.args, 0), untilHeight(cellArg(call.args, 1)), { recursive: has(call, 2, 1n) })),
  mayEx: (call) => {
    const found = locate(call, textArg(call.args, 0));
    return flag(isThere(found) && allows(call, rightNamed(textArg(call.args, 1)), found));
  },
  mayOfEx: (call) => {
    const found = locate(call, textArg(call.args, 0));
    const home = resolveRecipient(call, textArg(call.args, 2));
    return flag(isThere(found) && allows({ ...call, paths: { ...call.paths, home } }, rightNamed(textArg(call.args, 1)), found));
  },
} as const satisfies Record<string, WordAction>;

function has(call: WordCall, index: number, bit: bigint): boolean {
  return (cellArg(call.args, index) & bit) !== 0n;
}

/** A negative height is never reached. */
function untilHeight(height: bigint): bigint {
  return height < 0n ? FOR_EVER : height;
}
