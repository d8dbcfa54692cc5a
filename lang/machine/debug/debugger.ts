import { utf8 } from "../../base/bytes.ts";
import { listField, numberItem, smallField, textField, textItem } from "../../base/rlp-fields.ts";
import type { RlpItem } from "../../base/rlp.ts";
import { LIMITS } from "../../limits.ts";
import { foldName } from "../../words.ts";
import { reportFault } from "../fault-report.ts";
import { runCode } from "../interpreter.ts";
import { MODE } from "../mode.ts";
import type { Tier } from "../tier-port.ts";
import type { Vm } from "../vm.ts";
import { depthOf, nextItem, type NextItem } from "./next-item.ts";
import { callers, KEYS_HELP, pausePlace, STEP_PROMPT, traceLine, watchedValue } from "./show.ts";

/** Names that may be watched, and breakpoints, at most. */
const MOST_NAMES = 64;
/** ERG for looking before an instruction, and for a line that shows one: both cost the node time. */
const LOOK_ERG = 5;
const LINE_ERG = 500;
/** Any depth: the next item, wherever it is. */
const ANYWHERE = 2 ** 31 - 1;
const ESCAPE = 27;

const MODES = ["off", "trace", "step"] as const;

/** What a key pressed at a pause means for the machine. */
export type Answer = "go on" | "wait" | "stop";

/**
 * Shows a program while it runs: STEP pauses before every item, TRACE prints each, breakpoints pause where a word
 * begins, watched names are printed when they change. Everything here is data, so a paused machine can go
 * to another worker. While it looks, the interpreter runs alone: both tiers do the same, so nothing else changes
 * but the ERG for looking.
 */
export class Debugger {
  readonly #vm: Vm;
  #mode: (typeof MODES)[number] = "off";
  /** STEP pauses at items that are no deeper than this. */
  #until = ANYWHERE;
  /** The item before which the machine paused is to run now. */
  #released = false;
  /** There is nobody to press a key any more. */
  #alone = false;
  #breaks: string[] = [];
  /** Watched names and what they held when last looked at. */
  #watches: { readonly name: string; held: string }[] = [];

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  /** Whether the run loop must ask `step` before it goes on. */
  get isOn(): boolean {
    return this.#mode !== "off" || this.#breaks.length > 0;
  }

  /** STEP or TRACE: the rest of the line is shown. */
  show(mode: "step" | "trace"): void {
    this.#mode = mode;
    this.#until = ANYWHERE;
    this.#released = false;
    this.#parkTier();
  }

