import { setFlagsFromString } from "node:v8";
import { LIMITS } from "../../limits.ts";
import { TAG } from "../../value.ts";
import { FAR, FRAME, USER } from "../layout.ts";
import type { Tier } from "../tier-port.ts";
import type { Vm } from "../vm.ts";
import { compileEntry, type CompiledCode } from "./compile.ts";
import type { EntryPoint } from "./closure.ts";
import { frameBase, kindsAbove, outerLocals, roomOf, sameKinds } from "./frames.ts";
import { handOver } from "./hand-over.ts";
import { Heat } from "./heat.ts";
import { moduleFor } from "./module-cache.ts";
import { SCRATCH_FAR, SCRATCH_HERE, SCRATCH_SPAN } from "./registers.ts";
import type { Site } from "./sites.ts";
import type { CodeSource, ExecuteTarget } from "./blocks.ts";
import { WORD } from "./word-codes.ts";

// Code of a long first call is never replaced while it runs, so the quick first compiler would keep it slow
// (measured: nested loops 36 ms against 10). Without it the first call of a small module takes 0.2 ms.
setFlagsFromString("--no-liftoff");
// Branches seldom taken are marked (module-builder.ts), and laid out of the way.
setFlagsFromString("--experimental-wasm-branch-hinting");
// The engine's own check in each function and each round of a loop costs up to a third: its registers are saved around it.
// Compiled code counts its nesting itself (registers.ts, `room`) and comes back after SLICE_ERG at the latest.
setFlagsFromString("--no-wasm-stack-checks");

export interface TierOptions {
  /** Rounds of a loop before it is compiled; calls count less (heat.ts). Tests set 0. */
  readonly patience?: number;
  /** ERG that compiled code may use at a time; between two slices an interrupt is seen. */
  readonly sliceErg?: number;
}

const PATIENCE = 40;
/** About 10 ms of compiled code. */
const SLICE_ERG = 20_000_000;

/**
 * Compiling takes time that no ERG is charged for, so it must be earned: about 10 µs for a step, twice as long as
 * the interpreter needs for this much ERG: code changed again and again costs no more. Each machine has some of it free.
 */
const ERG_PER_STEP = 600;
const FREE_STEPS = 600;
/** What making and starting a module takes, however short its code. */
const MODULE_STEPS = 8;

/** Once compiled code has been left that often, and on most entries, it is not worth entering. */
const TRIAL_ENTRIES = 64;
/** Different words learned at one EXECUTE. */
const MOST_TARGETS = 64;

/** Compiled code of one entry point, linked to one machine. */
interface Linked extends CompiledCode {
  readonly run: (data: number, returns: number, room: number, erg: number) => number;
  entered: number;
  left: number;
}

/** What was decided for an address: compiled code, or to leave it to the interpreter. */
type Decision = Linked | "refused";

/**
 * Decides what is compiled and runs it. Everything here may differ from machine to machine and from run
 * to run without any program being able to tell: results, faults, ERG and memory are those of the
 * interpreter.
 */
export class WasmTier implements Tier {
  readonly #patience: number;
  readonly #heat: Heat;
  readonly #sliceErg: number;
  readonly #words: Int32Array;
  /** By code address: of words, and of heads of loops. */
  readonly #calls = new Map<number, Decision>();
  readonly #loops = new Map<number, Decision>();
  #stepsSpent = 0;
  #ergBefore = 0;
  #ergOfRun = 0;
  readonly #targets = new Map<number, ExecuteTarget[]>();
  readonly #source: CodeSource;
  /** Words that something was compiled from, or may have been. */
  readonly #asked = new Set<number>();
  /** What was refused since code was last forgotten: it may be taken then. */
  readonly #refusals: { readonly decisions: Map<number, Decision>; readonly code: number }[] = [];
  /** No code at a higher address is compiled, or known to be executed. */
  #highest = 0;

  constructor(vm: Vm, options: TierOptions = {}) {
    this.#patience = options.patience ?? PATIENCE;
    this.#heat = new Heat(this.#patience, vm.arrays.heat);
    this.#sliceErg = Math.min(options.sliceErg ?? SLICE_ERG, 0x3fff_ffff);
    this.#words = vm.arrays.words;
    this.#source = sourceOf(vm, (xt) => void this.#asked.add(xt));
  }

