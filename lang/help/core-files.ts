import { help, type WordHelp } from "./entry.ts";

/** The file-access words. An ior is 0, or the THROW number of what went wrong; `throw` takes it as it is. */
export const FILES_HELP: readonly WordHelp[] = [
  help("r/o", "File access: reading only.", "r/o .", "1 "),
  help("w/o", "File access: writing only.", "w/o .", "2 "),
  help("r/w", "File access: reading and writing.", "r/w .", "3 "),
  help("bin", "The same access for bytes that are no text: here all files are bytes.", "r/o bin .", "1 "),
  help("open-file", "Opens the file named by a string; its handle and an ior.", ': notes s" notes" r/o open-file throw ;', ""),
  help("create-file", "Makes an empty file, or empties the one that is there, and opens it.", ': notes s" notes" w/o create-file throw ;', ""),
  help("close-file", "Closes a file.", ": done close-file throw ;", ""),
  help("read-file", "Reads bytes into memory where the file stands; how many, and an ior. None at its end.", ": next ( fileid -- u ) pad 80 rot read-file throw ;", ""),
  help("read-line", "Reads a line into memory, without its end; its length, false at the end of the file, and an ior.", ": next ( fileid -- u flag ) pad 80 rot read-line throw ;", ""),
  help("write-file", "Writes a string where the file stands.", ': greet ( fileid -- ) s" hi" rot write-file throw ;', ""),
  help("write-line", "Writes a string and the end of a line.", ': greet ( fileid -- ) s" hi" rot write-line throw ;', ""),
  help("file-position", "Where the file stands: bytes from its start, as a double.", ": where ( fileid -- ud ) file-position throw ;", ""),
  help("reposition-file", "Goes to a position in the file.", ": again ( fileid -- ) >r 0. r> reposition-file throw ;", ""),
  help("file-size", "How many bytes the file has, as a double.", ": long ( fileid -- ud ) file-size throw ;", ""),
  help("resize-file", "Cuts the file to so many bytes, or fills it up with zeros.", ": clear ( fileid -- ) >r 0. r> resize-file throw ;", ""),
  help("delete-file", "Removes a file.", ': forget-notes s" notes" delete-file throw ;', ""),
  help("rename-file", "Gives a file another name; a file of that name is replaced.", ': keep-notes s" notes" s" notes.old" rename-file throw ;', ""),
  help("file-status", "What stands at a name: 1 a file, 2 a directory; ior -38 for nothing.", ': notes? s" notes" file-status nip 0= ;', ""),
  help("flush-file", "Sees to it that what was written is kept. Here it always is.", ": keep flush-file throw ;", ""),
];
