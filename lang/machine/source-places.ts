import type { Entry } from "../dictionary.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { OP, STRUCTURE } from "../primitives/structure.ts";
import { codeSpot } from "./fault-report.ts";
import { nameOfXt } from "./names.ts";
import type { Vm } from "./vm.ts";

const OPERANDS = new Map(STRUCTURE.map(({ code, operands }) => [code, operands]));
const NAMES_A_WORD: ReadonlySet<number> = new Set([OP.call, OP.word, OP.tick, OP.to]);

/** What `locate NAME` prints: where a word was defined, and the lines of its definition. */
export function locateWord(vm: Vm, xt: number): string {
  if (xt < FIRST_USER_XT) return `${nameOfXt(xt, vm.dictionary)} is built in: help ${nameOfXt(xt, vm.dictionary)}\n`;
  const entry = vm.entry(xt);
  const found = [...new Set([entry.line, ...linesOf(vm, entry)])].flatMap((index) => vm.lines.lines[index] ?? []).sort((a, b) => a.line - b.line);
  const [first] = found;
  if (first === undefined) return `${entry.name}: nobody noted where it was defined\n`;
  return `${first.source}:\n${found.map(({ line, text }) => `${String(line).padStart(5)}  ${text}\n`).join("")}`;
}

/** ERG for the line of one word that uses another: `where` has paid for looking at the code. */
const USE_ERG = 200;

/** What `where NAME` prints: the user's words that use a word, each with the line that does. */
export function usesOfWord(vm: Vm, xt: number): string {
  const uses = vm.dictionary.entries.flatMap((entry) => {
    const address = [...instructions(vm, entry)].find((at) => isUse(vm, at, xt));
    if (address === undefined) return [];
    vm.charge(USE_ERG);
    const spot = codeSpot(vm, address, entry.code);
    return [`${entry.name || ":noname"}${spot === undefined ? "" : `  ${spot.source}, line ${String(spot.line)}: ${spot.text.trim()}`}\n`];
  });
  return uses.length === 0 ? `no word of yours uses ${nameOfXt(xt, vm.dictionary)}\n` : uses.join("");
}

function isUse(vm: Vm, address: number, xt: number): boolean {
  const op = vm.code[address] as number;
  return op === xt || (NAMES_A_WORD.has(op) && vm.code[address + 1] === xt);
}

/** Addresses of the instructions of a colon word. */
function* instructions(vm: Vm, entry: Entry): Generator<number> {
  if (entry.kind !== "colon") return;
  for (let address = entry.code; address < entry.end; address += 1 + (OPERANDS.get(vm.code[address] as number) ?? 0)) yield address;
}

/** Lines that the code of a word came from, as indices into the machine's table. */
function linesOf(vm: Vm, entry: Entry): number[] {
  return [...instructions(vm, entry)].flatMap((address) => vm.lines.find(address, entry.code)?.line ?? []);
}
