import { fromUtf8 } from "../base/bytes.ts";
import { LIMITS } from "../limits.ts";
import { LAST_BLOCK } from "./blocks.ts";
import { BLK, BLOCK_SIZE, FRAME } from "./layout.ts";
import { MODE } from "./mode.ts";
import { BLOCK_ERG, LINE_ERG } from "./reading-prices.ts";
import type { Mode, Source } from "./sources.ts";
import type { Vm } from "./vm.ts";

/**
 * Where the source comes from: what was typed, and within it what is included, evaluated or loaded, one within
 * another. A frame on the return stack says where code goes on when a source is used up.
 */
export class Input {
  readonly #vm: Vm;

  constructor(vm: Vm) {
    this.#vm = vm;
  }

  /** Moves the innermost source to its next line or block; false at its end, or if it has neither. */
  refill(): boolean {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source === undefined || source.kind === "memory") return false;
    vm.charge(LINE_ERG);
    if (source.kind === "block") return this.#enterBlock(source, source.block + 1);
    if (!vm.sources.advance(source, vm.bytes)) return false;
    vm.in = 0;
    return true;
  }

  /** Goes on with a string in memory; when it is used up, control returns to `vm.ip`. */
  evaluate(address: number, length: number): void {
    this.#nest();
    this.#vm.sources.push({ kind: "memory", id: -1, name: "evaluate", mode: "forth", address, length });
    this.#vm.in = 0;
    this.#noteBlock();
  }

  /** Goes on with blocks, one after another. Faults: THROW -35. */
  loadBlocks(first: number, last: number): void {
    const vm = this.#vm;
    const address = vm.blocks.read(first);
    this.#nest();
    const source = vm.sources.push({ kind: "block", id: 0, name: `block ${String(first)}`, mode: "forth", address, length: BLOCK_SIZE });
    source.lastBlock = last;
    source.nextBlock = first + 1;
    this.#enterBlock(source, first);
  }

  /** Makes a block the line being read; false if there is none of that number. */
  #enterBlock(source: Source, block: number): boolean {
    const vm = this.#vm;
    if (block > LAST_BLOCK) return false;
    vm.charge(BLOCK_ERG);
    source.block = block;
    source.address = vm.blocks.read(block);
    source.lineNumber = block;
    source.lineIndex = -1;
    vm.in = 0;
    this.#noteBlock();
    return true;
  }

  /** BLK tells which block is being read; 0 for none (7.6.1.0790). */
  #noteBlock(): void {
    this.#vm.writeCell(BLK, BigInt(this.#vm.sources.top?.block ?? 0));
  }

  /** Goes on with a whole text, line by line. A first line that begins `#!grid` makes it shell source. */
  include(content: Uint8Array, name: string): void {
    const vm = this.#vm;
    if (content.length > LIMITS.sourceBytes) throw vm.fault({ code: "LANG_TOO_LARGE", what: "source (bytes)", limit: LIMITS.sourceBytes });
    fromUtf8(content);
    this.#nest();
    const mode: Mode = content[0] === 35 && fromUtf8(content.subarray(0, 6)) === "#!grid" ? "shell" : "forth";
    const source = vm.sources.push({ kind: "lines", id: vm.sources.serial + 1, name, mode, text: content });
    if (content[0] === 35 && content[1] === 33) vm.sources.advance(source, vm.bytes);
    source.length = 0;
    vm.in = 0;
    this.#noteBlock();
  }

  /** Goes back to the source and position that a CATCH noted. */
  unwindTo(depth: number, position: number, lineStart: number, lineNumber: number): void {
    const vm = this.#vm;
    vm.sources.stack.length = depth;
    this.returnTo(position, lineStart, lineNumber);
  }

  /** Goes back to a position that the innermost source was at. */
  returnTo(position: number, lineStart: number, lineNumber: number): void {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source === undefined) return;
    if (source.kind === "lines" && source.lineStart !== lineStart) vm.sources.seek(source, lineStart, lineNumber, vm.bytes);
    if (source.kind === "block") this.#enterBlock(source, lineNumber);
    vm.in = position;
    this.#noteBlock();
  }

  /** At the end of a line: the next one, or what was suspended for this source; the machine stops at the end of what was typed. */
  endOfLine(source: Source): void {
    const vm = this.#vm;
    if (vm.sources.stack.length === 1) {
      vm.mode = MODE.stopped;
      return;
    }
    if (source.kind === "block") {
      if (source.nextBlock <= source.lastBlock) return void this.#enterBlock(source, source.nextBlock++);
    } else if (this.refill()) return;
    vm.sources.stack.pop();
    const outer = vm.sources.top as Source;
    vm.in = outer.in;
    this.#noteBlock();
    const top = vm.rp - 1;
    if (top < 0 || vm.rtags[top] !== FRAME.source) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: source.name });
    vm.rp = top;
    vm.ip = vm.rwords[top * 2] as number;
    vm.mode = MODE.code;
  }

  /** Suspends the current source; code goes on at `vm.ip` when the nested one is used up. */
  #nest(): void {
    const vm = this.#vm;
    const source = vm.sources.top;
    if (source !== undefined) source.in = vm.in;
    vm.rroom(1);
    vm.rpushFrame(vm.ip, FRAME.source);
    vm.mode = MODE.text;
  }
}
