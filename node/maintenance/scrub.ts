import { isFaultError } from "../../lang/base/fault.ts";
import type { Clock } from "../ports.ts";
import { checkTables, listStoreFiles, type StoreFile } from "../store/files/store-files.ts";

/**
 * Reads the tables of a large store while the node runs, one after another, because a start has no time for all of
 * them: some megabytes a second, so that nobody notices. A damaged one stops the node, like any damage that a read
 * meets. LevelDB may drop a table meanwhile; what is gone when it is looked for again was not needed.
 */
export interface ScrubOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly onDamage: (error: unknown) => void;
}

/** One table, of some 2 MB and 5 ms, in this time. */
const STEP_MS = 500;

/** Begins, and returns what ends it. It ends by itself when all tables were looked at once. */
export function startScrub({ folder, clock, onDamage }: ScrubOptions): () => void {
  const done = new Set<string>();
  let cancel: () => void = () => undefined;
  let suspicions = 0;
  const step = (): void => {
    try {
      const next = listStoreFiles(folder)?.tables.find(({ name }) => !done.has(name));
      if (next === undefined) return;
      check(folder, next);
      done.add(next.name);
      suspicions = 0;
    } catch (error) {
      // The list and the folder are not read at one moment, so a store at work may look wrong once.
      if (!isFaultError(error) || ++suspicions > 2) return onDamage(error);
    }
    cancel = clock.after(STEP_MS, step);
  };
  cancel = clock.after(STEP_MS, step);
  return () => cancel();
}

function check(folder: string, table: StoreFile): void {
  for (const _ of checkTables(folder, [table], { vanishing: true })) continue;
}
