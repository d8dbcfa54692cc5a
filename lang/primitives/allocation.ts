import { LIMITS } from "../limits.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Memory-Allocation. What fails leaves a number for `throw`: -59, -60 or -61. */
export const ALLOCATION: readonly PrimitiveRow[] = [
  { code: 216, word: "allocate", effect: "( u -- a-addr ior )", erg: 100, run: allocate },
  { code: 217, word: "free", effect: "( a-addr -- ior )", erg: 100, run: free },
  { code: 218, word: "resize", effect: "( a-addr1 u -- a-addr2 ior )", erg: 100, run: resize },
];

/** Address of a new block, all zeros; undefined when there is no room. Charged by size. */
function newBlock(vm: Vm, size: number): number | undefined {
  if (!(size >= 0 && size <= LIMITS.farSpace)) return undefined;
  vm.charge((size >> 4) + vm.far.searchErg);
  const address = vm.far.allocate(size);
  if (address !== undefined) vm.bytes.fill(0, address, address + size);
  return address;
}

function allocate(vm: Vm): void {
  const address = newBlock(vm, Number(vm.popUnsigned()));
  vm.pushNumber(address ?? 0);
  vm.push(address === undefined ? -59n : 0n);
}

function free(vm: Vm): void {
  vm.charge(vm.far.searchErg);
  vm.push(vm.far.release(vm.popNumber()) ? 0n : -60n);
}

function resize(vm: Vm): void {
  const size = Number(vm.popUnsigned());
  const old = vm.popNumber();
  vm.charge(vm.far.searchErg);
  const held = vm.far.sizeOf(old);
  const address = held !== undefined && size <= held ? old : held === undefined ? undefined : newBlock(vm, size);
  vm.pushNumber(address ?? old);
  vm.push(address === undefined ? -61n : 0n);
  if (address === undefined || address === old) return;
  vm.bytes.copyWithin(address, old, old + Math.min(held ?? 0, size));
  vm.far.release(old);
}
