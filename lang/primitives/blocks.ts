import { utf8 } from "../base/bytes.ts";
import { lossyText } from "../machine/lossy-text.ts";
import { BLK, SCR } from "../machine/layout.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

/** Block and its extensions: storage in pieces of 16 lines of 64 characters. */
export const BLOCKS: readonly PrimitiveRow[] = [
  { code: 1248, word: "block", effect: "( u -- a-addr )", erg: 60, run: (vm) => vm.pushNumber(vm.blocks.read(vm.popNumber())) },
  { code: 1249, word: "buffer", effect: "( u -- a-addr )", erg: 60, run: (vm) => vm.pushNumber(vm.blocks.assign(vm.popNumber())) },
  { code: 1250, word: "update", effect: "( -- )", erg: 10, run: (vm) => vm.blocks.update() },
  { code: 1251, word: "save-buffers", effect: "( -- )", erg: 20, run: (vm) => vm.blocks.save() },
  { code: 1252, word: "empty-buffers", effect: "( -- )", erg: 20, run: (vm) => vm.blocks.empty() },
  {
    code: 1253, word: "flush", effect: "( -- )", erg: 20,
    run: (vm) => {
      vm.blocks.save();
      vm.blocks.empty();
    },
  },
  { code: 1254, word: "blk", effect: "( -- a-addr )", erg: 1, run: (vm) => vm.pushNumber(BLK) },
  { code: 1255, word: "scr", effect: "( -- a-addr )", erg: 1, run: (vm) => vm.pushNumber(SCR) },
  { code: 1256, word: "list", effect: "( u -- )", erg: 500, run: list },
  {
    code: 1257, word: "load", effect: "( i*x u -- j*x )", erg: 100, takes: 1, ends: true,
    run: (vm) => {
      const block = vm.popNumber();
      vm.input.loadBlocks(block, block);
    },
  },
  {
    code: 1258, word: "thru", effect: "( i*x u1 u2 -- j*x )", erg: 100, takes: 2, ends: true,
    run: (vm) => {
      const last = vm.popNumber();
      const first = vm.popNumber();
      if (first <= last) vm.input.loadBlocks(first, last);
    },
  },
];

const LINE = 64;
const LINES = 16;

/** Prints a block, its lines numbered, and remembers it in SCR. */
function list(vm: Vm): void {
  const block = vm.popNumber();
  const address = vm.blocks.read(block);
  vm.writeCell(SCR, BigInt(block));
  vm.write(utf8(`block ${String(block)}\n`));
  for (let line = 0; line < LINES; line += 1) {
    const text = lossyText(vm.bytes.subarray(address + line * LINE, address + (line + 1) * LINE));
    vm.write(utf8(`${String(line).padStart(2)} ${text}`.trimEnd().concat("\n")));
  }
}
