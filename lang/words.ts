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

/**
 * Case does not count; only ASCII letters have case here, so that every engine agrees. A name of ASCII alone, which nearly
 * all are, is folded by the engine: alternating capitals took a call for each otherwise (2.6 µs a kilobyte, not 0.5).
 */
export function foldName(name: string): string {
  if (!/[A-Z]/.test(name)) return name;
  return /^[\0-\x7f]*$/.test(name) ? name.toLowerCase() : foldLetters(name);
}

function foldLetters(name: string): string {
  let folded = "";
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charCodeAt(index);
    folded += String.fromCharCode(unit >= 65 && unit <= 90 ? unit + 32 : unit);
  }
  return folded;
}
