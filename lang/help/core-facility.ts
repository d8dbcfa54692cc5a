import { FUNCTION_KEYS } from "../machine/key-events.ts";
import { help, type WordHelp } from "./entry.ts";

/** Blocks, source in files, keys and time. */
export const FACILITY_HELP: readonly WordHelp[] = [
  help("block", "Leaves the address of a block's 1,024 characters, read from where blocks are saved.", "1 block 4 type", "    "),
  help("buffer", "Leaves the address of a buffer for a block, without reading it.", "1 buffer 1 block = .", "-1 "),
  help("update", "Marks the block used last as changed.", "'hi' text>mem 1 block swap move update flush  1 block 2 type", "hi"),
  help("save-buffers", "Saves the blocks that were changed.", "1 block drop update save-buffers", ""),
  help("empty-buffers", "Forgets the blocks in memory, changed or not.", "65 1 block c! empty-buffers 1 block c@ .", "32 "),
  help("flush", "Saves the blocks that were changed, and forgets those in memory.", "65 1 block c! update flush 1 block c@ .", "65 "),
  help("blk", "Leaves the address of the number of the block being read; 0 for none.", "blk @ .", "0 "),
  help("scr", "Leaves the address of the number of the block listed last.", "scr @ .", "0 "),
  help("list", "Prints a block, its 16 lines numbered.", ": show 1 list ;", ""),
  help("load", "Runs the source in a block.", "'2 3 + .' text>mem 1 block swap move update  1 load", "5 "),
  help("thru", "Runs the source in blocks from the first to the last.", "'7 .' text>mem 1 block swap move update  1 2 thru", "7 "),
  help("ekey", "Waits for a key and leaves its event: a character, or a key without one.", ": wait ekey drop ;", ""),
  help("ekey?", "True if a key was typed that no word has taken yet.", "ekey? .", "0 "),
  help("ekey>char", "Leaves the character of a key's event and true; or the event and false.", "65 ekey>char . emit", "-1 A"),
  help("ekey>xchar", "Leaves the Unicode character of a key's event and true; or the event and false.", "8364 ekey>xchar . xemit", "-1 €"),
  help("ekey>fkey", "Leaves what function key an event is, and true; or anything and false.", "k-up ekey>fkey . k-up = .", "-1 -1 "),
  help("xkey", "Waits for a Unicode character and leaves it.", ": wait xkey xemit ;", ""),
  help("xkey?", "True if a character was typed that no word has taken yet.", "xkey? .", "0 "),
  help("k-shift-mask", "Leaves the bit that shift adds to the event of a function key.", "k-up k-shift-mask or k-up <> .", "-1 "),
  help("k-ctrl-mask", "Leaves the bit that ctrl adds to the event of a function key.", "k-up k-ctrl-mask or k-up <> .", "-1 "),
  help("k-alt-mask", "Leaves the bit that alt adds to the event of a function key.", "k-up k-alt-mask or k-up <> .", "-1 "),
  help("time&date", "Leaves the time of the block: second, minute, hour, day, month, year, in UTC.", "time&date . . . . . .", "1970 1 1 0 0 0 "),
  ...FUNCTION_KEYS.map((name) => help(`k-${name}`, `Leaves the event of the key ${name}.`, `k-${name} ekey>fkey nip .`, "-1 ")),
];
