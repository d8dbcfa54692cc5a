import { TAG } from "../../value.ts";
import { pushHandler } from "../catch-frames.ts";
import { FRAME } from "../layout.ts";
import type { Vm } from "../vm.ts";
import { RECORDS, SCRATCH_END, SCRATCH_ERG } from "./registers.ts";
import type { RecordSource, Site } from "./sites.ts";

/** What is known about a hand-over once the stacks are rebuilt. */
export interface HandOver {
  /** Where the innermost function left. */
  readonly site: Site;
  /** ERG the compiled code had left, refunds included. */
  readonly ergLeft: number;
}

/**
 * Rebuilds the interpreter's stacks from the records that compiled functions left, the outermost first, on
 * top of what `vm` holds now, and sets `vm.ip` to where the innermost stopped.
 */
export function handOver(vm: Vm, sites: readonly Site[]): HandOver {
  const words = new Int32Array(vm.memory.buffer);
  const cells = new BigInt64Array(vm.memory.buffer);
  let refund = 0;
  let innermost: Site | undefined;
  for (let end = words[SCRATCH_END >> 2] as number; end > RECORDS; ) {
    const site = sites[words[(end - 8) >> 2] as number] as Site;
    end -= (site.cells + 1) * 8;
    const read = reader(cells, end >> 3);
    rebuild(vm, site, read);
    refund += site.refund;
    for (const each of site.prepaid) refund += each.erg * Number(BigInt.asIntN(64, read(each.end) - read(each.index)) - 1n);
    innermost = site;
  }
  if (innermost === undefined) throw new Error("compiled code left without a record");
  vm.ip = innermost.ip;
  return { site: innermost, ergLeft: (words[SCRATCH_ERG >> 2] as number) + refund };
}

type Read = (source: RecordSource) => bigint;

/** Reads the record that begins at that cell. */
function reader(cells: BigInt64Array, record: number): Read {
  return (source) => {
    if (source.kind === "const") return source.value;
    const cell = cells[record + source.index] as bigint;
    return source.kind === "flag" ? -cell : cell;
  };
}

function rebuild(vm: Vm, site: Site, read: Read): void {
  for (const source of site.data) {
    vm.cells[vm.sp] = read(source);
    vm.tags[vm.sp++] = TAG.cell;
  }
  for (const entry of site.returns) {
    if ("source" in entry) {
      vm.rcells[vm.rp] = read(entry.source);
      vm.rtags[vm.rp++] = entry.kind;
    } else if ("handler" in entry) {
      pushHandler(vm, { ip: entry.handler.returnTo, sp: vm.sp + entry.handler.takes, in: vm.clampIn(read(entry.handler.in)) });
    } else if ("returnTo" in entry) {
      vm.rpushFrame(entry.returnTo, FRAME.call);
      vm.depth += 1;
    } else {
      vm.rpushFrame(vm.lp, FRAME.locals);
      vm.rwords[vm.rp * 2 - 1] = entry.count;
      vm.lp = vm.rp;
    }
  }
}
