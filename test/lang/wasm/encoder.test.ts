import { test } from "uvu";
import * as assert from "uvu/assert";
import { BytesOut } from "../../../lang/machine/wasm/bytes-out.ts";
import { ACCESS, I32, I64, OP } from "../../../lang/machine/wasm/encoder.ts";
import { ModuleBuilder } from "../../../lang/machine/wasm/module-builder.ts";

type Exports = Record<string, (...args: (number | bigint)[]) => number | bigint | (number | bigint)[]>;

function instantiate(module: ModuleBuilder, imports: WebAssembly.Imports = {}): Exports {
  return new WebAssembly.Instance(new WebAssembly.Module(module.finish()), imports).exports as Exports;
}

test("signed 64-bit constants of every length come back unchanged", () => {
  const values: bigint[] = [0n, -1n];
  for (let bits = 0n; bits < 64n; bits += 1n) {
    for (const near of [-1n, 0n, 1n]) values.push(BigInt.asIntN(64, (1n << bits) + near), BigInt.asIntN(64, -(1n << bits) + near));
  }
  const module = new ModuleBuilder();
  for (const [index, value] of values.entries()) {
    const { index: func, code } = module.function([], [I64]);
    code.i64(value);
    module.exportFunction(`f${index}`, func);
  }
  const exports = instantiate(module);
  for (const [index, value] of values.entries()) assert.equal(exports[`f${index}`]?.(), value);
});

test("32-bit numbers take the shortest form", () => {
  const lengths = (write: (out: BytesOut) => void): number => {
    const out = new BytesOut();
    write(out);
    return out.length;
  };
  assert.equal(lengths((out) => out.unsigned(127)), 1);
  assert.equal(lengths((out) => out.unsigned(128)), 2);
  assert.equal(lengths((out) => out.unsigned(0xffffffff)), 5);
  assert.equal(lengths((out) => out.signed(63)), 1);
  assert.equal(lengths((out) => out.signed(64)), 2);
  assert.equal(lengths((out) => out.signed(-64)), 1);
  assert.equal(lengths((out) => out.signed64(-64n)), 1);
});

test("loops, branches with a value and several results work", () => {
  const module = new ModuleBuilder();
  const { index, code } = module.function([I64], [I64, I32]);
  const sum = code.local(I64);
  const exit = code.block([I64]);
  const loop = code.loop();
  code.get(sum).get(0).op(OP.i64Eqz).brIf(exit).op(OP.drop);
  code.get(sum).get(0).op(OP.i64Add).set(sum);
  code.get(0).i64(1n).op(OP.i64Sub).set(0).br(loop).end(loop).op(OP.unreachable).end(exit);
  code.i32(7);
  module.exportFunction("sum", index);
  assert.equal(instantiate(module).sum?.(10n), [55n, 7]);
});

test("imports, tables, globals, memory and br_table work", () => {
  const module = new ModuleBuilder();
  module.importMemory("m", "memory", 1);
  const twice = module.importFunction("m", "twice", [I32], [I32]);
  const global = module.global(I64, true, -5n);
  module.exportGlobal("counter", global);
  const one = module.function([], [I32]);
  one.code.i32(1).call(twice);
  const two = module.function([], [I32]);
  two.code.i32(2);
  const table = module.table([one.index, two.index]);
  const pick = module.function([I32], [I32]);
  pick.code.get(0).callIndirect(module.type([], [I32]), table);
  module.exportFunction("pick", pick.index);
  const { index, code } = module.function([I32], [I32]);
  const other = code.block();
  const second = code.block();
  const first = code.block();
  code.get(0).brTable([first, second], other).end(first).i32(10).op(OP.return).end(second).i32(20).op(OP.return).end(other);
  code.globalGet(global).i64(1n).op(OP.i64Add).globalSet(global);
  code.i32(0).i64(0x1122n).access(ACCESS.i64Store, 8).i32(8).access(ACCESS.i32Load8U);
  module.exportFunction("switch", index);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const exports = instantiate(module, { m: { memory, twice: (n: number) => n * 2 } });
  assert.equal([exports.pick?.(0), exports.pick?.(1)], [2, 2]);
  assert.equal([exports.switch?.(0), exports.switch?.(1), exports.switch?.(2)], [10, 20, 0x22]);
  assert.equal((exports.counter as unknown as WebAssembly.Global).value, -4n);
});

test("a structure closed out of order is refused before any byte is written", () => {
  const { code } = new ModuleBuilder().function([], []);
  const outer = code.block();
  code.block();
  assert.throws(() => code.end(outer), /close in the order/);
});

test.run();
