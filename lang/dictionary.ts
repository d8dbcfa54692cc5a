import { FaultError } from "./base/fault.ts";
import type { LangFault } from "./fault.ts";
import { FLAG, WORDLIST, foldName } from "./words.ts";
import { LIMITS } from "./limits.ts";
import { FIRST_USER_XT } from "./primitives/first-user-xt.ts";
import { builtinXt } from "./primitives/table.ts";

/** What executing a user's word does. The built-in words are rows of the table, never entries here. */
export type EntryKind =
  | "colon" // runs code at `code`
  | "create" // pushes the address `data`; with DOES>, then runs code at `code`
  | "constant" // pushes slot `data`
  | "value" // the same, and TO may change it
  | "constant2" // pushes slots `data` and `data` + 1, the latter on top
  | "value2"
  | "defer" // executes the token in slot `data`
  | "field" // adds `data` to the address on the stack
  | "synonym" // stands for the token `data`
  | "marker"; // forgets itself and what came after; `data` indexes the saved marks

/** A word of the user's. `code` 0 means none. */
export interface Entry {
  readonly xt: number;
  readonly name: string;
  readonly wordlist: number;
  readonly kind: EntryKind;
  readonly data: number;
  flags: number;
  code: number;
  /** First word after the code of a colon word; 0 while it is being compiled. */
  end: number;
  /** The token that the name had in this wordlist before; 0 for none. */
  readonly shadowed: number;
  /** Where it was defined: an index into the machine's table of source lines, and a column in bytes. */
  readonly line: number;
  readonly column: number;
}

export type EntryFields = Pick<Entry, "name" | "kind" | "data" | "line" | "column"> & { readonly flags?: number; readonly code?: number };

/** Undo information: where the dictionary was, and how entries looked before they were changed. */
export interface DictionaryMark {
  readonly entries: readonly Entry[];
  readonly wordlists: number;
  readonly searchOrder: readonly number[];
  readonly current: number;
  readonly journal: number;
  readonly latest: number;
}

interface Change {
  readonly entry: Entry;
  readonly flags: number;
  readonly code: number;
  readonly end: number;
}

/** The user's words of one machine, above the shared built-in ones. Search order and wordlists included. */
export class Dictionary {
  readonly entries: Entry[] = [];
  #names = new Map<number, Map<string, number>>();
  #journal: Change[] = [];
  #journalArmed = false;
  wordlists: number = WORDLIST.firstUser;
  /** First searched first. */
  searchOrder: number[] = [WORDLIST.forth];
  /** The wordlist that new words go to. */
  current: number = WORDLIST.forth;
  /** The word defined last, which IMMEDIATE and DOES> change; 0 for none. */
  latest = 0;

  /** The token of the visible word by that name in the search order; 0 if there is none. */
  find(name: string): number {
    if (name.length > LIMITS.nameLength) return 0;
    const folded = foldName(name);
    for (const wordlist of this.searchOrder) {
      const xt = this.findIn(folded, wordlist);
      if (xt !== 0) return xt;
    }
    return 0;
  }

  /** The same in one wordlist; `folded` is a folded name. */
  findIn(folded: string, wordlist: number): number {
    let xt = this.#names.get(wordlist)?.get(folded) ?? 0;
    while (xt >= FIRST_USER_XT) {
      const entry = this.entry(xt);
      if ((entry.flags & FLAG.hidden) === 0) return xt;
      xt = entry.shadowed;
    }
    return wordlist === WORDLIST.forth ? builtinXt(folded) : 0;
  }

  entry(xt: number): Entry {
    const entry = this.entries[xt - FIRST_USER_XT];
    if (entry === undefined) throw new FaultError<LangFault>({ code: "LANG_BAD_ADDRESS", word: "execute", address: String(xt) });
    return entry;
  }

  has(xt: number): boolean {
    return xt >= FIRST_USER_XT && xt - FIRST_USER_XT < this.entries.length;
  }

