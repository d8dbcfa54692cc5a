/** What people of other shells and languages type, in lower case, and the remedy here. Only names that are no words here: a test holds that. */
export const REMEDIES: Readonly<Record<string, string>> = {
  man: "help NAME says what a word does",
  info: "help NAME says what a word does",
  q: "exit ends the session",
  ":q": "exit ends the session",
  logout: "exit ends the session",
  clear: "Ctrl-L clears the screen",
  cls: "Ctrl-L clears the screen",
  ll: "ls -l lists with rights and sizes",
  dir: "ls lists a directory",
  del: "rm NAME removes a file, rm -r NAME a directory",
  rmdir: "rm -r NAME removes a directory with all it holds",
  copy: "cp FROM TO copies",
  ren: "mv FROM TO gives another name",
  vi: "echo 'text' > NAME writes a file, >> adds to it; sftp brings a longer one here",
  vim: "echo 'text' > NAME writes a file, >> adds to it; sftp brings a longer one here",
  nano: "echo 'text' > NAME writes a file, >> adds to it; sftp brings a longer one here",
  emacs: "echo 'text' > NAME writes a file, >> adds to it; sftp brings a longer one here",
  edit: "echo 'text' > NAME writes a file, >> adds to it; sftp brings a longer one here",
  git: "vt shows what is recorded, undo takes a line back, ct commits",
  commit: "ct commits what bt began and rt marked",
  sudo: "nobody has more rights here than the owner of a thing: whoami says who you are",
  su: "a session acts for one domain: whoami says for which, logmein proves another key",
  login: "logmein proves a key; whoami says who you are",
  ps: "threads lists the threads of this session",
  kill: "free NAME drops a thread, pause NAME stops it",
  pay: "send TO AMOUNT pays coins",
  transfer: "send TO AMOUNT pays coins",
  print: "echo prints what follows it, . what is on top of the stack",
  printf: "echo prints what follows it, . what is on top of the stack",
  let: "5 value x names a number, x gives it, 6 to x changes it",
  var: "5 value x names a number, x gives it, 6 to x changes it",
  const: "5 constant x names a number for good",
  def: ": NAME … ; defines a word",
  function: ": NAME … ; defines a word",
  "//": "\\ begins a comment, ( … ) is one",
  "/*": "\\ begins a comment, ( … ) is one",
  "&&": "a line is a transaction already: when one word fails nothing of the line happens",
  "||": "a line is a transaction already: when one word fails nothing of the line happens",
  "|": "words take files instead of pipes: grep PATTERN FILE, head FILE",
};

/** How to do here what a name, or a token written without blanks, does elsewhere; undefined where nothing is known. */
export function remedyFor(token: string): string | undefined {
  const name = token.toLowerCase();
  if (Object.hasOwn(REMEDIES, name)) return REMEDIES[name];
  if (token.length > 40) return undefined;
  const sum = /^(\d+)([-+*/])(\d+)$/.exec(token);
  if (sum !== null) return `blanks stand between words, and what is done comes last: ${sum[1] ?? ""} ${sum[3] ?? ""} ${sum[2] ?? ""}`;
  if (/^[^;\s]+;$/.test(token)) return "a line is one command: put the next one on a line of its own; ; is a word that ends a definition, with a blank before it";
  if (/^\.{1,2}\/./.test(token)) return `call ${token.replace(/^\.\//, "")} runs a program of the state, include reads source`;
  if (/^[^()]+\(.*\)$/.test(token)) return "arguments come first, without brackets: 2 3 max";
  return undefined;
}
