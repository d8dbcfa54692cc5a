import type { Entry } from "../dictionary.ts";
import type { Vm } from "../machine/vm.ts";
import { OP, STRUCTURE } from "../primitives/structure.ts";
import type { Value } from "../value.ts";
import { badProgram } from "./bad-program.ts";
import type { Instruction, WordRef } from "./program.ts";

const OPERANDS = new Map(STRUCTURE.map((spec) => [spec.code, spec.operands]));

/** How a machine's tokens are named in the program being made. */
export type RefOf = (xt: number) => WordRef;

/**
 * The code of a colon word as a machine holds it, without what derives from it: charges, the targets of
 * loops, and addresses of strings.
 */
export function readCode(vm: Vm, entry: Entry, refOf: RefOf): Instruction[] {
  const indices = indexOf(vm, entry);
  const code: Instruction[] = [];
  for (const address of indices.keys()) {
    const op = vm.code[address] as number;
    if (op === OP.charge) continue;
    code.push(readInstruction(vm, address, op, refOf, (target) => indices.get(target) ?? badProgram(`a branch of ${entry.name} leads nowhere`)));
  }
  return code;
}

/** Addresses of instructions, and the index each has when charges are left out. */
function indexOf(vm: Vm, entry: Entry): Map<number, number> {
  const indices = new Map<number, number>();
  let index = 0;
  for (let address = entry.code; address < entry.end; ) {
    const op = vm.code[address] as number;
    indices.set(address, index);
    if (op !== OP.charge) index += 1;
    address += 1 + (OPERANDS.get(op) ?? 0);
  }
  return indices;
}

function readInstruction(vm: Vm, address: number, op: number, refOf: RefOf, target: (address: number) => number): Instruction {
  const operand = vm.code[address + 1] as number;
  switch (op) {
    case OP.lit:
      return { op: "literal", value: { kind: "cell", value: BigInt(operand) } };
    case OP.lit64:
      return { op: "literal", value: { kind: "cell", value: (BigInt(vm.code[address + 2] as number) << 32n) | BigInt(operand >>> 0) } };
    case OP.box:
      return { op: "literal", value: vm.literals[operand] as Value };
    case OP.string:
    case OP.counted: {
      const literal = vm.literals[operand];
      return { op: op === OP.string ? "string" : "counted", bytes: literal?.kind === "bytes" ? literal.value : new Uint8Array(0) };
    }
    case OP.call:
    case OP.word:
      return { op: "word", word: refOf(operand) };
    case OP.tick:
      return { op: "tick", word: refOf(operand) };
    case OP.to: {
      const ref = refOf(operand);
      return "user" in ref ? { op: "to", user: ref.user } : badProgram("to of a built-in word");
    }
    case OP.branch:
      return { op: "branch", target: target(operand) };
    case OP.branch0:
      return { op: "branch0", target: target(operand) };
    case OP.of:
      return { op: "of", target: target(operand) };
    case OP.do:
      return { op: "do" };
    case OP.queryDo:
      return { op: "queryDo" };
    case OP.loop:
      return { op: "loop" };
    case OP.plusLoop:
      return { op: "plusLoop" };
    case OP.leave:
      return { op: "leave" };
    case OP.exit:
    case OP.exitLocals:
      return { op: "exit" };
    case OP.does:
      return { op: "does" };
    case OP.locals:
      return { op: "locals", count: operand, initialised: vm.code[address + 2] as number };
    case OP.local:
      return { op: "local", index: operand };
    case OP.toLocal:
      return { op: "toLocal", index: operand };
    default:
      return { op: "word", word: { code: op } };
  }
}

/** Tokens of user's words that code names. */
export function codeRefs(vm: Vm, entry: Entry): number[] {
  const refs: number[] = [];
  const note: RefOf = (xt) => {
    refs.push(xt);
    return { user: 0 };
  };
  readCode(vm, entry, note);
  return refs;
}
