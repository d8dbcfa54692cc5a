import { BUILTIN_XTS } from "../primitives/table.ts";
import { FLAG, WORDLIST } from "../words.ts";
import { FRAME } from "./layout.ts";
import { enter } from "./interpreter.ts";
import { TRAVERSE_AT } from "./mode.ts";
import type { Vm } from "./vm.ts";

/**
 * TRAVERSE-WORDLIST as data: a frame on the return stack says where the walk is, and the token that runs
 * for each name returns to an instruction that takes its flag and goes on. So the walk can be suspended.
 * Cells from the bottom: where to go on at the end, the token, the wordlist, names still to visit.
 */
const CELLS = 4;
const NAME_ERG = 10;
const SKIP_ERG = 1;

/** Begins a walk; `vm.ip` is where to go on afterwards. */
export function traverse(vm: Vm, xt: number, wordlist: number): void {
  vm.rroom(CELLS + 1);
  vm.room(1);
  const names = vm.dictionary.entries.length + BUILTIN_XTS.length;
  for (const field of [vm.ip, xt, wordlist, names]) vm.rpushFrame(field, FRAME.traverse);
  vm.push(-1n);
  vm.ip = TRAVERSE_AT;
}

/** Takes the flag of the last name; runs the token for the next, newest first, or ends the walk. */
export function traverseNext(vm: Vm): void {
  const frame = vm.rp - CELLS;
  if (frame < 0 || vm.rtags[vm.rp - 1] !== FRAME.traverse) throw vm.fault({ code: "LANG_RETURN_UNDERFLOW", word: "traverse-wordlist" });
  const field = (index: number): number => vm.rwords[(frame + index) * 2] as number;
  const going = vm.popCell() !== 0n;
  for (let left = field(3); going && left > 0; left -= 1) {
    const token = nameAt(vm, left - 1, field(2));
    vm.charge(token === 0 ? SKIP_ERG : NAME_ERG);
    if (token === 0) continue;
    vm.rwords[(frame + 3) * 2] = left - 1;
    vm.room(1);
    vm.pushNumber(token);
    vm.ip = TRAVERSE_AT;
    return enter(vm, field(1));
  }
  vm.ip = field(0);
  vm.rp = frame;
}

/** The name token at a position if it is a name of the wordlist, else 0. The machine's own words come last. */
function nameAt(vm: Vm, position: number, wordlist: number): number {
  if (position < BUILTIN_XTS.length) return wordlist === WORDLIST.forth ? (BUILTIN_XTS[position] as number) : 0;
  const entry = vm.dictionary.entries[position - BUILTIN_XTS.length];
  const listed = entry !== undefined && entry.wordlist === wordlist && entry.name !== "" && (entry.flags & FLAG.hidden) === 0;
  return listed ? entry.xt : 0;
}
