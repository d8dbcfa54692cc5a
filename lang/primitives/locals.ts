import { foldName } from "../words.ts";
import type { Vm } from "../machine/vm.ts";
import { popText } from "./popped-text.ts";
import type { PrimitiveRow } from "./row.ts";

/** Locals: named entries of any kind that live as long as the call. */
export const LOCALS: readonly PrimitiveRow[] = [
  { code: 1200, word: "{:", effect: '( "name…" -- )', erg: 20, immediate: true, compileOnly: true, run: declare },
  { code: 1201, word: "locals|", effect: '( "name…" -- )', erg: 20, immediate: true, compileOnly: true, run: declareReversed },
  { code: 1202, word: "(local)", effect: "( c-addr u -- )", erg: 150, compileOnly: true, run: addLocal },
];

/** `{: args | others -- comment :}`, which may go on over lines. */
function declare(vm: Vm): void {
  const names: string[] = [];
  let initialised: number | undefined;
  let comment = false;
  for (;;) {
    const name = foldName(nextName(vm, "{:"));
    if (name === ":}") break;
    if (name === "--") comment = true;
    else if (comment) continue;
    else if (name === "|" && initialised === undefined) initialised = names.length;
    else names.push(name);
  }
  vm.compiler.declareLocals(names, initialised ?? names.length);
}

/** `locals| a b |`: the first name is for the top of the stack. */
function declareReversed(vm: Vm): void {
  const names: string[] = [];
  for (;;) {
    const name = foldName(nextName(vm, "locals|"));
    if (name === "|") break;
    names.unshift(name);
  }
  vm.compiler.declareLocals(names, names.length);
}

/** One local of a list that a program makes by itself; a length of 0 ends the list. */
function addLocal(vm: Vm): void {
  const name = foldName(popText(vm));
  const pending = vm.pendingLocals;
  if (name !== "") return void pending.unshift(name);
  vm.pendingLocals = [];
  vm.compiler.declareLocals(pending, pending.length);
}

function nextName(vm: Vm, word: string): string {
  for (;;) {
    const token = vm.text.parseName();
    if (token.length > 0) return new TextDecoder().decode(vm.text.slice(token));
    if (!vm.input.refill()) throw vm.fault({ code: "LANG_UNBALANCED", word });
  }
}
