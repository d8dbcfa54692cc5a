import { DATA_SPACE, FAR, SOURCE_LINES, USER } from "./layout.ts";
import { FIRST_CODE } from "./mode.ts";
import type { Vm } from "./vm.ts";

/** ERG for beginning and ending a line, and of noting so many bytes of memory, as a power of two, to one ERG. */
const MARK_ERG = 800;
const MARK_SHIFT = 8;

/**
 * A machine is written down after each line of a session, and may be read elsewhere before the next. An ordinary
 * one takes a fraction of a millisecond, which MARK_ERG covers; one filled to its limits takes a second. So what lies
 * beyond the ordinary is paid for line by line, at about 40 ns to one ERG.
 */
const ORDINARY = { bytes: 256 << 10, words: 256, codeWords: 4_096, blocks: 256, boxes: 256, boxedBytes: 256 << 10 } as const;
const ERG_PER_WORD = 128;
const ERG_PER_CODE_WORD = 8;
const ERG_PER_BLOCK = 32;
const ERG_PER_BOX = 128;
/** Bytes to one ERG, as a power of two. */
const HELD_SHIFT = 2;

/** What it costs to note everything that a line can change, and to keep the machine between lines. */
export function linePrice(vm: Vm): number {
  const sizeBytes = SOURCE_LINES - USER + (vm.dataEnd - DATA_SPACE) + (vm.far.end - FAR);
  return MARK_ERG + (sizeBytes >> MARK_SHIFT) + keepingPrice(vm, sizeBytes);
}

function keepingPrice(vm: Vm, sizeBytes: number): number {
  const beyond = (count: number, ordinary: number): number => Math.max(0, count - ordinary);
  // What boxes nobody names any more depends on when they were last collected, which must not show in a price.
  if (vm.boxes.count > ORDINARY.boxes || vm.boxes.sizeBytes > ORDINARY.boxedBytes) vm.boxes.collect();
  return (
    (beyond(sizeBytes, ORDINARY.bytes) >> HELD_SHIFT) + (beyond(vm.boxes.sizeBytes, ORDINARY.boxedBytes) >> HELD_SHIFT) +
    beyond(vm.dictionary.entries.length, ORDINARY.words) * ERG_PER_WORD + beyond(vm.codeEnd - FIRST_CODE, ORDINARY.codeWords) * ERG_PER_CODE_WORD +
    beyond(vm.far.blocks, ORDINARY.blocks) * ERG_PER_BLOCK + beyond(vm.boxes.count, ORDINARY.boxes) * ERG_PER_BOX
  );
}
