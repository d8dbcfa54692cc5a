import { LIMITS } from "../limits.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Memory outside of data space (Forth-2012, word set 14). New memory is zero. */
export const ALLOCATION: readonly PrimitiveRow[] = [
  {
    code: 186, word: "allocate", effect: "( u -- a-addr ior )", erg: 40,
    run: (vm) => {
      const size = vm.popUnsigned();
      const address = take(vm, size);
      vm.pushNumber(address ?? 0);
      vm.push(address === undefined ? -59n : 0n);
    },
  },
  { code: 187, word: "free", effect: "( a-addr -- ior )", erg: 40, run: (vm) => vm.push(vm.far.release(vm.popNumber()) ? 0n : -60n) },
  { code: 188, word: "resize", effect: "( a-addr1 u -- a-addr2 ior )", erg: 60, run: resize },
];

function take(vm: Vm, size: bigint): number | undefined {
  if (size > BigInt(LIMITS.farSpace)) return undefined;
  vm.charge(Number(size) >> 6);
  const address = vm.far.allocate(Number(size));
  if (address !== undefined) vm.bytes.fill(0, address, address + Number(size));
  return address;
}

function resize(vm: Vm): void {
  const size = vm.popUnsigned();
  const address = vm.popCell();
  const old = vm.far.sizeOf(Number(address));
  const fits = old !== undefined && size <= BigInt(old);
  const moved = old === undefined || fits ? undefined : take(vm, size);
  if (moved !== undefined && old !== undefined) {
    vm.charge(old >> 4);
    vm.bytes.copyWithin(moved, Number(address), Number(address) + old);
    vm.far.release(Number(address));
  }
  vm.push(moved === undefined ? address : BigInt(moved));
  vm.push(fits || moved !== undefined ? 0n : -61n);
}
