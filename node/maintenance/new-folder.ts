import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { FaultError } from "../../lang/base/fault.ts";
import type { StoreFault } from "../fault.ts";

/**
 * A data folder made whole or not at all: `fill` works in a draft beside it, which takes the folder's name when it
 * is done. Faults: STORE_NOT_EMPTY, and those of `fill`.
 */
export async function makeFolder<Made>(folder: string, fill: (draft: string) => Promise<Made>): Promise<Made> {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new FaultError<StoreFault>({ code: "STORE_NOT_EMPTY", folder });
  const draft = `${resolve(folder)}.restoring`;
  rmSync(draft, { recursive: true, force: true });
  try {
    const made = await fill(draft);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return made;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}
