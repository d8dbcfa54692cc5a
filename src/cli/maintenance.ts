import { resolve } from "node:path";
import type { Progress } from "../../node/maintenance/check-folder.ts";
import { readConfig } from "../config.ts";
import type { CommandCall } from "./command.ts";

/** The node's data folder that a command is about: `--data`, GRID_DATA, or .grid. Absolute. */
export function dataFolderOf({ flags, io }: CommandCall): string {
  return readConfig({ flags, env: io.env, directory: io.directory }).dataFolder;
}

/** A path of the command line, from where the command was called. */
export function placeOf({ io }: CommandCall, path: string): string {
  return resolve(io.directory, path);
}

/** "14.2 MB", of decimal units. */
export function sizeText(bytes: number | bigint): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

const QUIET_MS = 1_000;

/** Says on standard error how far a long work is, once a second; nothing of one that takes less, nor with --json. */
export function progressTo({ io, flags }: CommandCall, now: () => number = () => performance.now()): (progress: Omit<Progress, "what"> & { readonly what: string }) => void {
  let lastMs = now();
  return ({ what, done, total }) => {
    const nowMs = now();
    if (flags["json"] !== undefined || nowMs - lastMs < QUIET_MS) return;
    lastMs = nowMs;
    const count = (value: number): string => (what === "bytes" ? sizeText(value) : value.toLocaleString("en-US"));
    io.err(`${what === "bytes" ? "" : `${what} `}${count(done)} of ${count(total)}\n`);
  };
}
