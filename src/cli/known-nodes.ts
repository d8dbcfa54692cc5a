import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fingerprintOf } from "../../shell/ssh/host-key.ts";
import { addPin, checkPin } from "../../shell/ssh/pins.ts";
import type { CommandCall } from "./command.ts";
import { keysFolder } from "./key-place.ts";

/** Judges host keys for one command: by `--host-key`, else by the file of nodes met before. */
export interface HostKeyJudge {
  /** True for the pinned key, and for any key of a node that was never met. */
  accepts(publicBlob: Uint8Array): boolean;
  /** Keeps the accepted key of a node met for the first time. */
  remember(): void;
}

/** `place` is "host:port". The file `known_nodes` lies beside the folder of keys. */
export function judgeHostKey(call: CommandCall, place: string): HostKeyJudge {
  const pinned = call.flags["host-key"];
  const path = join(dirname(keysFolder(call)), "known_nodes");
  const pins = existsSync(path) ? readFileSync(path, "utf8") : "";
  let met: Uint8Array | undefined;
  return {
    accepts(publicBlob) {
      if (pinned !== undefined) return fingerprintOf(publicBlob) === pinned;
      const verdict = checkPin(pins, place, publicBlob);
      if (verdict === "new") met = publicBlob;
      return verdict !== "changed";
    },
    remember() {
      if (met === undefined) return;
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(path, addPin(pins, place, met), { mode: 0o600 });
    },
  };
}