  call(vm: Vm, xt: number): boolean {
    const { code } = vm.entry(xt);
    if (!this.#heat.ofCall(vm, code, this.#calls.has(code)) || vm.depth >= LIMITS.callDepth || vm.rp >= LIMITS.returnStack) return false;
    const linked = this.#ready(vm, this.#calls, code, []);
    if (linked === undefined) return false;
    return this.#enter(vm, linked, vm.rp, () => {
      vm.depth += 1;
      vm.rpushFrame(vm.ip, FRAME.call);
    });
  }

  back(vm: Vm): void {
    if (!this.#heat.ofRound(vm, this.#loops.has(vm.ip)) || this.#loops.get(vm.ip) === "refused") return;
    const base = frameBase(vm);
    const returns = base === undefined ? undefined : kindsAbove(vm, base);
    if (base === undefined || returns === undefined) return;
    const linked = this.#ready(vm, this.#loops, vm.ip, returns);
    if (linked === undefined || !sameKinds(linked.entry.returns, returns)) return;
    const outer = outerLocals(vm, base);
    const done = this.#enter(vm, linked, base, () => {
      vm.rp = base;
      vm.lp = outer;
    });
    if (!done || this.#leftBehind) return;
    vm.rp = base - 1;
    vm.lp = outer;
    vm.depth -= 1;
    vm.ip = vm.rwords[vm.rp * 2] as number;
  }

  executes(ip: number, xt: number): void {
    const targets = this.#targets.get(ip);
    if (targets !== undefined && (targets.length >= MOST_TARGETS || targets.some((target) => target.xt === xt))) return;
    const code = this.#source.entry(xt)?.code ?? 0;
    if (code !== 0) this.#knowTarget(ip, [...(targets ?? []), { xt, code }]);
  }

  #knowTarget(ip: number, targets: ExecuteTarget[]): void {
    this.#targets.set(ip, targets);
    this.#highest = Math.max(this.#highest, ip, ...targets.map(({ code }) => code));
  }

  forget(codeFrom: number): void {
    for (const { decisions, code } of this.#refusals.splice(0)) if (decisions.get(code) === "refused") decisions.delete(code);
    // A marker in a loop pays for little, so what cannot be concerned is not looked at.
    if (codeFrom > this.#highest) return;
    this.#drop((code, linked) => code >= codeFrom || linked.codeTop >= codeFrom);
    for (const [ip, targets] of this.#targets) if (ip >= codeFrom || targets.some((each) => each.code >= codeFrom)) this.#targets.delete(ip);
  }

  constantsChanged(): void {
    this.#drop((_, linked) => this.#isStale(linked));
  }

  #drop(isGone: (code: number, linked: Linked) => boolean): void {
    for (const decisions of [this.#calls, this.#loops]) {
      for (const [code, decision] of decisions) if (decision !== "refused" && isGone(code, decision)) decisions.delete(code);
    }
  }

  changes(xt: number): void {
    if (!this.#asked.has(xt)) return;
    this.#asked.clear();
    this.forget(0);
  }

  /** Whether a constant it was made from has changed, which END-STRUCTURE and the rollback of a line do. */
  #isStale({ constants }: Linked): boolean {
    for (const [slot, value] of constants) if (this.#source.constant(slot) !== value) return true;
    return false;
  }

  /** Compiled code for an address; compiles it the first time. */
  #ready(vm: Vm, decisions: Map<number, Decision>, code: number, returns: EntryPoint["returns"]): Linked | undefined {
    const known = decisions.get(code);
    if (known !== undefined) return known === "refused" ? undefined : known;
    if (this.#patience > 0 && this.#stepsSpent > FREE_STEPS + this.#ergSeen(vm) / ERG_PER_STEP) return undefined;
    this.#stepsSpent += MODULE_STEPS;
    const compiled = compileEntry(
      { start: code, returns },
      { source: this.#source, targets: (ip) => this.#targets.get(ip) ?? [], spent: (steps) => void (this.#stepsSpent += steps) },
    );
    if (compiled === undefined) {
      this.#refuseAt(decisions, code);
      return undefined;
    }
    this.#highest = Math.max(this.#highest, code, compiled.codeTop);
    const instance = new WebAssembly.Instance(moduleFor(compiled.bytes), { machine: { memory: vm.memory } });
    const linked: Linked = { ...compiled, run: instance.exports.run as Linked["run"], entered: 0, left: 0 };
    decisions.set(code, linked);
    return linked;
  }

  /** ERG used on this machine, as far as was noticed: each run counts from its own limit. */
  #ergSeen(vm: Vm): number {
    if (vm.ergUsed < this.#ergOfRun) this.#ergBefore += this.#ergOfRun;
    this.#ergOfRun = vm.ergUsed;
    return this.#ergBefore + this.#ergOfRun;
  }

  /** Set by #enter: the interpreter is to go on within the word. */
  #leftBehind = false;

  /**
   * Runs compiled code if the machine's state allows it. `begin` brings the machine to where the records of
   * leaving are put on top. `returns` is the lowest entry of the return stack that the code takes.
   */
  #enter(vm: Vm, linked: Linked, returns: number, begin: () => void): boolean {
    const base = vm.sp - linked.takes;
    if (base < 0 || vm.dataEnd < linked.needEnd || vm.interruptFlag[0] !== 0) return false;
    for (let i = base; i < vm.sp; i += 1) if (vm.tags[i] !== TAG.cell) return false;
    const words = this.#words;
    words[SCRATCH_SPAN >> 2] = vm.dataEnd - USER - 8;
    words[SCRATCH_FAR >> 2] = vm.far.end - FAR;
    words[SCRATCH_HERE >> 2] = vm.here;
    const slice = Math.min(vm.ergLeft, this.#sliceErg);
    vm.compiledRan = true;
    linked.entered += 1;
    const left = linked.run(base, returns, roomOf(vm, base), slice);
    vm.here = words[SCRATCH_HERE >> 2] as number;
    if (left >= 0) {
      vm.ergLeft -= slice - left;
      vm.sp = base + linked.gives;
      if (vm.track) vm.origins.fill(vm.origin, base, vm.sp);
      this.#leftBehind = false;
      return true;
    }
    vm.sp = base;
    begin();
    const { site, ergLeft } = handOver(vm, linked.sites);
    if (vm.track) vm.origins.fill(vm.origin, base, vm.sp);
    vm.ergLeft -= slice - ergLeft;
    this.#leftBehind = true;
    this.#learn(vm, linked, site);
    return true;
  }

  /** After leaving: what was executed that is not known here, and whether entering is worth while. */
  #learn(vm: Vm, linked: Linked, site: Site): void {
    if (site.reason === "erg") return; // a slice came to its end, or words are deeply nested
    const op = vm.code[site.ip];
    if ((op === WORD.execute || op === WORD.catch) && this.#learnTarget(vm, site.ip)) return;
    linked.left += 1;
    if (linked.left > TRIAL_ENTRIES && linked.left * 2 > linked.entered) this.#refuse(linked);
  }

  /** Notes the word about to be executed; what was compiled without it is made again. */
  #learnTarget(vm: Vm, ip: number): boolean {
    const targets = this.#targets.get(ip) ?? [];
    const xt = vm.sp > 0 && vm.tags[vm.sp - 1] === TAG.cell ? Number(vm.cells[vm.sp - 1]) : 0;
    const code = this.#source.entry(xt)?.code ?? 0;
    if (code === 0 || targets.length >= MOST_TARGETS || targets.some((target) => target.xt === xt)) return false;
    this.#knowTarget(ip, [...targets, { xt, code }]);
    for (const decisions of [this.#calls, this.#loops]) {
      for (const [code, decision] of decisions) if (decision === "refused" || decision.sites.some((site) => site.ip === ip)) decisions.delete(code);
    }
    return true;
  }

  #refuse(linked: Linked): void {
    for (const decisions of [this.#calls, this.#loops]) if (decisions.get(linked.entry.start) === linked) this.#refuseAt(decisions, linked.entry.start);
  }

  #refuseAt(decisions: Map<number, Decision>, code: number): void {
    decisions.set(code, "refused");
    this.#refusals.push({ decisions, code });
  }
}

/** What the compiler reads of a machine, as it is at each moment. `onEntry` is told of each word it asks for. */
export function sourceOf(vm: Vm, onEntry: (xt: number) => void = () => undefined): CodeSource {
  return {
    code: vm.code,
    get codeEnd() {
      return vm.codeEnd;
    },
    get dataEnd() {
      return vm.dataEnd;
    },
    entry: (xt) => {
      onEntry(xt);
      return vm.dictionary.has(xt) ? vm.entry(xt) : undefined;
    },
    deferred: (slot) => (vm.slotTags[slot] === TAG.cell ? Number(vm.slotCells[slot]) : 0),
    stringLength: (literal) => {
      const found = vm.literals[literal];
      return found?.kind === "bytes" ? found.value.length : 0;
    },
    constant: (slot) => (vm.slotTags[slot] === TAG.cell ? vm.slotCells[slot] : undefined),
  };
}
