/**
 * Wordlist identifiers. Programs make further ones with `wordlist`. Some are the machine's own, so that
 * rollback and snapshots know what they hold: texts of REPLACES, blocks by number, files read by REQUIRED,
 * words of the stdlib, and its subjects that were loaded.
 */
export const WORDLIST = { forth: 1, grid: 2, substitutions: 3, blocks: 4, files: 5, library: 6, subjects: 7, firstUser: 8 } as const;

/** Whether programs and people may see the words of a wordlist. */
export function isOpenWordlist(id: number): boolean {
  return id < WORDLIST.substitutions || id >= WORDLIST.firstUser;
}

/** What may be said of a user's word. `mutable`: its value or memory can change, so it cannot be linked from outside a recording (R3). */
export const FLAG = { immediate: 1, compileOnly: 2, hidden: 4, mutable: 8 } as const;

/** Case does not count; only ASCII letters have case here, so that every engine agrees. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
