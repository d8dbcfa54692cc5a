import { concatBytes, fromHex, toHex, utf8 } from "../base/bytes.ts";
import type { Vm } from "../machine/vm.ts";
import type { Value } from "../value.ts";
import { bytes, text } from "../values/construct.ts";
import { KIND_NAMES } from "../values/conversion-table.ts";
import { convert, wrongKind } from "../values/convert.ts";
import { chargeBytes } from "../values/prices.ts";
import type { PrimitiveRow } from "./row.ts";

/** Text and bytes as entries of the stack. Lengths and positions count bytes of UTF-8, or characters where the name says so. */
export const TEXT: readonly PrimitiveRow[] = [
  {
    code: 272, word: "concat", effect: "( x1 x2 -- text|bytes )", erg: 20,
    run: (vm) => {
      const b = vm.popValue();
      vm.pushValue(join(vm, vm.popValue(), b));
    },
  },
  { code: 273, word: "bytes-length", effect: "( x -- u )", erg: 10, run: (vm) => vm.pushNumber(contentOf(vm, vm.popValue()).length) },
  {
    code: 274, word: "text-length", effect: "( text -- u )", erg: 10,
    run: (vm) => {
      const { value } = vm.pop("text");
      chargeBytes(vm, value.length);
      vm.pushNumber([...value].length);
    },
  },
  {
    code: 275, word: "hex>", effect: "( text -- bytes )", erg: 20,
    run: (vm) => {
      const value = vm.pop("text");
      chargeBytes(vm, value.value.length);
      const read = fromHex(value.value);
      if (read === undefined) throw wrongKind("hex>", "two hex digits for each byte", value);
      vm.pushValue(bytes(read));
    },
  },
  {
    code: 276, word: ">hex", effect: "( x -- text )", erg: 20,
    run: (vm) => vm.pushValue(text(toHex(contentOf(vm, vm.popValue())))),
  },
  { code: 277, word: "string>", effect: "( c-addr u -- text )", erg: 20, run: fromMemory },
  {
    code: 278, word: "bytes>", effect: "( c-addr u -- bytes )", erg: 20,
    run: (vm) => {
      const content = vm.popBytes().slice();
      chargeBytes(vm, content.length);
      vm.pushValue(bytes(content));
    },
  },
  {
    code: 279, word: ">string", effect: "( x -- c-addr u )", erg: 20,
    run: (vm) => {
      const content = contentOf(vm, vm.popValue());
      vm.pushString(vm.transientString(content), content.length);
    },
  },
  { code: 280, word: "slice", effect: "( x from length -- part )", erg: 20, run: slice },
];

function fromMemory(vm: Vm): void {
  const content = vm.popBytes().slice();
  chargeBytes(vm, content.length);
  vm.pushValue(convert({ kind: "bytes", value: content }, "text", vm.word, vm));
}

/** The bytes of an entry: bytes as they are, anything else as UTF-8 of its text. */
function contentOf(vm: Vm, value: Value): Uint8Array {
  if (value.kind === "bytes") return value.value;
  const content = utf8(convert(value, "text", vm.word, vm).value);
  chargeBytes(vm, content.length);
  return content;
}

/** Bytes if either is bytes; else text. */
function join(vm: Vm, a: Value, b: Value): Value {
  if (a.kind === "bytes" || b.kind === "bytes") {
    const joined = concatBytes(contentOf(vm, a), contentOf(vm, b));
    chargeBytes(vm, joined.length);
    return bytes(joined);
  }
  const joined = convert(a, "text", vm.word, vm).value + convert(b, "text", vm.word, vm).value;
  chargeBytes(vm, joined.length);
  return text(joined);
}

/** A part by position and length: bytes of bytes, characters of text. Beyond the end there is nothing. */
function slice(vm: Vm): void {
  const length = vm.popNumber();
  const from = vm.popNumber();
  const value = vm.popValue();
  if (from < 0 || length < 0) throw wrongKind(vm.word, KIND_NAMES.cell, { kind: "cell", value: BigInt(Math.min(from, length)) });
  if (value.kind === "bytes") {
    chargeBytes(vm, value.value.length);
    return vm.pushValue(bytes(value.value.slice(from, from + length)));
  }
  const content = convert(value, "text", vm.word, vm).value;
  chargeBytes(vm, content.length);
  vm.pushValue(text([...content].slice(from, from + length).join("")));
}
