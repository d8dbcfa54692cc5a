import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { Host, HostMark } from "../host.ts";

/** A host that has nothing: every word that reaches for the world is refused, output goes nowhere. */
export const NULL_HOST: Host = {
  call(word) {
    throw new FaultError<LangFault>({ code: "LANG_UNSUPPORTED", word, instead: "a session" });
  },
  write: () => undefined,
  mark: () => 0 as HostMark,
  rollback: () => undefined,
  release: () => undefined,
};
