import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { OP, STRUCTURE } from "../primitives/structure.ts";
import { describeForm } from "../command-line-parameters.ts";
import { rowOf, SHELL_FORMS } from "../primitives/table.ts";
import { foldName } from "../words.ts";
import { outsideForm } from "./run-result.ts";
import { quoteText, showValue } from "../values/show.ts";
import type { Entry } from "../dictionary.ts";
import { nameOfXt } from "./names.ts";
import type { Vm } from "./vm.ts";

const BY_CODE = new Map(STRUCTURE.map((spec) => [spec.code, spec]));

/** What `see NAME` prints: where the word comes from, its source line, and its code with the ERG of each block. */
export function seeWord(vm: Vm, xt: number): string {
  if (xt < FIRST_USER_XT) return seeBuiltin(xt);
  const entry = vm.entry(xt);
  const line = vm.lines.lines[entry.line];
  const source = line === undefined ? "" : `\\ ${line.source}, line ${line.line}\n${line.text.trim()}\n`;
  return `${source}${describe(vm, entry)}`;
}

/** What `see` prints of a word with inline parameters: how it is written, and its stack form. Undefined if there is none. */
export function seeShellWord(vm: Vm, name: string): string | undefined {
  const folded = foldName(name);
  const outside = vm.outside.get(folded);
  if (outside !== undefined) return `${describeForm(outsideForm(outside))}\n  the session runs it, last on its line\n`;
  const form = SHELL_FORMS.get(folded);
  if (form === undefined) return undefined;
  const args = form.params.map((param) => param.name);
  const items = form.rewrite({ args, options: {} }).map((item) => ("text" in item ? quoteText(item.text, 40) : "number" in item ? item.number : item.word));
  return `${describeForm(form)}\n  stands for  ${items.join(" ")}\n`;
}

function seeBuiltin(xt: number): string {
  const row = rowOf(xt);
  if (row === undefined) return "";
  const { word, effect, erg, code } = row.spec;
  return `${word}  ${effect}  ${erg} ERG, built in, code ${code}\n`;
}

function describe(vm: Vm, entry: Entry): string {
  switch (entry.kind) {
    case "colon":
      return codeLines(vm, entry.code, entry.end);
    case "create":
      return `data at $${entry.data.toString(16)}\n${entry.code === 0 ? "" : `does> at ${entry.code}\n`}`;
    case "constant":
    case "value":
      return `${entry.kind} ${slot(vm, entry.data)}\n`;
    case "constant2":
    case "value2":
      return `two cells ${slot(vm, entry.data)} ${slot(vm, entry.data + 1)}\n`;
    case "defer":
      return vm.slotCells[entry.data] === 0n ? "deferred, not set\n" : `deferred to ${nameOfXt(Number(vm.slotCells[entry.data]), vm.dictionary)}\n`;
    case "field":
      return `field at offset ${entry.data}\n`;
    case "synonym":
      return `synonym of ${nameOfXt(entry.data, vm.dictionary)}\n`;
    case "marker":
      return "marker\n";
  }
}

function slot(vm: Vm, index: number): string {
  const cell = vm.slotCells[index] as bigint;
  return showValue(vm.slotTags[index] === 0 ? { kind: "cell", value: cell } : vm.boxes.get(Number(cell)));
}

/** One instruction a line: address, name, operands. */
function codeLines(vm: Vm, from: number, end: number): string {
  let lines = "";
  for (let address = from; address < end; ) {
    const op = vm.code[address] as number;
    const spec = BY_CODE.get(op);
    lines += `${String(address).padStart(6)}  ${spec === undefined ? nameOfXt(op, vm.dictionary) : `${spec.word} ${operand(vm, op, address + 1)}`.trimEnd()}\n`;
    address += 1 + (spec?.operands ?? 0);
  }
  return lines;
}

function operand(vm: Vm, op: number, at: number): string {
  const value = vm.code[at] as number;
  switch (op) {
    case OP.call:
    case OP.word:
    case OP.to:
    case OP.tick:
      return nameOfXt(value, vm.dictionary);
    case OP.box: {
      const literal = vm.literals[value];
      return literal === undefined ? "" : showValue(literal);
    }
    case OP.string:
    case OP.counted: {
      const literal = vm.literals[value];
      return literal?.kind === "bytes" ? quoteText(Buffer.from(literal.value).toString("utf8"), 60) : "";
    }
    case OP.lit64:
      return ((BigInt(vm.code[at + 1] as number) << 32n) | BigInt(value >>> 0)).toString();
    case OP.locals:
      return `${value} ${vm.code[at + 1]}`;
    case OP.charge:
      return `${value} ERG`;
    default:
      return BY_CODE.get(op)?.operands === 0 ? "" : String(value);
  }
}
