import { FLAG } from "../words.ts";
import type { Vm } from "../machine/vm.ts";
import { FIRST_USER_XT } from "./first-user-xt.ts";
import type { PrimitiveRow } from "./row.ts";
import { OP } from "./structure.ts";

/** Control structures. All are branches in the end, so they may be mixed as the standard allows (A.3.2.3.2). */
export const CONTROL: readonly PrimitiveRow[] = [
  word(1024, "if", "( -- )", (vm) => vm.compiler.forward(OP.branch0, "if")),
  word(1025, "ahead", "( -- )", (vm) => vm.compiler.forward(OP.branch, "ahead")),
  word(1026, "then", "( -- )", (vm) => vm.compiler.resolve("then")),
  word(1027, "else", "( -- )", (vm) => otherwise(vm, "else")),
  word(1028, "begin", "( -- )", (vm) => vm.compiler.markHere("dest", "begin")),
  word(1029, "again", "( -- )", (vm) => vm.compiler.back(OP.branch, "again")),
  word(1030, "until", "( -- )", (vm) => vm.compiler.back(OP.branch0, "until")),
  word(1031, "while", "( -- )", (vm) => {
    vm.compiler.forward(OP.branch0, "while");
    vm.compiler.rollControl(1, false);
  }),
  word(1032, "repeat", "( -- )", (vm) => {
    vm.compiler.back(OP.branch, "repeat");
    vm.compiler.resolve("repeat");
  }),
  word(1033, "do", "( -- )", (vm) => vm.compiler.startLoop(OP.do, "do")),
  word(1034, "?do", "( -- )", (vm) => vm.compiler.startLoop(OP.queryDo, "?do")),
  word(1035, "loop", "( -- )", (vm) => vm.compiler.endLoop(OP.loop, "loop")),
  word(1036, "+loop", "( -- )", (vm) => vm.compiler.endLoop(OP.plusLoop, "+loop")),
  word(1037, "leave", "( -- )", (vm) => vm.compiler.leave()),
  word(1038, "case", "( -- )", (vm) => {
    vm.compiler.requireDefinition("case");
    vm.compiler.pushControl({ kind: "case", at: 0, leaves: [], word: "case" });
  }),
  word(1039, "of", "( -- )", (vm) => vm.compiler.forward(OP.of, "of")),
  word(1040, "endof", "( -- )", (vm) => otherwise(vm, "endof")),
  word(1041, "endcase", "( -- )", endCase),
  word(1042, "exit", "( -- )", (vm) => {
    vm.compiler.requireDefinition("exit");
    vm.compiler.exit();
  }),
  word(1043, "recurse", "( -- )", (vm) => vm.compiler.emit(OP.call, vm.compiler.requireDefinition("recurse").xt)),
  { code: 1044, word: "cs-pick", effect: "( u -- )", erg: 10, run: (vm) => vm.compiler.rollControl(vm.popNumber(), true) },
  { code: 1045, word: "cs-roll", effect: "( u -- )", erg: 10, run: (vm) => vm.compiler.rollControl(vm.popNumber(), false) },
  word(1046, "[", "( -- )", (vm) => vm.setCompiling(false)),
  { code: 1047, word: "]", effect: "( -- )", erg: 5, run: goOnCompiling },
  { code: 1048, word: "execute", effect: "( i*x xt -- j*x )", erg: 2, takes: 1, ends: true, run: execute },
  { code: 1049, word: "compile,", effect: "( xt -- )", erg: 20, run: (vm) => vm.compiler.compileXt(popXt(vm)) },
  { code: 1050, word: "immediate", effect: "( -- )", erg: 10, run: (vm) => flagLatest(vm, FLAG.immediate) },
  { code: 1051, word: "compile-only", effect: "( -- )", erg: 10, run: (vm) => flagLatest(vm, FLAG.compileOnly) },
  word(1052, "literal", "( x -- )", (vm) => {
    vm.compiler.requireDefinition("literal");
    vm.compiler.compileLiteral(vm.popValue());
  }),
  word(1053, "2literal", "( x1 x2 -- )", (vm) => {
    vm.compiler.requireDefinition("2literal");
    const top = vm.popValue();
    vm.compiler.compileLiteral(vm.popValue());
    vm.compiler.compileLiteral(top);
  }),
  word(1054, "sliteral", "( c-addr u -- )", (vm) => {
    vm.compiler.requireDefinition("sliteral");
    vm.compiler.compileString(vm.popBytes());
  }),
  word(1055, "postpone", '( "name" -- )', postpone),
  word(1056, "[']", '( "name" -- )', (vm) => vm.compiler.emit(OP.tick, vm.text.resolve(vm.text.parseXt()))),
  word(1057, "[compile]", '( "name" -- )', (vm) => vm.compiler.compileXt(vm.text.parseXt())),
  { code: 1058, word: "cs-drop", effect: "( -- )", erg: 5, run: (vm) => void vm.compiler.popControl("dest", "cs-drop") },
];

/** A word that acts while compiling. */
function word(code: number, name: string, effect: string, run: (vm: Vm) => void): PrimitiveRow {
  return { code, word: name, effect, erg: 10, immediate: true, ...(name !== "[" && { compileOnly: true }), run };
}

/** Takes an execution token; what no word has is refused when it is used. */
export function popXt(vm: Vm): number {
  const xt = vm.popNumber();
  if (xt > 0 && xt < FIRST_USER_XT * 4) return xt;
  throw vm.fault({ code: "LANG_BAD_ADDRESS", word: vm.word, address: String(xt) });
}

/** Without a definition everything that follows would be refused, line after line. */
function goOnCompiling(vm: Vm): void {
  vm.compiler.requireDefinition("]");
  vm.setCompiling(true);
}

function execute(vm: Vm): void {
  const xt = popXt(vm);
  vm.tier?.executes(vm.ip - 1, xt);
  vm.enter(xt);
}

function otherwise(vm: Vm, name: string): void {
  vm.compiler.forward(OP.branch, name);
  vm.compiler.rollControl(1, false);
  vm.compiler.resolve(name);
}

function endCase(vm: Vm): void {
  vm.compiler.requireDefinition("endcase");
  vm.compiler.compileXt(DROP);
  while (vm.compiler.control.at(-1)?.kind === "orig") vm.compiler.resolve("endcase");
  vm.compiler.popControl("case", "endcase");
}

const DROP = 33;
export const EXECUTE = 1048;
export const COMPILE = 1049;

/** Compiles the compilation semantics of a word: an immediate one itself, another one to be compiled later. */
function postpone(vm: Vm): void {
  vm.compiler.requireDefinition("postpone");
  const xt = vm.text.parseXt();
  if (vm.text.isImmediate(xt)) return vm.compiler.compileXt(xt);
  vm.compiler.emit(OP.tick, xt);
  vm.compiler.compileXt(COMPILE);
}

function flagLatest(vm: Vm, flag: number): void {
  const { latest } = vm.dictionary;
  if (!vm.dictionary.has(latest)) throw vm.fault({ code: "LANG_MISSING_NAME", word: vm.word });
  const entry = vm.entry(latest);
  vm.dictionary.change(entry, { flags: entry.flags | flag });
}
