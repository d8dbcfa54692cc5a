import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import { LIMITS } from "../limits.ts";
import { SOURCE_LINES, SOURCE_LINES_SIZE } from "./layout.ts";

/**
 * R14: in shell mode words of wordlist GRID take inline parameters. `program` is source that was made of
 * compiled words: Forth, but digits that no signed cell holds are the integer that they were written from.
 */
export const MODES = ["forth", "shell", "program"] as const;
export type Mode = (typeof MODES)[number];

/** What is left of a shell word's stack form while it is carried out. */
export type QueuedItem = { readonly text: string } | { readonly number: string } | { readonly word: string };

/** The token being carried out, so that it can be reported when it is done. */
export interface Pending {
  readonly xt: number;
  /** Bytes of the source after the token, where its own parsing began. */
  readonly from: number;
  /** Words defined before it. */
  readonly defined: number;
  /** Where the token begins, in bytes. */
  readonly column: number;
}

/**
 * One place that source text comes from. `lines` holds a whole text and gives it line by line from a
 * buffer in memory; `memory` is a string of EVALUATE where the program keeps it; `block` a block.
 */
export interface Source {
  readonly serial: number;
  readonly kind: "lines" | "memory" | "block";
  /** SOURCE-ID. */
  readonly id: number;
  readonly name: string;
  readonly mode: Mode;
  /** UTF-8 of the whole; empty unless kind is `lines`. */
  readonly text: Uint8Array;
  /** Offsets in `text`: of the current line and of the next one. */
  lineStart: number;
  next: number;
  lineNumber: number;
  /** The line in memory. */
  address: number;
  length: number;
  /** The block being read, and the last one that THRU asked for; both 0 unless kind is `block`. */
  block: number;
  lastBlock: number;
  /** The block that comes after this one is used up; more than `lastBlock` when none does. */
  nextBlock: number;
  /** >IN while a nested source is being read. */
  in: number;
  /** True until a token was taken from the current line. */
  first: boolean;
  queue: QueuedItem[];
  pending?: Pending | undefined;
  /** Index in the machine's table of lines; -1 until something refers to the current line. */
  lineIndex: number;
  /** Column of the token being interpreted, in bytes. */
  column: number;
  tokenLength: number;
}

/** The stack of sources; the innermost is read. Their line buffers lie in memory in the same order. */
export class Sources {
  readonly stack: Source[] = [];
  /** How far lines were ever copied into memory. */
  linesEnd: number = SOURCE_LINES;
  #serial = 0;

  get top(): Source | undefined {
    return this.stack[this.stack.length - 1];
  }

  get serial(): number {
    return this.#serial;
  }

  set serial(value: number) {
    this.#serial = value;
  }

  push(fields: Pick<Source, "kind" | "id" | "name" | "mode"> & { readonly text?: Uint8Array; readonly address?: number; readonly length?: number }): Source {
    if (this.stack.length >= LIMITS.sources) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "nested sources", limit: LIMITS.sources });
    this.#serial += 1;
    const source: Source = {
      serial: this.#serial, kind: fields.kind, id: fields.id, name: fields.name, mode: fields.mode,
      text: fields.text ?? new Uint8Array(0), lineStart: 0, next: 0, lineNumber: fields.kind === "lines" ? 0 : 1,
      address: fields.address ?? this.#buffer(), length: fields.length ?? 0, block: 0, lastBlock: 0, nextBlock: 1, in: 0, first: true, queue: [], lineIndex: -1, column: 0, tokenLength: 0,
    };
    this.stack.push(source);
    return source;
  }

  /** Moves to the next line and copies it into the buffer; false at the end. Faults: LANG_BAD_INPUT, LANG_TOO_LARGE. */
  advance(source: Source, memory: Uint8Array): boolean {
    if (source.next >= source.text.length) return false;
    this.seek(source, source.next, source.lineNumber + 1, memory);
    return true;
  }

  /** Makes the line at `start` the current one. */
  seek(source: Source, start: number, lineNumber: number, memory: Uint8Array): void {
    const { text } = source;
    const newline = text.indexOf(10, start);
    const stop = newline < 0 ? text.length : newline;
    const end = stop > start && text[stop - 1] === 13 ? stop - 1 : stop;
    source.lineStart = start;
    source.next = newline < 0 ? text.length : newline + 1;
    source.lineNumber = lineNumber;
    source.length = 0;
    source.lineIndex = -1;
    source.first = true;
    source.column = 0;
    source.tokenLength = 0;
    const size = end - start;
    if (size > LIMITS.lineBytes) throw new FaultError<LangFault>({ code: "LANG_BAD_INPUT", reason: "line-length", limit: LIMITS.lineBytes });
    if (source.address + size > SOURCE_LINES + SOURCE_LINES_SIZE) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "lines being read", limit: SOURCE_LINES_SIZE });
    if (text.subarray(start, end).includes(0)) throw new FaultError<LangFault>({ code: "LANG_BAD_INPUT", reason: "nul" });
    memory.set(text.subarray(start, end), source.address);
    this.linesEnd = Math.max(this.linesEnd, source.address + size);
    source.length = size;
  }

  /** Where the line buffer of a new source begins: after those in use. */
  #buffer(): number {
    let end = SOURCE_LINES;
    for (const source of this.stack) if (source.kind === "lines") end = Math.max(end, source.address + source.length);
    return (end + 7) & ~7;
  }
}
