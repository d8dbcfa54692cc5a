import { FaultError } from "../../lang/base/fault.ts";
import type { Entry } from "../../lang/dictionary.ts";
import type { Machine } from "../../lang/machine/machine.ts";
import type { Vm } from "../../lang/machine/vm.ts";
import { FIRST_USER_XT } from "../../lang/primitives/first-user-xt.ts";
import type { Value } from "../../lang/value.ts";
import { formatLiteral } from "../../lang/values/show.ts";
import type { ThreadFault } from "../fault.ts";

const CELL_BYTES = 8;
/** More than this is a table, which belongs into a file. */
const MOST_CELLS = 256;

/** Source that defines a word again with the value it has now. Faults: LANG_UNKNOWN_WORD, THREAD_NOT_COMMITTABLE. */
export function importSource({ vm }: Machine, name: string): string {
  const xt = vm.dictionary.find(name);
  if (xt === 0) throw vm.text.unknown(name);
  if (xt < FIRST_USER_XT) refuse(name, "it is a built-in word, which every package has");
  const entry = vm.entry(xt);
  const slot = (at: number): string => formatLiteral(slotValue(vm, entry.data + at));
  const inDecimal = (source: string): string => (vm.base === 10 ? source : `base @ decimal ${source} base !`);
  switch (entry.kind) {
    case "value":
    case "constant":
      return inDecimal(`${slot(0)} ${entry.kind} ${entry.name}`);
    case "value2":
    case "constant2":
      return inDecimal(`${slot(0)} ${slot(1)} 2${entry.kind.slice(0, -1)} ${entry.name}`);
    case "create":
      return inDecimal(dataSource(vm, entry));
    default:
      return refuse(name, "only a variable, a table, a value or a constant has one that can be written down");
  }
}

function dataSource(vm: Vm, entry: Entry): string {
  if (entry.code !== 0) refuse(entry.name, "it runs code of its own: make it again after bt");
  const later = vm.dictionary.entries.filter(({ kind, data }) => kind === "create" && data > entry.data).map(({ data }) => data);
  const bytes = Math.min(vm.here, ...later) - entry.data;
  if (bytes % CELL_BYTES !== 0 || bytes > MOST_CELLS * CELL_BYTES) refuse(entry.name, `it holds ${bytes} bytes, and whole cells up to ${MOST_CELLS} can be written down`);
  const cells = Array.from({ length: bytes / CELL_BYTES }, (_, at) => vm.readCell(entry.data + at * CELL_BYTES));
  if (cells.length === 1) return `variable ${entry.name}  ${cells[0]} ${entry.name} !`;
  return [`create ${entry.name}`, ...cells.map((cell) => `${cell} ,`)].join(" ");
}

function slotValue(vm: Vm, slot: number): Value {
  const cell = vm.slotCells[slot] as bigint;
  return vm.slotTags[slot] === 0 ? { kind: "cell", value: cell } : vm.boxes.get(Number(cell));
}

function refuse(word: string, reason: string): never {
  throw new FaultError<ThreadFault>({ code: "THREAD_NOT_COMMITTABLE", word, reason });
}
