import { OP, STRUCTURE } from "../../primitives/structure.ts";
import type { CodeSource } from "./blocks.ts";

const OPERANDS = new Uint8Array(32);
for (const spec of STRUCTURE) OPERANDS[spec.code] = spec.operands;

/** Length in words of the instruction with that number. */
export function instructionSize(op: number): number {
  return 1 + (OPERANDS[op] ?? 0);
}

/** Instructions that go nowhere else but on. */
function fallsThrough(op: number): boolean {
  return op !== OP.branch && op !== OP.exit && op !== OP.exitLocals && op !== OP.leave && op !== OP.does && op !== OP.halt && op !== OP.catchEnd;
}

function branchTarget(source: CodeSource, ip: number): number | undefined {
  const op = source.code[ip] as number;
  const branches = op === OP.branch || op === OP.branch0 || op === OP.queryDo || op === OP.loop || op === OP.plusLoop || op === OP.leave || op === OP.of;
  return branches ? (source.code[ip + 1] as number) : undefined;
}

/** Calls `visit` for each instruction that can be reached from `start`, each once. */
function walkCode(source: CodeSource, start: number, visit: (ip: number, op: number) => void): void {
  const seen = new Set<number>();
  const work = [start];
  for (let ip = work.pop(); ip !== undefined; ip = work.pop()) {
    while (ip > 0 && ip < source.codeEnd && !seen.has(ip)) {
      seen.add(ip);
      const op = source.code[ip] as number;
      visit(ip, op);
      const target = branchTarget(source, ip);
      if (target !== undefined) work.push(target);
      if (!fallsThrough(op)) break;
      ip += instructionSize(op);
    }
  }
}

/** Addresses that branches lead to, as far as they can be reached from `start`. */
export function findLeaders(source: CodeSource, start: number): Set<number> {
  const leaders = new Set<number>();
  walkCode(source, start, (ip) => {
    const target = branchTarget(source, ip);
    if (target !== undefined) leaders.add(target);
  });
  return leaders;
}
