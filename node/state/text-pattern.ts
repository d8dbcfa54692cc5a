import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { oneOf } from "./name-pattern.ts";

/**
 * Extended regular expressions for `grep`, without back-references: `. [a-z] [^a-z] ( | ) * + ? ^ $` and
 * `\` before a character that is to stand for itself. JavaScript's own engine tries ways one after the
 * other, and a pattern such as (a*)*b keeps it busy for ever; this one walks all ways at once (Thompson,
 * 1968), so time is at most text × pattern and can be paid for before.
 */
export interface TextPattern {
  /** Steps of the compiled pattern: what one character of text may cost. */
  readonly size: number;
  /** Whether the pattern fits somewhere in the line. */
  fits(line: string): boolean;
}

type Step =
  | { readonly kind: "character"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "split"; first: number; second: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "start" }
  | { readonly kind: "end" }
  | { readonly kind: "found" };

const MAX_CHARACTERS = 1_000;
const MAX_DEPTH = 100;

/** Faults: STATE_BAD_PATTERN. */
export function compilePattern(pattern: string, { ignoreCase, isLiteral }: { readonly ignoreCase: boolean; readonly isLiteral: boolean }): TextPattern {
  const fold = ignoreCase ? foldCase : (text: string): string => text;
  const steps: readonly Step[] = isLiteral ? literalSteps(fold(pattern)) : new PatternReader(pattern, fold).read();
  return { size: steps.length, fits: (line) => runSteps(steps, Array.from(fold(line))) };
}

/** Simple folding, the same on every machine: no locale has a say. */
function foldCase(text: string): string {
  return text.toLowerCase();
}

function literalSteps(text: string): Step[] {
  const characters = Array.from(text);
  if (characters.length > MAX_CHARACTERS) refuse(text, `longer than ${MAX_CHARACTERS} characters`);
  return [...characters.map((wanted): Step => ({ kind: "character", accepts: (found) => found === wanted })), { kind: "found" }];
}

function refuse(pattern: string, reason: string): never {
  throw new FaultError<StateFault>({ code: "STATE_BAD_PATTERN", pattern: pattern.slice(0, 80), reason });
}

/** Reads  alternatives = sequence { "|" sequence };  sequence = { atom [ "*" | "+" | "?" ] }. */
class PatternReader {
  readonly #pattern: string;
  readonly #characters: readonly string[];
  readonly #fold: (text: string) => string;
  readonly #steps: Step[] = [];
  #at = 0;
  #depth = 0;

