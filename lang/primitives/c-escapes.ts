import type { Vm } from "../machine/vm.ts";

const SIMPLE: Readonly<Record<string, readonly number[]>> = {
  a: [7], b: [8], e: [27], f: [12], l: [10], m: [13, 10], n: [10], q: [34], r: [13], t: [9], v: [11], z: [0], '"': [34], "\\": [92],
};

/** Parses a string of S\" with its escapes (Forth-2012, 6.2.2266). Faults: LANG_BAD_ESCAPE, LANG_UNCLOSED_QUOTE. */
export function cEscapes(vm: Vm): Uint8Array {
  const source = vm.sources.top;
  const address = source?.address ?? 0;
  const end = source?.length ?? 0;
  const out: number[] = [];
  let at = vm.in;
  for (; at < end && vm.bytes[address + at] !== 34; at += 1) {
    const byte = vm.bytes[address + at] as number;
    if (byte !== 92) {
      out.push(byte);
      continue;
    }
    at += 1;
    const letter = String.fromCharCode(vm.bytes[address + at] as number);
    const simple = at < end ? SIMPLE[letter] : undefined;
    if (simple !== undefined) out.push(...simple);
    else if (letter === "x" && at + 2 < end) {
      const digits = String.fromCharCode(vm.bytes[address + at + 1] as number, vm.bytes[address + at + 2] as number);
      if (!/^[0-9a-f]{2}$/i.test(digits)) throw vm.fault({ code: "LANG_BAD_ESCAPE", escape: `\\x${digits}` });
      out.push(Number.parseInt(digits, 16));
      at += 2;
    } else throw vm.fault({ code: "LANG_BAD_ESCAPE", escape: `\\${letter}` });
  }
  if (at >= end) throw vm.fault({ code: "LANG_UNCLOSED_QUOTE", quote: '"' });
  vm.in = at + 1;
  return Uint8Array.from(out);
}
