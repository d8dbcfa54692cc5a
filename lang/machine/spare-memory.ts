import { LIMITS } from "../limits.ts";
import * as layout from "./layout.ts";
import type { Vm } from "./vm.ts";
import { newCounters, type HeatCounters } from "./wasm/heat.ts";

/** A machine's memory, and what is seen through which part of it. */
export interface MachineArrays {
  readonly memory: WebAssembly.Memory;
  /** The whole of it, three ways. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly view: DataView;
  /** The data stack. */
  readonly cells: BigInt64Array;
  readonly tags: Uint8Array;
  readonly origins: Int32Array;
  /** The return stack, and the low and high halves of its cells. */
  readonly rcells: BigInt64Array;
  readonly rwords: Int32Array;
  readonly rtags: Uint8Array;
  readonly slotCells: BigInt64Array;
  readonly slotTags: Uint8Array;
  readonly code: Int32Array;
  readonly heat: HeatCounters;
}

/**
 * Memory of machines that are done with, wiped and used again: reserving 37 MB anew for each package of a
 * block takes a hundred times as long as running most of them.
 */
const spare: MachineArrays[] = [];
/** Packages run one at a time, but programs call each other eight deep: without spares a chain of calls takes five times as long. */
const MOST_SPARE = 10;
/** Only so many of those that a program filled: their pages stay with the process. */
const MOST_LARGE = 2;
const LARGE_BYTES = 4 << 20;

/** Memory full of zeros. */
export function takeMemory(): MachineArrays {
  return spare.pop() ?? arraysOf(new WebAssembly.Memory({ initial: layout.MEMORY_PAGES, maximum: layout.MEMORY_PAGES }));
}

function arraysOf(memory: WebAssembly.Memory): MachineArrays {
  const { buffer } = memory;
  const [data, returns] = [LIMITS.dataStack + layout.GUARD, LIMITS.returnStack + layout.GUARD];
  return {
    memory, bytes: new Uint8Array(buffer), words: new Int32Array(buffer), view: new DataView(buffer),
    cells: new BigInt64Array(buffer, layout.DATA_CELLS, data), tags: new Uint8Array(buffer, layout.DATA_TAGS, data), origins: new Int32Array(buffer, layout.DATA_ORIGINS, data),
    rcells: new BigInt64Array(buffer, layout.RETURN_CELLS, returns), rwords: new Int32Array(buffer, layout.RETURN_CELLS, returns * 2), rtags: new Uint8Array(buffer, layout.RETURN_TAGS, returns),
    slotCells: new BigInt64Array(buffer, layout.SLOT_CELLS, LIMITS.slots), slotTags: new Uint8Array(buffer, layout.SLOT_TAGS, LIMITS.slots), code: new Int32Array(buffer, layout.CODE, LIMITS.codeWords),
    heat: newCounters(),
  };
}

/** Wipes the memory of a machine for the next one. Nobody may use the machine afterwards. */
export function giveMemory(vm: Vm): void {
  const { arrays, bytes, dataEnd, far } = vm;
  const used = dataEnd - layout.USER + (far.end - layout.FAR);
  if (spare.length >= (used > LARGE_BYTES ? MOST_LARGE : MOST_SPARE)) return;
  if (vm.compiledRan) bytes.fill(0, 0, layout.DATA_SPACE);
  else wipeWritten(vm);
  // Beyond these ends there are zeros: whatever lowers them wipes what it leaves.
  bytes.fill(0, layout.DATA_SPACE, dataEnd);
  bytes.fill(0, layout.FAR, far.end);
  arrays.heat.counts.fill(0);
  arrays.heat.rounds.fill(0);
  spare.push(arrays);
}

/** Below data space, as far as the interpreter can have written: all of it would be 5 MB, which take 0.2 ms. */
function wipeWritten({ arrays, sp, rp, dataRoom, returnRoom, slotEnd, codeEnd, lowEnd, sources }: Vm): void {
  const data = Math.max(sp, dataRoom) + layout.GUARD;
  const returns = Math.max(rp, returnRoom) + layout.GUARD;
  arrays.cells.fill(0n, 0, data);
  arrays.tags.fill(0, 0, data);
  arrays.origins.fill(0, 0, data);
  arrays.rcells.fill(0n, 0, returns);
  arrays.rtags.fill(0, 0, returns);
  arrays.slotCells.fill(0n, 0, slotEnd);
  arrays.slotTags.fill(0, 0, slotEnd);
  // A word that did not fit is not counted in any more.
  arrays.code.fill(0, 0, codeEnd + layout.GUARD);
  arrays.bytes.fill(0, layout.USER, Math.max(lowEnd, sources.linesEnd));
}
