import type { HostWordName } from "../primitives/host-words.ts";
import type { HostWordSpec, ParameterKind } from "../primitives/spec.ts";
import type { Value } from "../value.ts";
import { toUnits } from "../numbers/amount.ts";
import { whole } from "../values/construct.ts";
import { convert } from "../values/convert.ts";
import type { Vm } from "./vm.ts";

/**
 * Carries out a host word: entries become what its row declares, the host does the work, its results
 * go on the stack. When the host refuses, the entries are still there.
 */
export function callHost(vm: Vm, spec: HostWordSpec): void {
  const count = spec.takes.length;
  const args = spec.takes.map((kind, index) => toParameter(vm, vm.valueAt(vm.sp - count + index), kind, spec.word));
  const results = vm.host.call(spec.word as HostWordName, args, vm);
  vm.sp -= count;
  for (const result of results) vm.pushValue(result);
}

/** An entry as a parameter of that kind. An amount becomes base units; an integer even where a cell could hold it. */
function toParameter(vm: Vm, value: Value, kind: ParameterKind, word: string): Value {
  switch (kind) {
    case "any":
      return value;
    case "content":
      return value.kind === "bytes" ? value : convert(value, "text", word, vm);
    case "path":
    case "recipient":
      return convert(value, "text", word, vm);
    case "amount":
      return whole(toUnits(value, word, vm));
    default:
      return convert(value, kind, word, vm);
  }
}
