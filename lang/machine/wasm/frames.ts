import { LIMITS } from "../../limits.ts";
import { TAG } from "../../value.ts";
import { FRAME } from "../layout.ts";
import type { Vm } from "../vm.ts";
import type { EntryPoint } from "./closure.ts";
import { UNITS } from "./registers.ts";

// What lies on the interpreter's return stack where compiled code could take over.

/** Where the current word's part of the return stack begins, above the frame of its call. */
export function frameBase(vm: Vm): number | undefined {
  for (let at = vm.rp - 1; at >= 0; at -= 1) {
    const tag = vm.rtags[at] as number;
    if (tag === FRAME.call) return at + 1;
    if (tag > FRAME.locals) return undefined;
  }
  return undefined;
}

/** What lies above it; undefined when there is a boxed entry. */
export function kindsAbove(vm: Vm, base: number): EntryPoint["returns"] | undefined {
  const kinds: EntryPoint["returns"][number][] = [];
  let locals = base; // entries below are locals, up to the last frame of them that was seen
  for (let at = base; at < vm.rp; at += 1) {
    const tag = vm.rtags[at] as number;
    if (tag === FRAME.loop) kinds.push("loop");
    else if (tag === FRAME.locals) {
      kinds.push("locals");
      locals = at + 1 + (vm.rwords[at * 2 + 1] as number);
    } else if (tag === TAG.cell) kinds.push(at < locals ? "local" : "cell");
    else return undefined;
  }
  return kinds;
}

/** Whether code that was compiled for one fits the other. */
export function sameKinds(a: EntryPoint["returns"], b: EntryPoint["returns"]): boolean {
  return a.length === b.length && a.every((kind, index) => kind === b[index]);
}

/** The caller's locals: what the first frame of locals above `base` keeps, or those in use. */
export function outerLocals(vm: Vm, base: number): number {
  for (let at = base; at < vm.rp; at += 1) if (vm.rtags[at] === FRAME.locals) return vm.rwords[at * 2] as number;
  return vm.lp;
}

/** Room for calls and entries above `base`, in units (registers.ts). */
export function roomOf(vm: Vm, base: number): number {
  const calls = (LIMITS.callDepth - vm.depth - 1) * UNITS.call;
  const data = (LIMITS.dataStack - base) * UNITS.data;
  const returns = (LIMITS.returnStack - vm.rp - 1) * UNITS.returns;
  return Math.min(calls, data, returns, UNITS.most);
}
