/** Files that cases/file.fs includes. */
export const CASE_FILES: Readonly<Record<string, string>> = {
  "one-word.fs": ": one-word 11 ;\n1 reads +!\n",
  "once.fs": "1 reads +!\n",
  "marked.fs": "1 reads +!\n",
  "source.fs": "source-id 0> 7 s\" 8\" evaluate\nsource nip 0>",
  "throws.fs": "1 2 3\n33 throw\n4\n",
  "several-lines.fs": "1 ( a comment\nover lines ) 5 refill this is not read\n2",
};
