import type { LangFault } from "../fault.ts";
import { TAG } from "../value.ts";
import { FRAME } from "./layout.ts";
import { MODE } from "./mode.ts";
import type { Vm } from "./vm.ts";

/** Cells of a CATCH frame, from its bottom. */
const HANDLER = { ip: 0, sp: 1, lp: 2, depth: 3, previous: 4, sources: 5, in: 6, lineStart: 7, lineNumber: 8, size: 9 } as const;

/** Cells of a handler. */
export const HANDLER_SIZE = HANDLER.size;

/** Makes a handler that goes on at `ip` with the data stack at height `sp` and the source at `in`. */
export function pushHandler(vm: Vm, at: { readonly ip: number; readonly sp: number; readonly in: number }): void {
  const source = vm.sources.top;
  const frame = vm.rp;
  const fields = [at.ip, at.sp, vm.lp, vm.depth, vm.handler, vm.sources.stack.length, at.in, source?.lineStart ?? 0, source?.lineNumber ?? 0];
  for (const field of fields) vm.rpushFrame(field, FRAME.handler);
  vm.handler = frame + 1;
}

/** Takes the innermost handler off and gives the address to go on at. */
export function popHandler(vm: Vm): number {
  const frame = vm.handler - 1;
  if (frame < 0 || vm.rp !== frame + HANDLER.size) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: "catch" });
  vm.handler = vm.rwords[(frame + HANDLER.previous) * 2] as number;
  vm.rp = frame;
  return vm.rwords[frame * 2] as number;
}

/** Returns to the innermost CATCH with this number; false if there is none. */
export function unwind(vm: Vm, number: bigint, fault: LangFault): boolean {
  if (vm.handler === 0) return false;
  const frame = vm.handler - 1;
  const field = (index: number): number => vm.rwords[(frame + index) * 2] as number;
  vm.thrown = { number, fault };
  const depth = field(HANDLER.sp);
  // Entries that were consumed since have no defined content; they must not name boxes long freed.
  for (; vm.sp < depth; vm.sp += 1) {
    vm.cells[vm.sp] = 0n;
    vm.tags[vm.sp] = TAG.cell;
  }
  vm.sp = depth;
  vm.lp = field(HANDLER.lp);
  vm.depth = field(HANDLER.depth);
  vm.input.unwindTo(field(HANDLER.sources), field(HANDLER.in), field(HANDLER.lineStart), field(HANDLER.lineNumber));
  vm.handler = field(HANDLER.previous);
  vm.ip = field(HANDLER.ip);
  vm.rp = frame;
  vm.push(number);
  vm.mode = MODE.code;
  return true;
}
