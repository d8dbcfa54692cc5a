import type { Definition } from "../compiler.ts";
import type { ControlItem } from "../control-stack.ts";
import type { DictionaryMark } from "../dictionary.ts";
import type { HostMark } from "../host.ts";
import { TAG } from "../value.ts";
import type { FarState } from "./far-space.ts";
import { BASE, DATA_SPACE, FAR, PAD, PAD_SIZE, SOURCE_LINES, USER } from "./layout.ts";
import { copyOf, giveCopy } from "./spare-copies.ts";
import type { TokenOrigin, Vm } from "./vm.ts";

/** A machine as it was before a line (R8). */
export interface LineMark {
  readonly cells: BigInt64Array;
  readonly tags: Uint8Array;
  readonly origins: Int32Array;
  readonly rcells: BigInt64Array;
  readonly rtags: Uint8Array;
  readonly slotCells: BigInt64Array;
  readonly slotTags: Uint8Array;
  readonly lp: number;
  readonly depth: number;
  readonly handler: number;
  readonly codeFrom: number;
  readonly code: Int32Array;
  readonly codeEnd: number;
  readonly literals: number;
  readonly lines: number;
  readonly here: number;
  readonly low: Uint8Array;
  readonly data: Uint8Array;
  readonly far: FarState;
  readonly farBytes: Uint8Array;
  readonly transient: number;
  readonly hold: number;
  readonly dictionary: DictionaryMark;
  readonly definition: Definition | undefined;
  readonly control: readonly ControlItem[];
  readonly block: number;
  readonly marks: number;
  readonly tokens: readonly TokenOrigin[];
  readonly host: HostMark;
}

/** Notes everything a line can change. Costs what is in use, not what is reserved. */
export function markLine(vm: Vm): LineMark {
  const { definition } = vm.compiler;
  const codeFrom = definition?.start ?? vm.codeEnd;
  return {
    cells: vm.cells.slice(0, vm.sp), tags: vm.tags.slice(0, vm.sp), origins: vm.origins.slice(0, vm.sp),
    rcells: vm.rcells.slice(0, vm.rp), rtags: vm.rtags.slice(0, vm.rp),
    slotCells: vm.slotCells.slice(0, vm.slotEnd), slotTags: vm.slotTags.slice(0, vm.slotEnd),
    lp: vm.lp, depth: vm.depth, handler: vm.handler,
    codeFrom, code: vm.code.slice(codeFrom, vm.codeEnd), codeEnd: vm.codeEnd,
    literals: vm.literals.length, lines: vm.lines.lines.length,
    here: vm.here, low: copyOf(vm.bytes.subarray(USER, SOURCE_LINES)), data: copyOf(vm.bytes.subarray(DATA_SPACE, vm.dataEnd)),
    far: vm.far.save(), farBytes: copyOf(vm.bytes.subarray(FAR, vm.far.end)), transient: vm.transient, hold: vm.hold,
    dictionary: vm.dictionary.mark(),
    definition: definition && { ...definition, locals: [...definition.locals] },
    control: vm.compiler.control.map((item) => ({ ...item, leaves: [...item.leaves] })),
    block: vm.compiler.block, marks: vm.marks.length, tokens: [...vm.tokens], host: vm.host.mark(),
  };
}

/**
 * Whether the line left anything other than it found it that a later line could see: such a line is
 * recorded (R3). Entries are compared by handle, so a new box counts as a change.
 */
