/** Lines that a page types one after another on an empty machine, and all that they print. */
export interface PageExample {
  readonly lines: readonly string[];
  readonly shown: string;
}

/** The `forth` blocks of a page: lines that begin with `> ` are typed, the others are what they print. */
export function pageExamples(page: string): readonly PageExample[] {
  return [...page.matchAll(/^```forth\n([^]*?)^```$/gm)].map(([, block = ""]) => {
    const lines = block.split("\n");
    return {
      lines: lines.filter((line) => line.startsWith("> ")).map((line) => line.slice(2)),
      shown: lines.filter((line) => !line.startsWith("> ")).join("\n").trimEnd(),
    };
  });
}
