import { FUNCTION_KEYS, KEY_MASKS, isFunctionKey, keyCode } from "../machine/key-events.ts";
import type { Vm } from "../machine/vm.ts";
import type { PrimitiveRow } from "./row.ts";

const FIRST_KEY_CODE = 420;
const LAST_CHARACTER = 0x10_ffff;

/** Keys as events (10.6.2, 18.6.2.1306): what EKEY gives, and which characters or function keys they are. */
export const KEYS: readonly PrimitiveRow[] = [
  { code: 412, word: "ekey>char", effect: "( x -- x false | char true )", erg: 2, takes: 1, run: (vm) => classify(vm, (event) => event >= 0 && event <= 255) },
  { code: 413, word: "ekey>xchar", effect: "( x -- x false | xchar true )", erg: 2, takes: 1, run: (vm) => classify(vm, (event) => event >= 0 && event <= LAST_CHARACTER) },
  { code: 414, word: "ekey>fkey", effect: "( x -- u flag )", erg: 2, run: (vm) => classify(vm, isFunctionKey) },
  ...FUNCTION_KEYS.map((name, index) => constant(FIRST_KEY_CODE + index, `k-${name}`, keyCode(name))),
  constant(416, "k-shift-mask", KEY_MASKS.shift),
  constant(417, "k-ctrl-mask", KEY_MASKS.ctrl),
  constant(418, "k-alt-mask", KEY_MASKS.alt),
];

function constant(code: number, word: string, value: number): PrimitiveRow {
  return { code, word, effect: "( -- u )", erg: 1, run: (vm) => vm.pushNumber(value) };
}

function classify(vm: Vm, is: (event: number) => boolean): void {
  const event = vm.popNumber();
  vm.room(2);
  vm.pushNumber(event);
  vm.pushFlag(is(event));
}
