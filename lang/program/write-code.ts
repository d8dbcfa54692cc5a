import type { Vm } from "../machine/vm.ts";
import { OP } from "../primitives/structure.ts";
import { badProgram } from "./bad-program.ts";
import type { Instruction, WordRef } from "./program.ts";

/** ERG for loading one instruction of a package's code. */
const LOAD_ERG = 2;

/** Compiles checked code into a machine as a colon word of that name. `xtOf` gives the machine's tokens. */
export function writeCode(vm: Vm, name: string, code: readonly Instruction[], xtOf: (ref: WordRef) => number): void {
  const { compiler } = vm;
  vm.charge(LOAD_ERG * code.length);
  compiler.begin(name);
  const targets = new Set(code.flatMap((instruction) => ("target" in instruction ? [instruction.target] : [])));
  const addresses: number[] = [];
  const forward: { readonly operand: number; readonly target: number }[] = [];
  code.slice(0, -1).forEach((instruction, index) => {
    // The target of a branch begins a block of ERG, and branches go to the charge that begins it.
    if (targets.has(index)) compiler.closeBlock();
    addresses.push(vm.codeEnd);
    if (instruction.op === "exit" && code[index - 1]?.op === "does") return;
    if ("target" in instruction) {
      compiler.emit(OP[instruction.op], addresses[instruction.target] ?? 0);
      if (instruction.target > index) forward.push({ operand: vm.codeEnd - 1, target: instruction.target });
    } else writeInstruction(vm, instruction, xtOf);
  });
  if (targets.has(code.length - 1)) compiler.closeBlock();
  addresses.push(vm.codeEnd);
  for (const { operand, target } of forward) vm.code[operand] = addresses[target] ?? badProgram("a branch leads nowhere");
  compiler.end(";");
  vm.closedDefinition = 0;
}

function writeInstruction(vm: Vm, instruction: Exclude<Instruction, { target: number }>, xtOf: (ref: WordRef) => number): void {
  const { compiler } = vm;
  switch (instruction.op) {
    case "literal":
      return compiler.compileLiteral(instruction.value);
    case "string":
      return compiler.compileString(instruction.bytes);
    case "counted":
      return compiler.compileCounted(instruction.bytes);
    case "word":
      return compiler.compileXt(xtOf(instruction.word));
    case "tick":
      return compiler.emit(OP.tick, xtOf(instruction.word));
    case "to":
      return compiler.emit(OP.to, xtOf({ user: instruction.user }));
    case "do":
      return compiler.startLoop(OP.do, "do");
    case "queryDo":
      return compiler.startLoop(OP.queryDo, "?do");
    case "loop":
      return compiler.endLoop(OP.loop, "loop");
    case "plusLoop":
      return compiler.endLoop(OP.plusLoop, "+loop");
    case "leave":
      return compiler.leave();
    case "exit":
      return compiler.exit();
    case "does":
      return compiler.does();
    case "locals":
      return compiler.declareLocals(Array.from({ length: instruction.count }, (_, index) => `l${index}`), instruction.initialised);
    case "local":
      return compiler.emit(OP.local, instruction.index);
    case "toLocal":
      return compiler.emit(OP.toLocal, instruction.index);
  }
}
