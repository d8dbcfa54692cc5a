import { assert } from "../../base/assert.ts";
import { BytesOut } from "./bytes-out.ts";
import { CodeBuilder, I32, I64, type ValueType } from "./encoder.ts";

const SECTION = { custom: 0, type: 1, import: 2, function: 3, table: 4, global: 6, export: 7, element: 9, code: 10 } as const;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;
const FUNCREF = 0x70;

interface OwnFunction {
  readonly type: number;
  readonly code: CodeBuilder;
}

interface Named {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

/** Collects the parts of a module and writes them in the order the format asks for. */
export class ModuleBuilder {
  readonly #types: string[] = [];
  readonly #typeBytes: Uint8Array[] = [];
  readonly #imports: ((out: BytesOut) => void)[] = [];
  readonly #functions: OwnFunction[] = [];
  readonly #tables: (readonly number[])[] = [];
  readonly #globals: { readonly type: ValueType; readonly mutable: boolean; readonly start: bigint }[] = [];
  readonly #exports: Named[] = [];
  #importedFunctions = 0;

  /** Index of a function type; the same shape is written once. */
  type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const out = new BytesOut();
    out.byte(0x60);
    for (const list of [params, results]) {
      out.unsigned(list.length);
      for (const type of list) out.byte(type);
    }
    this.#typeBytes.push(out.finish());
    return this.#types.push(key) - 1;
  }

  /** The one memory, given by whoever instantiates. */
  importMemory(module: string, name: string, minimumPages: number): void {
    this.#imports.push((out) => {
      out.name(module);
      out.name(name);
      out.byte(KIND.memory);
      out.byte(0);
      out.unsigned(minimumPages);
    });
  }

  /** Index of an imported function. All imports come before the first own function. */
  importFunction(module: string, name: string, params: readonly ValueType[], results: readonly ValueType[]): number {
    assert(this.#functions.length === 0, "imports come before own functions");
    const type = this.type(params, results);
    this.#imports.push((out) => {
      out.name(module);
      out.name(name);
      out.byte(KIND.function);
      out.unsigned(type);
    });
    return this.#importedFunctions++;
  }

  /** A new function; write its body into `code`, which may happen later. */
  function(params: readonly ValueType[], results: readonly ValueType[]): { readonly index: number; readonly code: CodeBuilder } {
    const code = new CodeBuilder((from, to) => this.type(from, to), params.length);
    this.#functions.push({ type: this.type(params, results), code });
    return { index: this.#importedFunctions + this.#functions.length - 1, code };
  }

  /** Index of a table that holds these functions and no more. */
  table(functions: readonly number[]): number {
    return this.#tables.push(functions) - 1;
  }

  global(type: typeof I32 | typeof I64, mutable: boolean, start: bigint): number {
    return this.#globals.push({ type, mutable, start }) - 1;
  }

  exportFunction(name: string, index: number): void {
    this.#exports.push({ name, kind: KIND.function, index });
  }

  exportGlobal(name: string, index: number): void {
    this.#exports.push({ name, kind: KIND.global, index });
  }

  finish(): Uint8Array<ArrayBuffer> {
    const bodies = this.#functions.map((each) => each.code.finish()); // first: it may add types
    const out = new BytesOut();
    out.bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    list(out, SECTION.type, this.#typeBytes, (to, bytes) => to.bytes(bytes));
    list(out, SECTION.import, this.#imports, (to, write) => write(to));
    list(out, SECTION.function, this.#functions, (to, each) => to.unsigned(each.type));
    list(out, SECTION.table, this.#tables, writeTable);
    list(out, SECTION.global, this.#globals, writeGlobal);
    list(out, SECTION.export, this.#exports, writeExport);
    list(out, SECTION.element, [...this.#tables.entries()], writeElements);
    writeHints(out, bodies.map(({ unlikely }, index) => ({ index: this.#importedFunctions + index, unlikely })));
    list(out, SECTION.code, bodies, (to, { bytes }) => {
      to.unsigned(bytes.length);
      to.bytes(bytes);
    });
    return out.finish();
  }
}

/** One section with a list of things; nothing when the list is empty. */
function list<Item>(out: BytesOut, section: number, items: readonly Item[], write: (out: BytesOut, item: Item) => void): void {
  if (items.length === 0) return;
  const body = new BytesOut();
  body.unsigned(items.length);
  for (const item of items) write(body, item);
  out.byte(section);
  out.unsigned(body.length);
  out.bytes(body.finish());
}

/**
 * Which branches are seldom taken, for engines that want to know: a section that others skip.
 * Source: WebAssembly branch hinting, "metadata.code.branch_hint".
 */
function writeHints(out: BytesOut, functions: readonly { readonly index: number; readonly unlikely: readonly number[] }[]): void {
  const hinted = functions.filter(({ unlikely }) => unlikely.length > 0);
  if (hinted.length === 0) return;
  const body = new BytesOut();
  body.name("metadata.code.branch_hint");
  body.unsigned(hinted.length);
  for (const { index, unlikely } of hinted) {
    body.unsigned(index);
    body.unsigned(unlikely.length);
    for (const offset of unlikely) {
      body.unsigned(offset);
      body.unsigned(1); // bytes of the hint
      body.byte(0);
    }
  }
  out.byte(SECTION.custom);
  out.unsigned(body.length);
  out.bytes(body.finish());
}

function writeTable(out: BytesOut, functions: readonly number[]): void {
  out.byte(FUNCREF);
  out.byte(1);
  out.unsigned(functions.length);
  out.unsigned(functions.length);
}

function writeElements(out: BytesOut, [table, functions]: [number, readonly number[]]): void {
  out.byte(2); // active, in a named table
  out.unsigned(table);
  out.byte(0x41);
  out.signed(0);
  out.byte(0x0b);
  out.byte(0); // functions, by index
  out.unsigned(functions.length);
  for (const index of functions) out.unsigned(index);
}

function writeGlobal(out: BytesOut, global: { readonly type: ValueType; readonly mutable: boolean; readonly start: bigint }): void {
  out.byte(global.type);
  out.byte(global.mutable ? 1 : 0);
  out.byte(global.type === I32 ? 0x41 : 0x42);
  out.signed64(global.start);
  out.byte(0x0b);
}

function writeExport(out: BytesOut, { name, kind, index }: Named): void {
  out.name(name);
  out.byte(kind);
  out.unsigned(index);
}
