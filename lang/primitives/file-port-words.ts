import type { HostWordSpec } from "./spec.ts";

/**
 * What the Forth-2012 file words ask of the host, with bytes where the standard has addresses; the
 * words themselves stand in file-access.ts. Each gives an `ior`: 0, or the THROW number of what went
 * wrong (-38 there is no such file, -36 no such position, else the number of the standard's word).
 */
export const FILE_PORT_WORDS = [
  {
    code: 768, word: "fileOpenEx", effect: "( path fam -- fileid ior )", erg: 1_000, takes: ["text", "cell"], gives: ["cell", "cell"], access: "files",
    help: "Opens a file for reading (fam 1), writing (2) or both (3), at its start.",
    example: { line: "'none' r/o fileOpenEx . .", prints: "-38 0 " },
  },
  {
    code: 769, word: "fileCreateEx", effect: "( path fam -- fileid ior )", erg: 2_000, takes: ["text", "cell"], gives: ["cell", "cell"], access: "files",
    help: "Makes an empty file, or empties the one that is there, and opens it.",
    example: { line: "'note' w/o fileCreateEx . drop\nls", prints: "0 note\n" },
  },
  {
    code: 770, word: "fileCloseEx", effect: "( fileid -- ior )", erg: 300, takes: ["cell"], gives: ["cell"], access: "files",
    help: "Closes a file.",
    example: { line: "7 fileCloseEx .", prints: "-62 " },
  },
  {
    code: 771, word: "fileReadEx", effect: "( fileid n -- bytes ior )", erg: 500, takes: ["cell", "cell"], gives: ["bytes", "cell"], access: "files",
    help: "Reads at most n bytes where the file stands, and goes on behind them; none at its end.",
    example: { line: "echo hello > note\n'note' r/o fileOpenEx drop 3 fileReadEx . type", prints: "0 hel" },
  },
  {
    code: 772, word: "fileLineEx", effect: "( fileid n -- bytes flag ior )", erg: 500, takes: ["cell", "cell"], gives: ["bytes", "cell", "cell"], access: "files",
    help: "Reads a line of at most n bytes, without its end; the flag is false at the end of the file.",
    example: { line: "echo hello > note\n'note' r/o fileOpenEx drop 80 fileLineEx . . type", prints: "0 -1 hello" },
  },
  {
    code: 773, word: "fileWriteEx", effect: "( content fileid -- ior )", erg: 1_000, takes: ["content", "cell"], gives: ["cell"], access: "files",
    help: "Writes where the file stands, over what is there or behind its end.",
    example: { line: "'note' w/o fileCreateEx drop 'hi' swap fileWriteEx .\ncat note", prints: "0 hi" },
  },
  {
    code: 774, word: "filePositionEx", effect: "( fileid -- n ior )", erg: 300, takes: ["cell"], gives: ["cell", "cell"], access: "files",
    help: "Where the file stands: bytes from its start.",
    example: { line: "'note' w/o fileCreateEx drop filePositionEx . .", prints: "0 0 " },
  },
  {
    code: 775, word: "fileSeekEx", effect: "( n fileid -- ior )", erg: 300, takes: ["cell", "cell"], gives: ["cell"], access: "files",
    help: "Goes to a position within the file or at its end.",
    example: { line: "'note' w/o fileCreateEx drop 9 swap fileSeekEx .", prints: "-36 " },
  },
  {
    code: 776, word: "fileSizeEx", effect: "( fileid -- n ior )", erg: 300, takes: ["cell"], gives: ["cell", "cell"], access: "files",
    help: "How many bytes the file has.",
    example: { line: "echo hi > note\n'note' r/o fileOpenEx drop fileSizeEx . .", prints: "0 3 " },
  },
  {
    code: 777, word: "fileResizeEx", effect: "( n fileid -- ior )", erg: 1_000, takes: ["cell", "cell"], gives: ["cell"], access: "files",
    help: "Cuts the file to n bytes, or fills it up with zeros.",
    example: { line: "echo hello > note\n'note' r/w fileOpenEx drop 2 swap fileResizeEx .\ncat note", prints: "0 he" },
  },
  {
    code: 778, word: "fileDeleteEx", effect: "( path -- ior )", erg: 2_000, takes: ["text"], gives: ["cell"], access: "files",
    help: "Removes a file.",
    example: { line: "touch note\n'note' fileDeleteEx .\nls", prints: "0 " },
  },
  {
    code: 779, word: "fileRenameEx", effect: "( old new -- ior )", erg: 2_000, takes: ["text", "text"], gives: ["cell"], access: "files",
    help: "Gives a file another name; a file of that name is replaced.",
    example: { line: "touch note\n'note' 'other' fileRenameEx .\nls", prints: "0 other\n" },
  },
  {
    code: 780, word: "fileStatusEx", effect: "( path -- kind ior )", erg: 500, takes: ["text"], gives: ["cell", "cell"], access: "files",
    help: "What stands at a path: 1 a file, 2 a directory.",
    example: { line: "mkdir docs\n'docs' fileStatusEx . .", prints: "0 2 " },
  },
  {
    code: 781, word: "fileFlushEx", effect: "( fileid -- ior )", erg: 300, takes: ["cell"], gives: ["cell"], access: "files",
    help: "Sees to it that what was written is kept. Here it always is.",
    example: { line: "'note' w/o fileCreateEx drop fileFlushEx .", prints: "0 " },
  },
] as const satisfies readonly HostWordSpec[];
