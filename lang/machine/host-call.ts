import type { HostWordName } from "../primitives/host-words.ts";
import type { HostWordSpec } from "../primitives/spec.ts";
import { convertParameter } from "../host-parameters.ts";
import type { Vm } from "./vm.ts";

/**
 * Carries out a host word: entries become what its row declares, the host does the work, its results
 * go on the stack. When the host refuses, the entries are still there.
 */
export function callHost(vm: Vm, spec: HostWordSpec): void {
  const count = spec.takes.length;
  const args = spec.takes.map((kind, index) => convertParameter(vm.valueAt(vm.sp - count + index), kind, spec.word, vm));
  const results = vm.host.call(spec.word as HostWordName, args, vm);
  vm.sp -= count;
  for (const result of results) vm.pushValue(result);
}
