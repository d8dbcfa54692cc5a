import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isFaultError } from "../../lang/base/fault.ts";
import { fingerprintOf } from "../../shell/ssh/host-key.ts";
import { addPin, checkPin } from "../../shell/ssh/pins.ts";
import { CommandError } from "./command.ts";
import type { CommandCall } from "./command.ts";
import { keysFolder } from "./key-place.ts";

/** Judges the host key that a node shows, for one command. */
export interface HostKeyJudge {
  readonly accepts: (publicBlob: Uint8Array) => boolean;
  /** The fault of a connection, or a plainer error when it ended because of the host key. */
  readonly explain: (error: unknown) => unknown;
}
/** Judges by `--host-key`, else by the file of nodes met before, where a node that was never met is welcome. */
export interface PinningJudge extends HostKeyJudge {
  /** Keeps the accepted key of a node met for the first time. */
  readonly remember: () => void;
}

/** Accepts one key. `place` is "host:port"; fingerprints are "SHA256:…", as ssh shows them. */
export function expectHostKey(place: string, fingerprint: string): HostKeyJudge {
  let shown = "none";
  return {
    accepts: (publicBlob) => (shown = fingerprintOf(publicBlob)) === fingerprint,
    explain: (error) => (isRefused(error) ? otherHostKey({ place, shown, expected: fingerprint }, "Do nothing there: somebody may be in between.") : error),
  };
}

function isRefused(error: unknown): boolean {
  return isFaultError(error) && error.fault.code === "SIGN_HOST_KEY";
}

function otherHostKey({ place, shown, expected }: { readonly place: string; readonly shown: string; readonly expected: string }, remedy: string): CommandError {
  return new CommandError(`the node at ${place} shows the host key ${shown}; it should be ${expected}.`, remedy);
}

/** `place` is "host:port". The file `known_nodes` lies beside the folder of keys. */
export function judgeHostKey(call: CommandCall, place: string): PinningJudge {
  const pinned = call.flags["host-key"];
  if (pinned !== undefined) return { ...expectHostKey(place, pinned), remember: () => undefined };
  const path = join(dirname(keysFolder(call)), "known_nodes");
  const pins = existsSync(path) ? readFileSync(path, "utf8") : "";
  let met: Uint8Array | undefined;
  let shown = "none";
  return {
    accepts(publicBlob) {
      shown = fingerprintOf(publicBlob);
      const verdict = checkPin(pins, place, publicBlob);
      if (verdict === "new") met = publicBlob;
      return verdict !== "changed";
    },
    explain: (error) => (isRefused(error) ? otherHostKey({ place, shown, expected: `the one in ${path}` }, "Somebody may be in between. If the node was made anew, remove its line from that file.") : error),
    remember() {
      if (met === undefined) return;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, addPin(pins, place, met), { mode: 0o600 });
    },
  };
}