  /** The line is over, well or not. */
  endLine(): void {
    if (this.#mode === "off" && !this.#released) return;
    this.#mode = "off";
    this.#released = false;
    this.#parkTier();
  }

  /** Another run begins: somebody may be there to press keys. */
  beginRun(): void {
    this.#alone = !this.#vm.interactive;
  }

  get breaks(): readonly string[] {
    return this.#breaks;
  }

  /** Sets or takes away a breakpoint; no name takes all away. Faults: LANG_TOO_LARGE. */
  setBreak(name: string, on: boolean): void {
    const folded = foldName(name);
    const others = name === "" ? [] : this.#breaks.filter((each) => each !== folded);
    if (on && others.length >= MOST_NAMES) throw this.#vm.fault({ code: "LANG_TOO_LARGE", what: "breakpoints", limit: MOST_NAMES });
    this.#breaks = on ? [...others, folded] : others;
    this.#parkTier();
  }

  /** Watches a name from now on and prints what it holds. Faults: LANG_UNSUPPORTED for a name that holds nothing, LANG_TOO_LARGE. */
  watch(name: string): void {
    const held = watchedValue(this.#vm, name);
    if (held === undefined) throw this.#vm.fault({ code: "LANG_UNSUPPORTED", word: `watch ${name}`, instead: "the name of a variable, value or constant" });
    this.unwatch(name);
    if (this.#watches.length >= MOST_NAMES) throw this.#vm.fault({ code: "LANG_TOO_LARGE", what: "watched names", limit: MOST_NAMES });
    this.#watches.push({ name, held });
    this.#write(`${name} = ${held}\n`);
  }

  /** No name: all. */
  unwatch(name: string): void {
    this.#watches = name === "" ? [] : this.#watches.filter((watch) => foldName(watch.name) !== foldName(name));
  }

  /** Lists what is watched, or the breakpoints. */
  list(what: "watches" | "breaks"): void {
    const lines = what === "breaks" ? this.#breaks : this.#watches.map(({ name }) => `${name} = ${watchedValue(this.#vm, name) ?? "(gone)"}`);
    const none = what === "breaks" ? "no breakpoints; break NAME sets one" : "nothing is watched; watch NAME begins";
    this.#write(lines.length === 0 ? `${none}\n` : `${lines.join("\n")}\n`);
  }

  /** Prints the watched names that hold something else than when last looked at. */
  showChanges(): void {
    for (const watch of this.#watches) {
      const now = watchedValue(this.#vm, watch.name) ?? "(gone)";
      if (now === watch.held) continue;
      this.#write(`${watch.name} = ${now}, was ${watch.held}\n`);
      watch.held = now;
    }
  }

  /** Does the next item, or pauses before it. */
  step(): void {
    const vm = this.#vm;
    const item = nextItem(vm);
    const isBreak = item !== undefined && !this.#released && this.#isBreak(item);
    if (item !== undefined) vm.charge(LOOK_ERG);
    if (item !== undefined && !this.#alone && !this.#released && (isBreak || this.#isStep(item))) return this.#pause(item);
    this.#released = item === undefined && this.#released;
    if (isBreak && this.#mode === "off") this.#write(pausePlace(vm, item));
    const shown = this.#mode === "trace" || (this.#mode === "step" && this.#alone);
    if (shown || isBreak) vm.charge(LINE_ERG);
    if (vm.mode === MODE.code) runCode(vm, "one");
    else vm.text.step();
    if (item === undefined || !shown) return;
    this.#write(traceLine(vm, item));
    this.showChanges();
  }

  /** A key was pressed at a pause; none means that no more will come. Faults: LANG_OUT_OF_ERG. */
  answer(key: Uint8Array | undefined): Answer {
    this.#vm.charge(LINE_ERG);
    const depth = depthOf(this.#vm);
    if (key === undefined || key.length === 0) return this.#goOn("off", ANYWHERE, "alone");
    switch (key[0] === ESCAPE ? "" : String.fromCharCode(key[0] as number).toLowerCase()) {
      case "\r":
      case "\n":
      case " ":
      case "s":
        return this.#goOn("step", ANYWHERE, "into");
      case "o":
        return this.#goOn("step", depth, "over");
      case "f":
        return this.#goOn("step", depth - 1, "to the end of this word");
      case "c":
        return this.#goOn("off", ANYWHERE, "go on");
      case "q":
        this.#write("stop\n");
        return "stop";
      case "b":
        return this.#tell(callers(reportFault(this.#vm, { code: "" }).trace));
      case "t":
        return this.#tell(this.#vm.shown.stackTable(this.#vm));
      default:
        return this.#tell(KEYS_HELP);
    }
  }

  encode(): RlpItem {
    const watches = this.#watches.map(({ name, held }) => [textItem(name), textItem(held)]);
    return [numberItem(MODES.indexOf(this.#mode)), numberItem(this.#until + 1), numberItem(this.#released ? 1 : 0), numberItem(this.#alone ? 1 : 0), this.#breaks.map(textItem), watches];
  }

  /** Takes on what `encode` gave. Faults: CODEC_MALFORMED. */
  decode(item: RlpItem | undefined): void {
    const fields = listField(item, "debugger", 6);
    this.#mode = MODES[smallField(fields[0], "mode", MODES.length - 1)] as (typeof MODES)[number];
    this.#until = smallField(fields[1], "until", ANYWHERE + 1) - 1;
    this.#released = smallField(fields[2], "released", 1) === 1;
    this.#alone = smallField(fields[3], "alone", 1) === 1;
    this.#breaks = listField(fields[4], "breaks").map((name) => textField(name, "name", LIMITS.nameLength * 4));
    this.#watches = listField(fields[5], "watches").map((each) => {
      const [name, held] = listField(each, "watch", 2);
      return { name: textField(name, "name", LIMITS.nameLength * 4), held: textField(held, "held", 4_096) };
    });
    this.#parkTier();
  }

  /** A colon word is met where it begins, however it was called; a built-in one wherever it stands. */
  #isBreak(item: NextItem): boolean {
    if (this.#breaks.length === 0) return false;
    if (item.isEntry && this.#breaks.includes(foldName(item.owner ?? ""))) return true;
    if (!this.#breaks.includes(item.word)) return false;
    return !this.#vm.dictionary.has(this.#vm.dictionary.find(item.word)) || this.#kindOf(item.word) !== "colon";
  }

  #kindOf(word: string): string {
    return this.#vm.entry(this.#vm.dictionary.find(word)).kind;
  }

  #isStep(item: NextItem): boolean {
    return this.#mode === "step" && item.depth <= this.#until;
  }

  #pause(item: NextItem): void {
    this.#vm.charge(LINE_ERG);
    this.#write(`${pausePlace(this.#vm, item)}${STEP_PROMPT}`);
    this.#vm.stop = { kind: "waiting", waiting: { for: "key", debugger: this.#vm.mode === MODE.code ? "code" : "text" } };
    this.#vm.mode = MODE.stopped;
  }

  #goOn(mode: "off" | "step", until: number, said: string): Answer {
    this.#mode = mode;
    this.#until = until;
    this.#released = true;
    this.#alone = said === "alone";
    this.#write(this.#alone ? "\n" : `${said}\n`);
    return "go on";
  }

  #tell(text: string): Answer {
    this.#write(`\n${text}${STEP_PROMPT}`);
    return "wait";
  }

  #write(text: string): void {
    this.#vm.host.write(utf8(text));
  }

  #parkTier(): void {
    const { tier } = this.#vm;
    if (tier instanceof ParkedTier) {
      if (!this.isOn) this.#vm.tier = tier.parked;
    } else if (this.isOn && tier !== undefined) this.#vm.tier = new ParkedTier(tier);
  }
}

/** Stands in for the compiler while somebody looks: it runs nothing, and passes on what code is gone. */
class ParkedTier implements Tier {
  readonly parked: Tier;

  constructor(parked: Tier) {
    this.parked = parked;
  }

  call(): boolean {
    return false;
  }

  back(): void {
    // The interpreter goes on.
  }

  executes(): void {
    // What runs here is looked at, not compiled.
  }

  forget(codeFrom: number): void {
    this.parked.forget(codeFrom);
  }

  constantsChanged(): void {
    this.parked.constantsChanged();
  }

  changes(xt: number): void {
    this.parked.changes(xt);
  }
}
