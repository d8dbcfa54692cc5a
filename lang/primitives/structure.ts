/**
 * Instructions with operands in the machine's code, and the two that stand at fixed addresses. They
 * have no names of their own in the dictionary; `see` shows them by these names. `operands` is how many
 * 32-bit words follow in memory.
 */
export const OP = {
  lit: 1,
  lit64: 2,
  box: 3,
  call: 4,
  branch: 5,
  branch0: 6,
  charge: 7,
  exit: 8,
  do: 9,
  queryDo: 10,
  loop: 11,
  plusLoop: 12,
  leave: 13,
  of: 14,
  exitLocals: 15,
  locals: 16,
  local: 17,
  toLocal: 18,
  word: 19,
  to: 20,
  tick: 21,
  string: 22,
  counted: 23,
  does: 24,
  traverse: 29,
  halt: 30,
  catchEnd: 31,
} as const;

export interface StructureSpec {
  readonly code: number;
  readonly word: string;
  readonly effect: string;
  readonly erg: number;
  readonly operands: number;
  /** A block of ERG ends after it. */
  readonly ends: boolean;
}

const row = (code: number, word: string, effect: string, erg: number, operands: number, ends: boolean): StructureSpec => ({ code, word, effect, erg, operands, ends });

export const STRUCTURE: readonly StructureSpec[] = [
  row(OP.lit, "(lit)", "( -- n )", 1, 1, false),
  row(OP.lit64, "(lit64)", "( -- n )", 1, 2, false),
  row(OP.box, "(box)", "( -- x )", 40, 1, false),
  row(OP.call, "(call)", "( -- )", 2, 1, true),
  row(OP.branch, "(branch)", "( -- )", 1, 1, true),
  row(OP.branch0, "(branch0)", "( flag -- )", 1, 1, true),
  row(OP.charge, "(charge)", "( -- )", 0, 1, false),
  row(OP.exit, "(exit)", "( -- )", 1, 0, true),
  row(OP.do, "(do)", "( limit first -- )", 2, 0, true),
  row(OP.queryDo, "(?do)", "( limit first -- )", 2, 1, true),
  row(OP.loop, "(loop)", "( -- )", 2, 1, true),
  row(OP.plusLoop, "(+loop)", "( n -- )", 3, 1, true),
  row(OP.leave, "(leave)", "( -- )", 1, 1, true),
  row(OP.of, "(of)", "( x1 x2 -- )", 2, 1, true),
  row(OP.exitLocals, "(exit-locals)", "( -- )", 2, 0, true),
  row(OP.locals, "(locals)", "( -- )", 3, 2, false),
  row(OP.local, "(local)", "( -- x )", 1, 1, false),
  row(OP.toLocal, "(to-local)", "( x -- )", 1, 1, false),
  row(OP.word, "(word)", "( -- )", 2, 1, true),
  row(OP.to, "(to)", "( x -- )", 2, 1, false),
  row(OP.tick, "(tick)", "( -- xt )", 1, 1, false),
  row(OP.string, "(string)", "( -- c-addr u )", 2, 2, false),
  row(OP.counted, "(counted)", "( -- c-addr )", 2, 2, false),
  row(OP.does, "(does)", "( -- )", 200, 0, false),
  row(OP.traverse, "(traverse)", "( flag -- )", 0, 0, true),
  row(OP.halt, "(halt)", "( -- )", 0, 0, true),
  row(OP.catchEnd, "(catch-end)", "( -- 0 )", 0, 0, true),
];
