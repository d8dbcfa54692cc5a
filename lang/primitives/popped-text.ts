import { fromUtf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";

/** Reading and folding so many bytes, as a power of two, to one ERG. */
export const READ_SHIFT = 2;

/** Pops the length and the address of a name in memory, which may be as long as memory. Faults: LANG_BAD_ADDRESS, LANG_BAD_INPUT. */
export function popText(vm: Vm): string {
  const bytes = vm.popBytes();
  vm.charge(bytes.length >> READ_SHIFT);
  return fromUtf8(bytes);
}