  constructor(pattern: string, fold: (text: string) => string) {
    this.#pattern = pattern;
    this.#characters = Array.from(pattern);
    this.#fold = fold;
    if (this.#characters.length > MAX_CHARACTERS) refuse(pattern, `longer than ${MAX_CHARACTERS} characters`);
  }

  read(): readonly Step[] {
    this.#alternatives();
    if (this.#at < this.#characters.length) refuse(this.#pattern, "a ) without its (");
    this.#steps.push({ kind: "found" });
    return this.#steps;
  }

  #alternatives(): void {
    if (++this.#depth > MAX_DEPTH) refuse(this.#pattern, "nested too deeply");
    const start = this.#steps.length;
    const ends: { kind: "jump"; to: number }[] = [];
    this.#sequence();
    while (this.#characters[this.#at] === "|") {
      this.#at++;
      const end = { kind: "jump" as const, to: 0 };
      this.#steps.push(end);
      ends.push(end);
      this.#insert(start, { kind: "split", first: start + 1, second: this.#steps.length + 1 });
      this.#sequence();
    }
    for (const end of ends) end.to = this.#steps.length;
    this.#depth--;
  }

  #sequence(): void {
    for (let character = this.#characters[this.#at]; character !== undefined && character !== "|" && character !== ")"; character = this.#characters[this.#at]) {
      const start = this.#steps.length;
      this.#at++;
      this.#atom(character);
      this.#repeat(start);
    }
  }

  #atom(character: string): void {
    if (character === "*" || character === "+" || character === "?") refuse(this.#pattern, `${character} has nothing to repeat`);
    if (character === "(") {
      this.#alternatives();
      if (this.#characters[this.#at++] !== ")") refuse(this.#pattern, "a ( without its )");
    } else if (character === "[") this.#accept(this.#set());
    else if (character === ".") this.#accept(() => true);
    else if (character === "^") this.#steps.push({ kind: "start" });
    else if (character === "$") this.#steps.push({ kind: "end" });
    else this.#accept(this.#literal(character));
  }

  #literal(character: string): (found: string) => boolean {
    const taken = character === "\\" ? this.#characters[this.#at++] : character;
    if (taken === undefined) refuse(this.#pattern, "it ends in a \\");
    if (character === "\\" && /[A-Za-z0-9]/.test(taken)) refuse(this.#pattern, `\\${taken} has no meaning here`);
    const wanted = this.#fold(taken);
    return (found) => found === wanted;
  }

  #set(): (found: string) => boolean {
    const isInverted = this.#characters[this.#at] === "^";
    const close = this.#characters.indexOf("]", this.#at + (isInverted ? 2 : 1));
    if (close === -1) refuse(this.#pattern, "a [ without its ]");
    const set = this.#characters.slice(this.#at + (isInverted ? 1 : 0), close);
    this.#at = close + 1;
    const isIn = oneOf(set);
    const isInFolded = oneOf(set.map(this.#fold));
    return (found) => (isIn(found) || isInFolded(found)) !== isInverted;
  }

  #accept(accepts: (found: string) => boolean): void {
    this.#steps.push({ kind: "character", accepts });
  }

  #repeat(start: number): void {
    const sign = this.#characters[this.#at];
    if (sign !== "*" && sign !== "+" && sign !== "?") return;
    this.#at++;
    if (sign === "+") {
      this.#steps.push({ kind: "split", first: start, second: this.#steps.length + 1 });
    } else {
      const again = sign === "*" ? 1 : 0;
      this.#insert(start, { kind: "split", first: start + 1, second: this.#steps.length + 1 + again });
      if (sign === "*") this.#steps.push({ kind: "jump", to: start });
    }
    this.#repeat(start);
  }

  /** Puts a step in the middle; what points behind it moves along. */
  #insert(at: number, step: Step): void {
    for (const each of this.#steps.slice(at)) {
      if (each.kind === "jump" && each.to >= at) each.to++;
      if (each.kind === "split") {
        if (each.first >= at) each.first++;
        if (each.second >= at) each.second++;
      }
    }
    this.#steps.splice(at, 0, step);
  }
}

function runSteps(steps: readonly Step[], line: readonly string[]): boolean {
  let live = new Set<number>();
  for (let i = 0; i <= line.length; i++) {
    addStep(steps, live, 0, { isStart: i === 0, isEnd: i === line.length });
    if (live.has(steps.length - 1)) return true;
    const next = new Set<number>();
    const character = line[i];
    if (character === undefined) return false;
    for (const at of live) {
      const step = steps[at] as Step;
      if (step.kind === "character" && step.accepts(character)) addStep(steps, next, at + 1, { isStart: false, isEnd: i + 1 === line.length });
    }
    live = next;
  }
  return false;
}

/** Adds a step and all that it leads to without taking a character. */
function addStep(steps: readonly Step[], live: Set<number>, first: number, place: { readonly isStart: boolean; readonly isEnd: boolean }): void {
  const waiting = [first];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (live.has(at)) continue;
    live.add(at);
    const step = steps[at] as Step;
    if (step.kind === "jump") waiting.push(step.to);
    else if (step.kind === "split") waiting.push(step.second, step.first);
    else if ((step.kind === "start" && place.isStart) || (step.kind === "end" && place.isEnd)) waiting.push(at + 1);
  }
}
