import { allBuiltinNames } from "./builtin-names.ts";
import { helpText } from "./help-text.ts";
import { seeShellWord, seeWord } from "./see.ts";
import { locateWord, usesOfWord } from "./source-places.ts";
import { stackLine, stackTable } from "./stack-display.ts";
import { wordList } from "./word-list.ts";
import type { MachineView } from "./machine-view.ts";

/** What a machine shows of itself to people. Handed to the machine, so that the table of words need not know it. */
export const VIEW: MachineView = { helpText, seeWord, stackLine, stackTable, builtinNames: allBuiltinNames, wordList, locateWord, usesOfWord, seeShellWord };
