import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../base/rlp.ts";
import { LIMITS } from "../limits.ts";
import { FIRST_USER_XT } from "../primitives/first-user-xt.ts";
import { WORD_TABLE_VERSION } from "../primitives/table.ts";
import { DATA_SPACE, FAR, SOURCE_LINES, SOURCE_LINES_SIZE, USER } from "./layout.ts";
import { FIRST_CODE } from "./mode.ts";
import type { LineMark } from "./rollback.ts";
import type { Waiting } from "./run-result.ts";
import { arrayItem, boxField, boxItem, cellsField, fieldsOf, listOf, signedField, signedItem, wordsField } from "./snapshot-fields.ts";
import { controlField, controlItem, definitionField, definitionItem, entryField, entryItem, farField, farItem, lineField, lineItem, tokensField, tokensItem } from "./snapshot-line.ts";
import { MODES, type QueuedItem, type Source } from "./sources.ts";
import { readSparse, sparseItem } from "./sparse.ts";
import type { Vm } from "./vm.ts";

/**
 * A machine as bytes: all a program can tell, a suspended program included, and nothing of the built-in
 * words. The same bytes give the same machine on every host (I14). Of this node's own making: the
 * decoder bounds what it reads, but trusts that code is what the compiler laid down.
 */
const FORM = 2;
/** Bytes of one key that no word has taken yet. */
const MOST_TYPED = 4_096;

/** A machine between two instructions, as bytes from which another goes on; with the line that is not finished, if one is not. */
export function encodeSnapshot(vm: Vm, line: LineMark | undefined): Uint8Array {
  return encodeRlp([
    numberItem(FORM), numberItem(WORD_TABLE_VERSION), stacksItem(vm), memoryItem(vm), codeItem(vm), dictionaryItem(vm), compilerItem(vm),
    listOf(vm.sources.stack, (source) => sourceItem(vm, source)), controlStateItem(vm), lineItem(line), vm.debug.encode(),
  ]);
}

/** Puts a snapshot into a new machine; gives the line it was in the middle of. Faults: CODEC_MALFORMED. */
export function decodeSnapshot(bytes: Uint8Array, vm: Vm): LineMark | undefined {
  const fields = listField(decodeRlp(bytes), "snapshot", 11);
  if (smallField(fields[0], "form", 255) !== FORM) malformed("snapshot: of another form");
  if (smallField(fields[1], "word table", 2 ** 31) !== WORD_TABLE_VERSION) malformed("snapshot: of another word table");
  readStacks(fields[2], vm);
  readMemory(fields[3], vm);
  readCode(fields[4], vm);
  readDictionary(fields[5], vm);
  readCompiler(fields[6], vm);
  for (const source of fieldsOf(fields[7], "sources", LIMITS.sources, (item) => sourceField(item, vm))) vm.sources.stack.push(source);
  readControlState(fields[8], vm);
  vm.debug.decode(fields[10]);
  return lineField(fields[9], vm.dictionary.entries, FIRST_USER_XT);
}

function stacksItem(vm: Vm): RlpItem {
  return [
    arrayItem(vm.cells.subarray(0, vm.sp)), arrayItem(vm.tags.subarray(0, vm.sp)), arrayItem(vm.origins.subarray(0, vm.sp)),
    arrayItem(vm.rcells.subarray(0, vm.rp)), arrayItem(vm.rtags.subarray(0, vm.rp)),
    arrayItem(vm.slotCells.subarray(0, vm.slotEnd)), arrayItem(vm.slotTags.subarray(0, vm.slotEnd)), listOf(vm.boxes.all, boxItem),
  ];
}