  /** Adds a word to the current wordlist and makes it the latest. An empty name is found by nobody. */
  define(fields: EntryFields): Entry {
    const { name, kind, data, line, column, flags = 0, code = 0 } = fields;
    if (this.entries.length >= LIMITS.words) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "dictionary", limit: LIMITS.words });
    if (name.length > LIMITS.nameLength) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "name", limit: LIMITS.nameLength });
    const folded = foldName(name);
    const names = this.#namesOf(this.current);
    const shadowed = name === "" ? 0 : (names.get(folded) ?? 0);
    const xt = FIRST_USER_XT + this.entries.length;
    const entry: Entry = { xt, name, wordlist: this.current, kind, data, flags, code, end: 0, shadowed, line, column };
    this.entries.push(entry);
    if (name !== "") names.set(folded, xt);
    this.latest = xt;
    return entry;
  }

  /** Adds a value to a wordlist of the machine's own; the latest word stays the latest. */
  keep(name: string, slot: number, wordlist: number): void {
    const { current, latest } = this;
    this.current = wordlist;
    this.define({ name, kind: "value", data: slot, flags: FLAG.mutable, line: -1, column: 0 });
    this.current = current;
    this.latest = latest;
  }

  /** Sets what may change of an entry, remembering how it was. */
  change(entry: Entry, fields: { readonly flags?: number; readonly code?: number; readonly end?: number }): void {
    if (this.#journalArmed) this.#journal.push({ entry, flags: entry.flags, code: entry.code, end: entry.end });
    if (fields.flags !== undefined) entry.flags = fields.flags;
    if (fields.code !== undefined) entry.code = fields.code;
    if (fields.end !== undefined) entry.end = fields.end;
  }

  newWordlist(): number {
    if (this.wordlists >= LIMITS.wordlists) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "wordlists", limit: LIMITS.wordlists });
    return this.wordlists++;
  }

  /** Marks a point to return to; from here on changes of entries are remembered. */
  mark(): DictionaryMark {
    this.#journalArmed = true;
    return {
      entries: [...this.entries], wordlists: this.wordlists, searchOrder: [...this.searchOrder],
      current: this.current, journal: this.#journal.length, latest: this.latest,
    };
  }

  /** Whether words were added, forgotten or changed, or are searched in another order. */
  changedSince(mark: DictionaryMark): boolean {
    const sameOrder = this.searchOrder.length === mark.searchOrder.length && this.searchOrder.every((wordlist, index) => wordlist === mark.searchOrder[index]);
    return !sameOrder || this.current !== mark.current || this.wordlists !== mark.wordlists || this.#journal.length !== mark.journal || this.entries.length !== mark.entries.length;
  }

  /** Returns to a mark. */
  rollback(mark: DictionaryMark): void {
    while (this.#journal.length > mark.journal) {
      const change = this.#journal.pop() as Change;
      change.entry.flags = change.flags;
      change.entry.code = change.code;
      change.entry.end = change.end;
    }
    // A marker may have forgotten words that come back now.
    let common = 0;
    while (common < this.entries.length && this.entries[common] === mark.entries[common]) common += 1;
    this.truncate(common);
    for (const entry of mark.entries.slice(common)) this.adopt(entry);
    this.wordlists = mark.wordlists;
    this.searchOrder = [...mark.searchOrder];
    this.current = mark.current;
    this.latest = mark.latest;
  }

  /** Forgets what was remembered since the outermost mark. */
  release(): void {
    this.#journal = [];
    this.#journalArmed = false;
  }

  /** Forgets the words from this many entries on. */
  truncate(length: number): void {
    while (this.entries.length > length) {
      const entry = this.entries.pop() as Entry;
      if (entry.name === "") continue;
      const names = this.#namesOf(entry.wordlist);
      if (entry.shadowed === 0) names.delete(foldName(entry.name));
      else names.set(foldName(entry.name), entry.shadowed);
    }
    if (this.latest >= FIRST_USER_XT + length) this.latest = length === 0 ? 0 : FIRST_USER_XT + length - 1;
  }

  /** Takes an entry back in when a snapshot is restored, in order of xt. */
  adopt(entry: Entry): void {
    this.entries.push(entry);
    if (entry.name !== "") this.#namesOf(entry.wordlist).set(foldName(entry.name), entry.xt);
  }

  /** Visible user words of a wordlist, newest first. */
  *visible(wordlist: number): Generator<Entry> {
    for (let index = this.entries.length - 1; index >= 0; index -= 1) {
      const entry = this.entries[index] as Entry;
      if (entry.wordlist === wordlist && entry.name !== "" && (entry.flags & FLAG.hidden) === 0) yield entry;
    }
  }

  #namesOf(wordlist: number): Map<string, number> {
    let names = this.#names.get(wordlist);
    if (names === undefined) this.#names.set(wordlist, (names = new Map()));
    return names;
  }
}
