import { listField, numberItem, smallField, textField, textItem, bytesField } from "../base/rlp-fields.ts";
import { malformed, type RlpItem } from "../base/rlp.ts";
import type { Definition } from "../compiler.ts";
import type { ControlItem } from "../control-stack.ts";
import type { DictionaryMark, Entry, EntryKind } from "../dictionary.ts";
import type { HostMark } from "../host.ts";
import { LIMITS } from "../limits.ts";
import { arrayItem, cellsField, fieldsOf, listOf, signedField, signedItem, wordsField } from "./snapshot-fields.ts";
import { readSparse, sparseItem } from "./sparse.ts";
import { DATA_SPACE, SOURCE_LINES, USER } from "./layout.ts";
import type { FarState } from "./far-space.ts";
import type { LineMark } from "./rollback.ts";
import type { TokenOrigin } from "./vm.ts";

/** Encodings of what a machine and the mark of an unfinished line have in common. */

const ENTRY_KINDS: readonly EntryKind[] = ["colon", "create", "constant", "value", "constant2", "value2", "defer", "field", "synonym", "marker"];
const CONTROL_KINDS: readonly ControlItem["kind"][] = ["orig", "dest", "do", "case"];

/** A word of the dictionary. */
export function entryItem(entry: Entry): RlpItem {
  return [
    numberItem(entry.xt), textItem(entry.name), numberItem(entry.wordlist), numberItem(ENTRY_KINDS.indexOf(entry.kind)), signedItem(entry.data),
    numberItem(entry.flags), numberItem(entry.code), numberItem(entry.end), numberItem(entry.shadowed), signedItem(entry.line), numberItem(entry.column),
  ];
}

/** What `entryItem` wrote. Faults: CODEC_MALFORMED. */
export function entryField(item: RlpItem): Entry {
  const fields = listField(item, "entry", 11);
  const small = (index: number): number => smallField(fields[index], "entry", 2 ** 40);
  return {
    xt: small(0), name: textField(fields[1], "name", LIMITS.nameLength * 4), wordlist: small(2),
    kind: ENTRY_KINDS[small(3)] ?? malformed("kind of entry"), data: signedField(fields[4], "data"),
    flags: small(5), code: small(6), end: small(7), shadowed: small(8), line: signedField(fields[9], "line"), column: small(10),
  };
}

/** The definition that is open, if there is one. */
export function definitionItem(definition: Definition | undefined): RlpItem {
  if (definition === undefined) return [];
  return [numberItem(definition.xt), numberItem(definition.start), listOf(definition.locals, textItem), numberItem(definition.localsAt)];
}

/** What `definitionItem` wrote. Faults: CODEC_MALFORMED. */
export function definitionField(item: RlpItem | undefined): Definition | undefined {
  const fields = listField(item, "definition");
  if (fields.length === 0) return undefined;
  return {
    xt: smallField(fields[0], "definition", 2 ** 40), start: smallField(fields[1], "definition", LIMITS.codeWords),
    locals: fieldsOf(fields[2], "locals", LIMITS.locals, (local) => textField(local, "local", 1_024)), localsAt: smallField(fields[3], "definition", LIMITS.codeWords),
  };
}

/** What the control stack holds while a definition is open. */
export function controlItem(control: readonly ControlItem[]): RlpItem {
  return listOf(control, (item) => [numberItem(CONTROL_KINDS.indexOf(item.kind)), numberItem(item.at), listOf(item.leaves, numberItem), textItem(item.word)]);
}

/** What `controlItem` wrote. Faults: CODEC_MALFORMED. */
export function controlField(item: RlpItem | undefined): ControlItem[] {
  return fieldsOf(item, "control", LIMITS.controlStack, (each) => {
    const fields = listField(each, "control", 4);
    return {
      kind: CONTROL_KINDS[smallField(fields[0], "kind", 3)] ?? malformed("kind of control"), at: smallField(fields[1], "at", LIMITS.codeWords),
      leaves: fieldsOf(fields[2], "leaves", LIMITS.definitionWords, (leave) => smallField(leave, "leave", LIMITS.codeWords)), word: textField(fields[3], "word", 64),
    };
  });
}

/** Where entries of the stack come from. */
export function tokensItem(tokens: readonly TokenOrigin[]): RlpItem {
  return listOf(tokens, ({ xt, line, column }) => [numberItem(xt), signedItem(line), numberItem(column)]);
}

/** What `tokensItem` wrote. Faults: CODEC_MALFORMED. */
export function tokensField(item: RlpItem | undefined): TokenOrigin[] {
  return fieldsOf(item, "tokens", 1 << 20, (each) => {
    const fields = listField(each, "token", 3);
    return { xt: smallField(fields[0], "xt", 2 ** 40), line: signedField(fields[1], "line"), column: smallField(fields[2], "column", 2 ** 30) };
  });
}

