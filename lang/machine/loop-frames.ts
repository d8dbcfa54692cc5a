import { TAG } from "../value.ts";
import { FRAME } from "./layout.ts";
import type { Vm } from "./vm.ts";

// What counted loops and locals keep on the return stack.

/** Moves limit and first index over; false if they are equal. */
export function startLoop(vm: Vm): boolean {
  vm.rroom(2);
  const first = vm.popCell();
  const limit = vm.popCell();
  vm.rcells[vm.rp] = limit;
  vm.rtags[vm.rp] = FRAME.loop;
  vm.rcells[vm.rp + 1] = first;
  vm.rtags[vm.rp + 1] = FRAME.loop;
  vm.rp += 2;
  return first !== limit;
}

/** Faults: LANG_RETURN_UNDERFLOW where no counted loop is innermost. */
export function checkLoop(vm: Vm, word: string): void {
  if (vm.rp < 2 || vm.rtags[vm.rp - 1] !== FRAME.loop) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word });
}

/** Adds a step; true while the boundary between limit - 1 and limit was not crossed. */
export function stepLoop(vm: Vm): boolean {
  checkLoop(vm, "+loop");
  const top = vm.rp - 1;
  const step = vm.popCell();
  const limit = vm.rcells[top - 1] as bigint;
  const before = BigInt.asIntN(64, (vm.rcells[top] as bigint) - limit);
  const after = BigInt.asIntN(64, before + step);
  vm.rcells[top] = after + limit;
  return ((before ^ after) & (before ^ step)) >= 0n;
}

/** Moves the top entries into locals of the current word; the other locals are 0. */
export function takeLocals(vm: Vm, count: number, initialised: number): void {
  needs(vm, initialised, "{:");
  vm.rroom(count + 1);
  vm.rpushFrame(vm.lp, FRAME.locals);
  vm.rwords[vm.rp * 2 - 1] = count;
  vm.lp = vm.rp;
  vm.sp -= initialised;
  for (let i = 0; i < count; i += 1) {
    vm.rcells[vm.rp] = i < initialised ? (vm.cells[vm.sp + i] as bigint) : 0n;
    vm.rtags[vm.rp++] = i < initialised ? (vm.tags[vm.sp + i] as number) : TAG.cell;
  }
}

/** Ends the locals of the current word; those of its caller are in use again. Faults: LANG_RETURN_UNDERFLOW. */
export function dropLocals(vm: Vm): void {
  const frame = vm.lp - 1;
  if (frame < 0 || vm.rtags[frame] !== FRAME.locals) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: "exit" });
  vm.lp = vm.rwords[frame * 2] as number;
  vm.rp = frame;
}

/** Refuses unless the data stack holds so many entries: for instructions that are no words of the table. Faults: LANG_UNDERFLOW. */
export function needs(vm: Vm, count: number, word: string): void {
  if (vm.sp < count) throw vm.fault({ code: "LANG_UNDERFLOW", word, needs: count, depth: vm.sp });
}