export function changedSince(vm: Vm, mark: LineMark): boolean {
  const same = (before: ArrayBufferView, now: ArrayBufferView): boolean =>
    Buffer.compare(Buffer.from(before.buffer, before.byteOffset, before.byteLength), Buffer.from(now.buffer, now.byteOffset, now.byteLength)) === 0;
  if (vm.sp !== mark.cells.length || vm.slotEnd !== mark.slotCells.length || vm.here !== mark.here || vm.codeEnd !== mark.codeEnd) return true;
  if (vm.dictionary.entries.length !== mark.dictionary.entries.length || vm.compiler.definition !== undefined) return true;
  if (vm.dictionary.changedSince(mark.dictionary)) return true;
  const low = (from: number, size: number): boolean => same(mark.low.subarray(from - USER, from - USER + size), vm.bytes.subarray(from, from + size));
  return !(
    low(BASE, 8) && low(PAD, PAD_SIZE) &&
    same(mark.cells, vm.cells.subarray(0, vm.sp)) && same(mark.tags, vm.tags.subarray(0, vm.sp)) &&
    same(mark.slotCells, vm.slotCells.subarray(0, vm.slotEnd)) && same(mark.slotTags, vm.slotTags.subarray(0, vm.slotEnd)) &&
    same(mark.data, vm.bytes.subarray(DATA_SPACE, vm.dataEnd)) && same(mark.farBytes, vm.bytes.subarray(FAR, vm.far.end))
  );
}

/** Keeps what the line did. */
export function releaseLine(vm: Vm, mark: LineMark): void {
  giveCopies(mark);
  vm.dictionary.release();
  vm.host.release(mark.host);
}

/** Puts everything back. Output and ERG stay. */
export function rollbackLine(vm: Vm, mark: LineMark): void {
  vm.cells.set(mark.cells);
  vm.tags.set(mark.tags);
  vm.origins.set(mark.origins);
  vm.sp = mark.cells.length;
  vm.rcells.set(mark.rcells);
  vm.rtags.set(mark.rtags);
  vm.rp = mark.rcells.length;
  // What is left behind is zeros again, as in a new machine.
  vm.slotCells.fill(0n, mark.slotCells.length, vm.slotEnd);
  vm.slotTags.fill(0, mark.slotCells.length, vm.slotEnd);
  vm.slotCells.set(mark.slotCells);
  vm.slotTags.set(mark.slotTags);
  vm.slotEnd = mark.slotCells.length;
  vm.lp = mark.lp;
  vm.depth = mark.depth;
  vm.handler = mark.handler;
  vm.code.fill(0, mark.codeEnd, vm.codeEnd);
  vm.code.set(mark.code, mark.codeFrom);
  vm.codeEnd = mark.codeEnd;
  vm.tier?.forget(mark.codeEnd);
  vm.tier?.constantsChanged();
  vm.literals.length = mark.literals;
  vm.lines.truncate(mark.codeEnd, mark.lines);
  vm.setHere(mark.here);
  vm.bytes.set(mark.low, USER);
  vm.bytes.set(mark.data, DATA_SPACE);
  vm.bytes.fill(0, FAR + mark.farBytes.length, vm.far.end);
  vm.bytes.set(mark.farBytes, FAR);
  vm.far.restore(mark.far);
  vm.transient = mark.transient;
  vm.hold = mark.hold;
  vm.dictionary.rollback(mark.dictionary);
  vm.dictionary.release();
  vm.compiler.definition = mark.definition;
  vm.compiler.control = [...mark.control];
  vm.compiler.block = mark.block;
  vm.marks.length = mark.marks;
  vm.tokens = [...mark.tokens];
  vm.host.rollback(mark.host);
  giveCopies(mark);
}

function giveCopies({ low, data, farBytes }: LineMark): void {
  for (const copy of [low, data, farBytes]) giveCopy(copy);
}

/** The boxes that a rollback would put back on the stacks: they must live until the line is done. */
export function markSavedBoxes(saved: LineMark, mark: (handle: number) => void): void {
  const each = (cells: BigInt64Array, tags: Uint8Array): void => {
    tags.forEach((tag, index) => {
      if (tag !== TAG.cell && tag <= TAG.bytes) mark(Number(cells[index]));
    });
  };
  each(saved.cells, saved.tags);
  each(saved.rcells, saved.rtags);
  each(saved.slotCells, saved.slotTags);
}