function readStacks(item: RlpItem | undefined, vm: Vm): void {
  const fields = listField(item, "stacks", 8);
  const cells = cellsField(fields[0], "data stack", LIMITS.dataStack);
  const rcells = cellsField(fields[3], "return stack", LIMITS.returnStack);
  const slots = cellsField(fields[5], "slots", LIMITS.slots);
  vm.cells.set(cells);
  vm.tags.set(bytesField(fields[1], "tags", [cells.length]));
  vm.origins.set(wordsField(fields[2], "origins", cells.length));
  vm.rcells.set(rcells);
  vm.rtags.set(bytesField(fields[4], "tags", [rcells.length]));
  vm.slotCells.set(slots);
  vm.slotTags.set(bytesField(fields[6], "tags", [slots.length]));
  vm.sp = cells.length;
  vm.rp = rcells.length;
  vm.slotEnd = slots.length;
  vm.boxes.restore(fieldsOf(fields[7], "boxes", 1 << 22, boxField));
}

function memoryItem(vm: Vm): RlpItem {
  return [
    numberItem(vm.here), sparseItem(vm.bytes.subarray(USER, SOURCE_LINES)), sparseItem(vm.bytes.subarray(DATA_SPACE, vm.dataEnd)),
    farItem(vm.far.save()), sparseItem(vm.bytes.subarray(FAR, vm.far.end)),
  ];
}

function readMemory(item: RlpItem | undefined, vm: Vm): void {
  const fields = listField(item, "memory", 5);
  vm.setHere(smallField(fields[0], "here", DATA_SPACE + LIMITS.dataSpace));
  vm.bytes.fill(0, USER, SOURCE_LINES); // a new machine has its BASE set
  readSparse(fields[1], vm.bytes.subarray(USER, SOURCE_LINES), "system variables");
  readSparse(fields[2], vm.bytes.subarray(DATA_SPACE, vm.dataEnd), "data space");
  vm.far.restore(farField(fields[3]));
  if (vm.far.end > FAR + LIMITS.farSpace) malformed("far space: too large");
  readSparse(fields[4], vm.bytes.subarray(FAR, vm.far.end), "far space");
}

function codeItem(vm: Vm): RlpItem {
  const { lines } = vm;
  return [
    arrayItem(vm.code.subarray(FIRST_CODE, vm.codeEnd)), listOf(vm.literals, boxItem),
    listOf(lines.lines, ({ source, line, text }) => [textItem(source), numberItem(line), textItem(text)]),
    arrayItem(Int32Array.from(lines.addresses)), arrayItem(Int32Array.from(lines.places)),
  ];
}

function readCode(item: RlpItem | undefined, vm: Vm): void {
  const fields = listField(item, "code", 5);
  const code = wordsField(fields[0], "code", LIMITS.codeWords - FIRST_CODE);
  vm.code.set(code, FIRST_CODE);
  vm.codeEnd = FIRST_CODE + code.length;
  for (const literal of fieldsOf(fields[1], "literals", LIMITS.codeWords, boxField)) vm.literals.push(literal ?? malformed("literal: none"));
  for (const line of fieldsOf(fields[2], "lines", LIMITS.codeWords, (each) => listField(each, "line", 3))) {
    vm.lines.add(textField(line[0], "source", 1 << 16), smallField(line[1], "line", 2 ** 40), textField(line[2], "text", 1 << 16));
  }
  for (const address of wordsField(fields[3], "addresses", LIMITS.codeWords)) vm.lines.addresses.push(address);
  for (const part of wordsField(fields[4], "places", LIMITS.codeWords * 3)) vm.lines.places.push(part);
}

function dictionaryItem({ dictionary }: Vm): RlpItem {
  return [listOf(dictionary.entries, entryItem), numberItem(dictionary.wordlists), listOf(dictionary.searchOrder, numberItem), numberItem(dictionary.current), numberItem(dictionary.latest)];
}

function readDictionary(item: RlpItem | undefined, { dictionary }: Vm): void {
  const fields = listField(item, "dictionary", 5);
  for (const entry of fieldsOf(fields[0], "entries", LIMITS.words, entryField)) {
    if (entry.xt !== FIRST_USER_XT + dictionary.entries.length) malformed("entries: out of order");
    dictionary.adopt(entry);
  }
  dictionary.wordlists = smallField(fields[1], "wordlists", LIMITS.wordlists);
  dictionary.searchOrder = fieldsOf(fields[2], "search order", LIMITS.searchOrder, (each) => smallField(each, "wordlist", LIMITS.wordlists));
  dictionary.current = smallField(fields[3], "current", LIMITS.wordlists);
  dictionary.latest = smallField(fields[4], "latest", 2 ** 40);
}

