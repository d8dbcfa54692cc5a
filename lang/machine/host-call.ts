import type { HostWordName } from "../primitives/host-words.ts";
import type { HostWordSpec } from "../primitives/spec.ts";
import { convertParameter } from "../host-parameters.ts";
import { LIMITS } from "../limits.ts";
import type { Value } from "../value.ts";
import type { Vm } from "./vm.ts";

/**
 * Carries out a host word: entries become what its row declares, the host does the work, its results
 * go on the stack. When the host refuses, the entries are still there.
 */
export function callHost(vm: Vm, spec: HostWordSpec): void {
  const count = spec.takes.length;
  const args = spec.takes.map((kind, index) => convertParameter(vm.valueAt(vm.sp - count + index), kind, spec.word, vm));
  if (spec.counted === true) args.push(...countedEntries(vm, count, args[0]));
  const results = vm.host.call(spec.word as HostWordName, args, vm);
  vm.sp -= args.length;
  for (const result of results) vm.pushValue(result);
}

/** The entries below those of the row, as many as the first of these says; and there is room for as many as may come back. */
function countedEntries(vm: Vm, taken: number, first: Value | undefined): Value[] {
  const count = first?.kind === "cell" ? Number(first.value) : -1;
  if (count < 0 || count > LIMITS.callEntries) throw vm.fault({ code: "LANG_TOO_LARGE", what: "number of entries of a call", limit: LIMITS.callEntries });
  vm.need(taken + count);
  vm.room(LIMITS.callEntries);
  return Array.from({ length: count }, (_, index) => vm.valueAt(vm.sp - taken - count + index));
}
