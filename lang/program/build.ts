import type { Entry } from "../dictionary.ts";
import type { ExecutedItem } from "../host.ts";
import { LIMITS } from "../limits.ts";
import type { Machine } from "../machine/machine.ts";
import type { Vm } from "../machine/vm.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { builtinXt, primitiveName } from "../primitives/table.ts";
import type { Value } from "../value.ts";
import { foldName, WORDLIST } from "../words.ts";
import { badProgram } from "./bad-program.ts";
import { checkProgram } from "./check.ts";
import type { Program, ProgramEntry, WordRef } from "./program.ts";
import { codeRefs, readCode } from "./read-code.ts";

/** Codes of words that the builder itself lays down. */
const CODE = { constant: 1095, twoConstant: 1096, tick: 1156, plus: 80, immediate: 1050, compileOnly: 1051 } as const;
/** Words that find others by a name made while running: with them nothing is left out. */
const FINDERS: ReadonlySet<number> = new Set([1168, 1171]);

export interface BuildOptions {
  /** Number of user words when recording began (`machine.wordCount`): those are linked, later ones were recorded. */
  readonly wordsBefore: number;
}

/**
 * Links what was recorded to a program: the items in order, before them the earlier words they need, each
 * recorded definition only if something needs it (G24). Data that can change and was made before the
 * recording is not part of a package (R3). Faults: LANG_UNSUPPORTED naming such a word, LANG_BAD_PROGRAM.
 */
export function buildProgram(machine: Machine, items: readonly ExecutedItem[], options: BuildOptions): Program {
  const program = new Builder(machine.vm, options.wordsBefore).build(items);
  checkProgram(program);
  return program;
}

class Builder {
  readonly #vm: Vm;
  readonly #firstRecorded: number;
  readonly #entries: ProgramEntry[] = [];
  readonly #indices = new Map<number, number>();
  /** Names in the program that a word of the stdlib must not hide. */
  #taken = new Set<string>();
  readonly #renamed = new Map<number, string>();
  #count = 0;

  constructor(vm: Vm, wordsBefore: number) {
    this.#vm = vm;
    this.#firstRecorded = FIRST_USER_XT + wordsBefore;
  }

