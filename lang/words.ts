/** Wordlist identifiers. Programs make further ones with `wordlist`. */
export const WORDLIST = { forth: 1, grid: 2, substitutions: 3, firstUser: 4 } as const;

/** What may be said of a user's word. `mutable`: its value or memory can change, so it cannot be linked from outside a recording (R3). */
export const FLAG = { immediate: 1, compileOnly: 2, hidden: 4, mutable: 8 } as const;

/** Case does not count; only ASCII letters have case here, so that every engine agrees. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