function compilerItem(vm: Vm): RlpItem {
  const { compiler } = vm;
  return [definitionItem(compiler.definition), controlItem(compiler.control), numberItem(compiler.block), listOf(vm.pendingLocals, textItem), listOf(vm.marks, markItem)];
}

function readCompiler(item: RlpItem | undefined, vm: Vm): void {
  const fields = listField(item, "compiler", 5);
  vm.compiler.definition = definitionField(fields[0]);
  vm.compiler.control = controlField(fields[1]);
  vm.compiler.block = smallField(fields[2], "block", LIMITS.codeWords);
  vm.pendingLocals = fieldsOf(fields[3], "locals", LIMITS.locals, (local) => textField(local, "local", 1_024));
  vm.marks.push(...fieldsOf(fields[4], "marks", LIMITS.words, (each) => markField(each)));
}

function markItem({ length, here, searchOrder, current }: Vm["marks"][number]): RlpItem {
  return [numberItem(length), numberItem(here), listOf(searchOrder, numberItem), numberItem(current)];
}

function markField(item: RlpItem): Vm["marks"][number] {
  const fields = listField(item, "mark", 4);
  return {
    length: smallField(fields[0], "mark", LIMITS.words), here: smallField(fields[1], "mark", 2 ** 32),
    searchOrder: fieldsOf(fields[2], "mark", LIMITS.searchOrder, (each) => smallField(each, "mark", LIMITS.wordlists)), current: smallField(fields[3], "mark", LIMITS.wordlists),
  };
}

const SOURCE_KINDS: readonly Source["kind"][] = ["lines", "memory", "block"];

function sourceItem(vm: Vm, source: Source): RlpItem {
  const { pending } = source;
  return [
    numberItem(source.serial), numberItem(SOURCE_KINDS.indexOf(source.kind)), signedItem(source.id), textItem(source.name), numberItem(MODES.indexOf(source.mode)),
    source.text, numberItem(source.lineStart), numberItem(source.next), numberItem(source.lineNumber), numberItem(source.address), numberItem(source.length), numberItem(source.in),
    numberItem(source.first ? 1 : 0), listOf(source.queue, queuedItem), pending === undefined ? [] : [numberItem(pending.xt), numberItem(pending.from), numberItem(pending.defined), numberItem(pending.column)],
    signedItem(source.lineIndex), numberItem(source.column), numberItem(source.tokenLength),
    source.kind === "lines" ? vm.bytes.slice(source.address, source.address + source.length) : new Uint8Array(0),
    numberItem(source.block), numberItem(source.lastBlock), numberItem(source.nextBlock),
  ];
}

function sourceField(item: RlpItem, vm: Vm): Source {
  const fields = listField(item, "source", 22);
  const small = (index: number): number => smallField(fields[index], "source", 2 ** 40);
  const kind = SOURCE_KINDS[small(1)] ?? malformed("kind of source");
  const mode = MODES[small(4)] ?? malformed("source mode");
  const pending = listField(fields[14], "pending");
  const line = bytesField(fields[18], "line", []);
  const address = small(9);
  if (line.length > 0) {
    if (address < SOURCE_LINES || address + line.length > SOURCE_LINES + SOURCE_LINES_SIZE) malformed("line: outside of its region");
    vm.bytes.set(line, address);
  }
  return {
    serial: small(0), kind, id: signedField(fields[2], "id"), name: textField(fields[3], "name", 1 << 16), mode,
    text: bytesField(fields[5], "text", [], LIMITS.sourceBytes).slice(), lineStart: small(6), next: small(7), lineNumber: small(8), address, length: small(10), in: small(11),
    first: small(12) === 1, queue: fieldsOf(fields[13], "queue", 1 << 20, queuedField),
    pending: pending.length === 0 ? undefined : { xt: smallField(pending[0], "pending", 2 ** 40), from: smallField(pending[1], "pending", 2 ** 40), defined: smallField(pending[2], "pending", 2 ** 40), column: smallField(pending[3], "pending", 2 ** 40) },
    lineIndex: signedField(fields[15], "line"), column: small(16), tokenLength: small(17), block: small(19), lastBlock: small(20), nextBlock: small(21),
  };
}