  build(items: readonly ExecutedItem[]): Program {
    const needed = this.#closure(items);
    const earlier = [...needed].filter((xt) => xt < this.#firstRecorded || this.#isLibrary(xt)).sort((a, b) => a - b);
    this.#taken = new Set([...needed].filter((xt) => !this.#isLibrary(xt)).map((xt) => foldName(this.#entry(xt).name)));
    for (const xt of earlier) this.#link(this.#entry(xt));
    let dropped = false;
    for (const item of items) {
      if (item.kind === "define" && item.by === undefined && !needed.has(item.xt)) {
        dropped = true;
        continue;
      }
      const flagsDropped = dropped && item.kind === "word" && (item.xt === CODE.immediate || item.xt === CODE.compileOnly);
      if (flagsDropped) continue;
      dropped = false;
      this.#item(item);
    }
    return { entries: this.#entries };
  }

  /** User's words that the items reach. Definitions alone need nothing; what uses them does. */
  #closure(items: readonly ExecutedItem[]): Set<number> {
    const needed = new Set<number>();
    const work: number[] = [];
    const need = (xt: number): void => {
      if (xt < FIRST_USER_XT || needed.has(xt)) return;
      needed.add(xt);
      work.push(xt);
    };
    const keepAll = items.some((item) => item.kind === "word" && FINDERS.has(item.xt)) || this.#anyFinder(items);
    for (const item of items) {
      if (item.kind === "literal") continue;
      if (item.kind === "word") need(item.xt);
      else if (item.by !== undefined) need(item.by);
      if (item.kind === "define" && (item.by !== undefined || keepAll || this.#entry(item.xt).name === "")) need(item.xt);
      for (const xt of item.refers ?? []) need(xt);
    }
    for (let xt = work.pop(); xt !== undefined; xt = work.pop()) {
      const entry = this.#entry(xt);
      if (entry.kind === "colon") for (const ref of codeRefs(this.#vm, entry)) need(ref);
      if (entry.kind === "synonym") need(entry.data);
    }
    return needed;
  }

  #anyFinder(items: readonly ExecutedItem[]): boolean {
    return items.some((item) => {
      if (item.kind !== "define" || item.by !== undefined) return false;
      const code = readCode(this.#vm, this.#entry(item.xt), () => ({ user: 0 }));
      return code.some((instruction) => instruction.op === "word" && "code" in instruction.word && FINDERS.has(instruction.word.code));
    });
  }

  /** A word that `use` loaded, before the recording or in it: `use` itself is not recorded. */
  #isLibrary(xt: number): boolean {
    return this.#entry(xt).wordlist === WORDLIST.library;
  }

  /** What a linked word is called in the program: its name, unless that would hide another word there. */
  #linkedName(entry: Entry): string {
    if (entry.wordlist !== WORDLIST.library) return entry.name;
    let name = entry.name;
    for (let number = 2; this.#taken.has(foldName(name)) || builtinXt(foldName(name)) !== 0; number += 1) name = `${entry.name}~${String(number)}`;
    this.#taken.add(foldName(name));
    this.#renamed.set(entry.xt, name);
    return name;
  }

  /** A word made before the recording. */
  #link(entry: Entry): void {
    switch (entry.kind) {
      case "colon":
        return this.#colon(entry, this.#linkedName(entry));
      case "constant":
        this.#literal(this.#slot(entry.data));
        return this.#made(entry, CODE.constant);
      case "constant2":
        this.#literal(this.#slot(entry.data));
        this.#literal(this.#slot(entry.data + 1));
        return this.#made(entry, CODE.twoConstant);
      case "field":
        this.#entries.push({
          kind: "colon", name: entry.name,
          code: [{ op: "literal", value: { kind: "cell", value: BigInt(entry.data) } }, { op: "word", word: { code: CODE.plus } }, { op: "exit" }],
        });
        return this.#number(entry.xt);
      case "synonym":
        this.#entries.push({ kind: "word", word: { code: 1105 }, text: `${entry.name} ${this.#nameOf(entry.data)}`, defines: [entry.name] });
        return this.#number(entry.xt);
      default:
        throw this.#vm.fault({ code: "LANG_UNSUPPORTED", word: entry.name, instead: "data made after bt, or a constant: what can change and is older is not part of a package" });
    }
  }

  #item(item: ExecutedItem): void {
    if (item.kind === "literal") return this.#literal(item.value);
    if (item.kind === "define" && item.by === undefined) return this.#colon(this.#entry(item.xt));
    const made = (item.defines ?? []).map((xt) => this.#entry(xt));
    const executed = item.kind === "define" ? (item.by as number) : item.xt;
    if (/[\n\r]/.test(item.text ?? "")) badProgram("a word that read more than one line");
    this.#entries.push({ kind: "word", word: this.#ref(executed), text: item.text ?? "", defines: made.map((entry) => entry.name) });
    for (const entry of made) this.#number(entry.xt);
  }

  /** A word without a name gets one, and its token is fetched by it. */
  #colon(entry: Entry, name = entry.name || `noname-${this.#count}`): void {
    this.#number(entry.xt);
    const code = readCode(this.#vm, entry, (xt) => this.#ref(xt));
    this.#entries.push({ kind: "colon", name, code });
    if (entry.name === "" && entry.xt >= this.#firstRecorded) this.#entries.push({ kind: "word", word: { code: CODE.tick }, text: name, defines: [] });
  }

  #made(entry: Entry, code: number): void {
    const name = this.#linkedName(entry);
    this.#entries.push({ kind: "word", word: { code }, text: name, defines: [name] });
    this.#number(entry.xt);
  }

  #literal(value: Value): void {
    this.#entries.push({ kind: "literal", value });
  }

  #slot(slot: number): Value {
    const cell = this.#vm.slotCells[slot] as bigint;
    return this.#vm.slotTags[slot] === 0 ? { kind: "cell", value: cell } : this.#vm.boxes.get(Number(cell));
  }

  #number(xt: number): void {
    if (this.#count >= LIMITS.words) badProgram("too many words");
    this.#indices.set(xt, this.#count++);
  }

  #ref(xt: number): WordRef {
    if (xt < FIRST_USER_XT) return { code: xt };
    const user = this.#indices.get(xt);
    if (user === undefined) badProgram(`${this.#entry(xt).name} is used before it is defined`);
    return { user };
  }

  #nameOf(xt: number): string {
    return xt < FIRST_USER_XT ? primitiveName(xt) : (this.#renamed.get(xt) ?? this.#entry(xt).name);
  }

  #entry(xt: number): Entry {
    return this.#vm.dictionary.has(xt) ? this.#vm.entry(xt) : badProgram("a word that was forgotten since");
  }
}
