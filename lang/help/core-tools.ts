import { help, type WordHelp } from "./entry.ts";

/** A wordlist that holds one word, `hi`, which leaves 5. */
const ONE_NAME = "wordlist constant box  get-current box set-current 5 constant hi  set-current";

/** Looking around, and the search order. */
export const TOOLS_HELP: readonly WordHelp[] = [
  help(".s", "Prints the stack, the top last, and leaves it as it is.", "1 2 .s", "<2> 1 2 "),
  help("s", "Shows the stack, a line for each entry, the top first: value, kind and what made it.", "1 2.5 s", "2.5  decimal\n1    cell\n"),
  help("help", "Explains a word; `help types` explains the kinds of values.", "help dup", "dup  ( x -- x x )  1 ERG\n  Copies the top entry.\n  example  5 dup . .\n  prints   5 5\n"),
  help("see", "Shows the source and the code of a word.", ": one 1 ;", ""),
  help("wordsLike", "Lists the words that have a text in their name.", "'2rot' wordsLike", "language:\n  2rot\n"),
  help("locate", "Shows where a word was defined, and the lines of its definition.", ": one 1 ;  locate one", "prompt:\n    1  : one 1 ;  locate one\n"),
  help("where", "Lists the words of yours that use a word.", ": two 1 1+ ;  where 1+", "two  prompt, line 1: : two 1 1+ ;  where 1+\n"),
  help("step", "Pauses before each word of the rest of the line, at a terminal; the key ? lists what to press.", "step 2 3 + .", "2              2\n3              2 3\n+              5\n5 .              (empty)\n"),
  help("trace", "Prints each word of the rest of the line as it runs, calls indented, and the stack it leaves.", ": twice 2* ;  trace 4 twice drop", "4              4\ntwice          4\n  2*             8\n  ;              8\ndrop           (empty)\n"),
  help("break", "Pauses wherever a word is about to run; alone it lists the breakpoints.", "break", "no breakpoints; break NAME sets one\n"),
  help("unbreak", "Takes a breakpoint away; alone, all of them.", "unbreak dup  unbreak", ""),
  help("watch", "Prints what a variable or value holds, now and after each line that changes it; alone it lists all.", "variable x  watch x  5 x !", "x = 0\nx = 5, was 0\n"),
  help("unwatch", "Stops watching a name; alone, all of them.", "5 value size  unwatch size  unwatch", ""),
  help("words", "Lists the words that can be found, newest first.", ": list words ;", ""),
  help("bye", "Ends the session.", ": end bye ;", ""),
  help("name>string", "Leaves the name of a name token.", `${ONE_NAME} : show name>string type 0 ;  ' show box traverse-wordlist`, "hi"),
  help("name>interpret", "Leaves what a name token does when interpreted.", `${ONE_NAME} : run name>interpret execute 0 ;  ' run box traverse-wordlist .`, "5 "),
  help("name>compile", "Leaves what a name token does when compiled: an entry, and what to execute with it.", `${ONE_NAME} : run name>compile drop execute 0 ;  ' run box traverse-wordlist .`, "5 "),
  help("traverse-wordlist", "Runs a token for every name in a wordlist until it leaves false.", ": one drop 0 ;  ' one forth-wordlist traverse-wordlist", ""),
  help("forth-wordlist", "Leaves the wordlist of the standard words.", "s\" dup\" forth-wordlist search-wordlist nip .", "-1 "),
  help("wordlist", "Makes a new wordlist.", "wordlist 0= .", "0 "),
  help("search-wordlist", "Looks for a name in a wordlist: its token and 1 or -1, or 0.", "s\" dup\" forth-wordlist search-wordlist nip .", "-1 "),
  help("get-current", "Leaves the wordlist that new words go to.", "get-current forth-wordlist = .", "-1 "),
  help("set-current", "Sets the wordlist that new words go to.", "get-current set-current", ""),
  help("get-order", "Leaves the wordlists that are searched, and their number.", ": searched get-order dup >r 0 ?do drop loop r> ;  searched 0> .", "-1 "),
  help("set-order", "Sets the wordlists that are searched.", "get-order set-order", ""),
  help("definitions", "New words go to the first wordlist that is searched.", "also definitions previous", ""),
  help("also", "Searches the first wordlist twice, so that the next name can replace one.", "also previous", ""),
  help("previous", "Stops searching the first wordlist.", "also previous", ""),
  help("only", "Searches the smallest set of wordlists.", "only forth", ""),
  help("forth", "Searches the standard words first.", "forth", ""),
  help("order", "Shows the wordlists that are searched.", ": list order ;", ""),
  help("emit?", "True if a character can be printed without waiting.", "emit? .", "-1 "),
  help("page", "Clears the screen.", ": clear page ;", ""),
  help("at-xy", "Moves the cursor to a column and row.", ": home 0 0 at-xy ;", ""),
  help("ms", "Waits for that many milliseconds.", "0 ms", ""),
];