function queuedItem(item: QueuedItem): RlpItem {
  if ("text" in item) return [numberItem(0), textItem(item.text)];
  return "number" in item ? [numberItem(1), textItem(item.number)] : [numberItem(2), textItem(item.word)];
}

function queuedField(item: RlpItem): QueuedItem {
  const fields = listField(item, "queued", 2);
  const text = textField(fields[1], "queued", 1 << 22);
  const kind = smallField(fields[0], "queued", 2);
  return kind === 0 ? { text } : kind === 1 ? { number: text } : { word: text };
}

/** Who waits for a key: KEY, EKEY, the debugger in code or in source. */
const KEY_WAITS = ["key", "event", "code", "text"] as const;
const WAITING: readonly Waiting["for"][] = ["key", "line", "time"];

function controlStateItem(vm: Vm): RlpItem {
  const waiting = vm.stop?.kind === "waiting" ? vm.stop.waiting : undefined;
  return [
    numberItem(vm.lp), numberItem(vm.ip), numberItem(vm.depth), numberItem(vm.handler), numberItem(vm.mode), numberItem(vm.op), numberItem(vm.sources.serial),
    numberItem(vm.transient), numberItem(vm.hold), numberItem(vm.ergLimit), numberItem(vm.ergLeft), numberItem(vm.columns), numberItem((vm.track ? 1 : 0) + (vm.interactive ? 2 : 0)),
    tokensItem(vm.tokens), signedItem(vm.origin), listOf([...vm.touched], numberItem), numberItem(vm.closedDefinition),
    waiting === undefined ? [] : [numberItem(WAITING.indexOf(waiting.for)), numberItem("limitBytes" in waiting ? waiting.limitBytes : "ms" in waiting ? waiting.ms : 0), numberItem(waiting.for === "key" ? KEY_WAITS.indexOf(waiting.debugger ?? (waiting.event === true ? "event" : "key")) : 0)],
    Uint8Array.from(vm.typed),
  ];
}

function readControlState(item: RlpItem | undefined, vm: Vm): void {
  const fields = listField(item, "state", 19);
  const small = (index: number): number => Number(numberField(fields[index], "state", 53));
  vm.lp = small(0);
  vm.ip = small(1);
  vm.depth = small(2);
  vm.handler = small(3);
  vm.mode = small(4);
  vm.op = small(5);
  vm.sources.serial = small(6);
  vm.transient = small(7);
  vm.hold = small(8);
  vm.ergLimit = small(9);
  vm.ergLeft = small(10);
  vm.columns = small(11);
  vm.track = (small(12) & 1) === 1;
  vm.interactive = (small(12) & 2) === 2;
  vm.tokens = tokensField(fields[13]);
  vm.origin = signedField(fields[14], "origin");
  for (const xt of fieldsOf(fields[15], "touched", LIMITS.words, (each) => smallField(each, "xt", 2 ** 40))) vm.touched.add(xt);
  vm.closedDefinition = small(16);
  vm.typed = [...bytesField(fields[18], "typed", [], MOST_TYPED)];
  const waiting = listField(fields[17], "waiting");
  if (waiting.length === 0) return;
  const amount = smallField(waiting[1], "waiting", 2 ** 40);
  const kind = WAITING[smallField(waiting[0], "waiting", 2)] ?? "key";
  vm.stop = { kind: "waiting", waiting: kind === "line" ? { for: "line", limitBytes: amount } : kind === "time" ? { for: "time", ms: amount } : keyWait(waiting[2]) };
}

function keyWait(item: RlpItem | undefined): Waiting {
  const wait = KEY_WAITS[smallField(item, "waiting", KEY_WAITS.length - 1)];
  if (wait === "code" || wait === "text") return { for: "key", debugger: wait };
  return wait === "event" ? { for: "key", event: true } : { for: "key" };
}