/** Blocks that ALLOCATE gave, with their content. */
export function farItem(far: FarState): RlpItem {
  return [numberItem(far.end), listOf(far.used, ([address, size]) => [numberItem(address), numberItem(size)]), listOf(far.free, ({ address, size }) => [numberItem(address), numberItem(size)])];
}

/** What `farItem` wrote. Faults: CODEC_MALFORMED. */
export function farField(item: RlpItem | undefined): FarState {
  const fields = listField(item, "far", 3);
  const pair = (each: RlpItem): [number, number] => {
    const numbers = listField(each, "block", 2);
    return [smallField(numbers[0], "block", 2 ** 32), smallField(numbers[1], "block", 2 ** 32)];
  };
  return {
    end: smallField(fields[0], "far end", 2 ** 32), used: fieldsOf(fields[1], "blocks", 1 << 20, pair),
    free: fieldsOf(fields[2], "blocks", 1 << 20, pair).map(([address, size]) => ({ address, size })),
  };
}

function dictionaryItem(mark: DictionaryMark): RlpItem {
  return [listOf(mark.entries, (entry) => numberItem(entry.xt)), numberItem(mark.wordlists), listOf(mark.searchOrder, numberItem), numberItem(mark.current), numberItem(mark.latest)];
}

/** The line that a suspended machine is in, so that it can still fail without a trace. `journal` starts anew. */
export function lineItem(mark: LineMark | undefined): RlpItem {
  if (mark === undefined) return [];
  return [
    arrayItem(mark.cells), arrayItem(mark.tags), arrayItem(mark.origins), arrayItem(mark.rcells), arrayItem(mark.rtags),
    arrayItem(mark.slotCells), arrayItem(mark.slotTags), numberItem(mark.lp), numberItem(mark.depth), numberItem(mark.handler),
    numberItem(mark.codeFrom), arrayItem(mark.code), numberItem(mark.codeEnd), numberItem(mark.literals), numberItem(mark.lines),
    numberItem(mark.here), sparseItem(mark.low), numberItem(mark.data.length), sparseItem(mark.data), farItem(mark.far), mark.farBytes,
    numberItem(mark.transient), numberItem(mark.hold), dictionaryItem(mark.dictionary), definitionItem(mark.definition), controlItem(mark.control),
    numberItem(mark.block), numberItem(mark.marks), tokensItem(mark.tokens), numberItem(mark.host),
  ];
}

export function lineField(item: RlpItem | undefined, entries: readonly Entry[], firstXt: number): LineMark | undefined {
  const fields = listField(item, "line");
  if (fields.length === 0) return undefined;
  if (fields.length !== 30) malformed("line: 30 fields are expected");
  const small = (index: number): number => smallField(fields[index], "line", 2 ** 40);
  const low = new Uint8Array(SOURCE_LINES - USER);
  readSparse(fields[16], low, "low");
  const data = new Uint8Array(smallField(fields[17], "data", LIMITS.dataSpace + (DATA_SPACE & 0xffff)));
  readSparse(fields[18], data, "data");
  const dictionary = listField(fields[23], "dictionary", 5);
  return {
    cells: cellsField(fields[0], "cells", LIMITS.dataStack), tags: bytesField(fields[1], "tags", []), origins: wordsField(fields[2], "origins", LIMITS.dataStack),
    rcells: cellsField(fields[3], "cells", LIMITS.returnStack), rtags: bytesField(fields[4], "tags", []),
    slotCells: cellsField(fields[5], "slots", LIMITS.slots), slotTags: bytesField(fields[6], "tags", []), lp: small(7), depth: small(8), handler: small(9),
    codeFrom: small(10), code: wordsField(fields[11], "code", LIMITS.codeWords), codeEnd: small(12), literals: small(13), lines: small(14),
    here: small(15), low, data, far: farField(fields[19]), farBytes: bytesField(fields[20], "far", []), transient: small(21), hold: small(22),
    dictionary: {
      entries: fieldsOf(dictionary[0], "entries", LIMITS.words, (xt) => entries[smallField(xt, "xt", 2 ** 40) - firstXt] ?? malformed("entry of a line")),
      wordlists: smallField(dictionary[1], "wordlists", LIMITS.wordlists),
      searchOrder: fieldsOf(dictionary[2], "search order", LIMITS.searchOrder, (each) => smallField(each, "wordlist", LIMITS.wordlists)),
      current: smallField(dictionary[3], "current", LIMITS.wordlists), journal: 0, latest: smallField(dictionary[4], "latest", 2 ** 40),
    },
    definition: definitionField(fields[24]), control: controlField(fields[25]), block: small(26), marks: small(27), tokens: tokensField(fields[28]), host: small(29) as HostMark,
  };
}
