import * as layout from "./layout.ts";
import type { Vm } from "./vm.ts";

/**
 * Memory of machines that are done with, wiped and used again: reserving 37 MB anew for each package of a
 * block takes a hundred times as long as running most of them.
 */
const spare: WebAssembly.Memory[] = [];
/** Packages run one at a time, but programs call each other eight deep: without spares a chain of calls takes five times as long. */
const MOST_SPARE = 10;
/** Only so many of those that a program filled: their pages stay with the process. */
const MOST_LARGE = 2;
const LARGE_BYTES = 4 << 20;

/** Memory full of zeros. */
export function takeMemory(): WebAssembly.Memory {
  return spare.pop() ?? new WebAssembly.Memory({ initial: layout.MEMORY_PAGES, maximum: layout.MEMORY_PAGES });
}

/** Wipes the memory of a machine for the next one. Nobody may use the machine afterwards. */
export function giveMemory({ memory, bytes, dataEnd, far }: Vm): void {
  const used = dataEnd - layout.USER + (far.end - layout.FAR);
  if (spare.length >= (used > LARGE_BYTES ? MOST_LARGE : MOST_SPARE)) return;
  // Whole, code included: a line that failed leaves instructions beyond the end of code. 4 MB take 0.2 ms.
  bytes.fill(0, 0, layout.USER);
  // Beyond these ends there are zeros: whatever lowers them wipes what it leaves.
  bytes.fill(0, layout.USER, dataEnd);
  bytes.fill(0, layout.FAR, far.end);
  spare.push(memory);
}
