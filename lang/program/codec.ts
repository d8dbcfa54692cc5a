import { FaultError, isFaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import { OP } from "../primitives/structure.ts";
import { rowOf } from "../primitives/table.ts";
import { LIMITS } from "../limits.ts";
import { badProgram } from "./bad-program.ts";
import { ByteReader, ByteWriter } from "./byte-stream.ts";
import type { Value } from "../value.ts";
import { checkProgram, isPlainLiteral } from "./check.ts";
import { readBoxed, readCell, readValue, writeValue } from "./value-codec.ts";
import { PROGRAM_LIMITS, type Instruction, type Program, type ProgramEntry, type WordRef } from "./program.ts";

/** First byte: the form of what follows. */
const FORM = 0x67;
const ENTRY = { end: 0, colon: 1, literal: 2, word: 3 } as const;
/** In a reference, the user's words come after all codes. */
const USER_REF = 32_768;

/** The one byte form of a program. Faults: LANG_TOO_LARGE; LANG_BAD_PROGRAM for what else `decodeProgram` would refuse. */
export function encodeProgram(program: Program): Uint8Array {
  checkProgram(program);
  const out = new ByteWriter();
  out.byte(FORM);
  for (const entry of program.entries) writeEntry(out, entry);
  out.byte(ENTRY.end);
  const bytes = out.finish();
  if (bytes.length > PROGRAM_LIMITS.bytes) throw new FaultError<LangFault>({ code: "LANG_TOO_LARGE", what: "program", limit: PROGRAM_LIMITS.bytes });
  return bytes;
}

/**
 * Reads a program and checks all of it: codes known, references backwards, branches within their word,
 * structures balanced, names unambiguous. Everything is bounded. Faults: LANG_BAD_PROGRAM.
 */
export function decodeProgram(bytes: Uint8Array): Program {
  if (bytes.length > PROGRAM_LIMITS.bytes) badProgram(`longer than ${PROGRAM_LIMITS.bytes} bytes`);
  try {
    const reader = new ByteReader(bytes);
    if (reader.byte() !== FORM) badProgram("not a program of a known form");
    const program = { entries: readEntries(reader) };
    if (!reader.atEnd) badProgram("bytes after the end");
    checkProgram(program);
    return program;
  } catch (error) {
    if (isFaultError(error) && error.fault.code !== "LANG_BAD_PROGRAM") badProgram(error.fault.code);
    throw error;
  }
}

/** The literals before a word, the first one first. */
export type CallArgs = readonly Value[];

/**
 * What a host word is called with by a program that is nothing but `count` plain literals and this word: what `decodeProgram` gives,
 * without the objects. Undefined for any other program, and for bytes that are none, which is for `decodeProgram` to judge.
 */
export function decodeCall(bytes: Uint8Array, code: number, count: number): CallArgs | undefined {
  try {
    const reader = new ByteReader(bytes);
    if (bytes.length > PROGRAM_LIMITS.bytes || reader.byte() !== FORM) return undefined;
    const args: Value[] = [];
    for (let i = 0; i < count; i++) {
      if (reader.byte() !== ENTRY.literal) return undefined;
      const value = readValue(reader);
      if (!isPlainLiteral(value)) return undefined;
      args.push(value);
    }
    if (reader.byte() !== ENTRY.word || reader.small(USER_REF, "word") !== code) return undefined;
    const isBare = reader.byte() === 0 && reader.byte() === 0 && reader.byte() === ENTRY.end && reader.atEnd;
    return isBare ? args : undefined;
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return undefined;
  }
}

function writeEntry(out: ByteWriter, entry: ProgramEntry): void {
  out.byte(ENTRY[entry.kind]);
  switch (entry.kind) {
    case "literal":
      return writeValue(out, entry.value);
    case "word":
      writeRef(out, entry.word);
      out.text(entry.text);
      out.unsigned(entry.defines.length);
      for (const name of entry.defines) out.text(name);
      return;
    case "colon":
      out.text(entry.name);
      out.unsigned(entry.code.length);
      for (const instruction of entry.code) writeInstruction(out, instruction);
  }
}

const NO_NAMES: readonly string[] = [];

function readEntries(reader: ByteReader): ProgramEntry[] {
  const entries: ProgramEntry[] = [];
  for (;;) {
    const kind = reader.byte();
    if (kind === ENTRY.end) return entries;
    if (entries.length >= PROGRAM_LIMITS.entries) badProgram(`more than ${PROGRAM_LIMITS.entries} entries`);
    if (kind === ENTRY.literal) entries.push({ kind: "literal", value: readValue(reader) });
    else if (kind === ENTRY.word) {
      const word = readRef(reader);
      const text = reader.text(PROGRAM_LIMITS.textBytes, "text");
      const count = reader.small(16, "words defined at once");
      const defines = count === 0 ? NO_NAMES : Array.from({ length: count }, () => reader.text(LIMITS.nameLength, "name"));
      entries.push({ kind: "word", word, text, defines });
    } else if (kind === ENTRY.colon) {
      const name = reader.text(LIMITS.nameLength, "name");
      const count = reader.small(PROGRAM_LIMITS.instructions, "instructions");
      const code: Instruction[] = [];
      for (let i = 0; i < count; i += 1) code.push(readInstruction(reader, count));
      entries.push({ kind: "colon", name, code });
    } else badProgram(`unknown entry ${kind}`);
  }
}

/** Instructions whose operands all derive from the structure around them. */
const PLAIN = { do: OP.do, queryDo: OP.queryDo, loop: OP.loop, plusLoop: OP.plusLoop, leave: OP.leave, exit: OP.exit, does: OP.does } as const;
const PLAIN_NAMES = new Map(Object.entries(PLAIN).map(([name, code]) => [code as number, name as keyof typeof PLAIN]));

function writeInstruction(out: ByteWriter, instruction: Instruction): void {
  switch (instruction.op) {
    case "literal":
      if (instruction.value.kind !== "cell") {
        out.opcode(OP.box);
        return writeValue(out, instruction.value);
      }
      out.opcode(OP.lit);
      return out.signed(instruction.value.value);
    case "string":
    case "counted":
      out.opcode(instruction.op === "string" ? OP.string : OP.counted);
      return out.bytes(instruction.bytes);
    case "word":
      if ("code" in instruction.word) return out.opcode(instruction.word.code);
      out.opcode(OP.call);
      return out.unsigned(instruction.word.user);
    case "tick":
      out.opcode(OP.tick);
      return writeRef(out, instruction.word);
    case "to":
      out.opcode(OP.to);
      return out.unsigned(instruction.user);
    case "branch":
    case "branch0":
    case "of":
      out.opcode(OP[instruction.op]);
      return out.unsigned(instruction.target);
    case "locals":
      out.opcode(OP.locals);
      out.unsigned(instruction.count);
      return out.unsigned(instruction.initialised);
    case "local":
    case "toLocal":
      out.opcode(OP[instruction.op]);
      return out.unsigned(instruction.index);
    default:
      return out.opcode(PLAIN[instruction.op]);
  }
}

function readInstruction(reader: ByteReader, count: number): Instruction {
  const code = reader.opcode();
  const plain = PLAIN_NAMES.get(code);
  if (plain !== undefined) return { op: plain };
  const row = rowOf(code);
  if (row === undefined) badProgram(`unknown code ${code}`);
  if (row.kind !== "structure") return { op: "word", word: { code } };
  switch (code) {
    case OP.lit:
      return { op: "literal", value: { kind: "cell", value: readCell(reader) } };
    case OP.box:
      return { op: "literal", value: readBoxed(reader) };
    case OP.string:
      return { op: "string", bytes: reader.bytes(LIMITS.lineBytes, "string") };
    case OP.counted:
      return { op: "counted", bytes: reader.bytes(255, "counted string") };
    case OP.call:
      return { op: "word", word: { user: reader.small(PROGRAM_LIMITS.userWords, "word") } };
    case OP.tick:
      return { op: "tick", word: readRef(reader) };
    case OP.to:
      return { op: "to", user: reader.small(PROGRAM_LIMITS.userWords, "word") };
    case OP.branch:
    case OP.branch0:
    case OP.of:
      return { op: code === OP.branch ? "branch" : code === OP.of ? "of" : "branch0", target: reader.small(count, "branch target") };
    case OP.locals:
      return { op: "locals", count: reader.small(LIMITS.locals, "locals"), initialised: reader.small(LIMITS.locals, "locals") };
    case OP.local:
    case OP.toLocal:
      return { op: code === OP.local ? "local" : "toLocal", index: reader.small(LIMITS.locals, "local") };
    default:
      return badProgram(`code ${code} has no place in a package`);
  }
}

function writeRef(out: ByteWriter, ref: WordRef): void {
  out.unsigned("code" in ref ? ref.code : USER_REF + ref.user);
}

function readRef(reader: ByteReader): WordRef {
  const number = reader.small(USER_REF + PROGRAM_LIMITS.userWords, "word");
  if (number >= USER_REF) return { user: number - USER_REF };
  const row = rowOf(number);
  if (row === undefined || row.kind === "structure") badProgram(`unknown code ${number}`);
  return { code: number };
}
