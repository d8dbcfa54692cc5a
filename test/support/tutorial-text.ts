/** Commands and what they print, as they stand in a fenced `console` block of a page. */
export interface ConsoleBlock {
  /** Index in the page's lines of the first line inside the fence. */
  readonly start: number;
  readonly steps: readonly Step[];
}
export interface Step {
  /** What stands after `$ `. */
  readonly command: string;
  /** Lines under the command: output, or the whole screen of an interactive session. */
  readonly shown: readonly string[];
}

const FENCE = /^```console$/;
const COMMAND = /^\$ (.+)$/;

/** The blocks of a Markdown page in order. */
export function consoleBlocks(page: string): ConsoleBlock[] {
  const lines = page.split("\n");
  const blocks: ConsoleBlock[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    if (!FENCE.test(lines[i] ?? "")) continue;
    const end = lines.indexOf("```", i + 1);
    if (end < 0) throw new Error(`line ${i + 1}: a console block without an end`);
    blocks.push({ start: i + 1, steps: readSteps(lines.slice(i + 1, end)) });
    i = end;
  }
  return blocks;
}

function readSteps(lines: readonly string[]): Step[] {
  const steps: { command: string; shown: string[] }[] = [];
  for (const line of lines) {
    const command = COMMAND.exec(line)?.[1];
    if (command !== undefined) steps.push({ command, shown: [] });
    else if (steps.length === 0) throw new Error(`a console block begins with "$ ", not with: ${line}`);
    else steps.at(-1)?.shown.push(line);
  }
  return steps;
}

/** The page with the lines of one step replaced; used by UPDATE=1. */
export function withShown(page: string, step: Step, block: ConsoleBlock, shown: readonly string[]): string {
  const lines = page.split("\n");
  const before = block.steps.slice(0, block.steps.indexOf(step)).reduce((sum, each) => sum + 1 + each.shown.length, 0);
  lines.splice(block.start + before + 1, step.shown.length, ...shown);
  return lines.join("\n");
}

/** What differs from run to run, and is therefore not compared. Longest first. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\bSHA256:[A-Za-z0-9+/]{43}/g, "FINGERPRINT"],
  [/\bGS:[A-Z2-7]+/g, "INTENT"],
  [/\bgrid1[a-z0-9]{38}\b/g, "ADDRESS"],
  [/\bgrid1[a-z0-9]{9}\b/g, "ADDRESS"],
  [/\b[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\b/g, "DATE"],
  [/(?<= |^)[0-9]+:[0-9]+(?= |$)/g, "PLACE"],
  [/\b[0-9a-f]{8,}…?/g, "HEX"],
  [/\/\S*\/\.grid\b/g, "DATA"],
  [/\b127\.0\.0\.1:\d+/g, "127.0.0.1:PORT"],
  [/\b(height|block) \d+/g, "$1 N"],
  // A key block may be found at any moment; the prompt then says that the session is behind.
  [/ \[behind\]|, behind(?=\]|$)/g, ""],
  [/\b\d+(\.\d+)? (ms|s)\b/g, "TIME"],
  [/\bnode \d+\.\d+\.\d+, [a-z0-9-]+/g, "NODE"],
  [/-p \d+/g, "-p PORT"],
  // Prices move with calibration; what a page is about does not.
  [/\bERG \d+/g, "ERG N"],
  [/\b\d+ ERG\b/g, "N ERG"],
  [/\b\d+\.\d{12,}\b/g, "COINS"],
  [/\d+(?= +(?:both|read-only|write-only)\b)/g, "N"],
  [/ {3,}/g, "  "],
];

/** A line as it is compared: ids, times, hashes and addresses replaced by their kind. */
export function masked(line: string): string {
  return MASKS.reduce((text, [pattern, name]) => text.replace(pattern, name), line.trimEnd());
}

/** True if the lines are the same once masked; a shown line `…` stands for any number of lines. */
export function matches(shown: readonly string[], actual: readonly string[]): boolean {
  const [first, ...rest] = shown;
  if (first === undefined) return actual.length === 0;
  if (first === "…") return actual.some((_, index) => matches(rest, actual.slice(index))) || matches(rest, []);
  const [next, ...others] = actual;
  return next !== undefined && masked(first) === masked(next) && matches(rest, others);
}

const ADDRESS = /\bgrid1[a-z0-9]{38}\b/g;

/**
 * Addresses differ from run to run, yet on a page each stands for somebody: who is made as ann in one step is
 * ann in the next. Learns, from lines that are the same once masked, whom an address of the page stands for.
 */
export class PageAddresses {
  readonly #inPage = new Map<string, string>();

  /** Addresses that the step shows and that stand for nobody the step printed; learns the new ones. */
  wrong(shown: readonly string[], actual: readonly string[]): string[] {
    this.#learn(shown, actual);
    const printed = new Set(addressesOf(actual).map((address) => this.#inPage.get(address)));
    return [...new Set(addressesOf(shown).filter((address) => !printed.has(address)))];
  }

  /** Lines as printed, with the page's addresses. */
  inPage(actual: readonly string[]): string[] {
    return actual.map((line) => line.replace(ADDRESS, (address) => this.#inPage.get(address) ?? address));
  }

  #learn(shown: readonly string[], actual: readonly string[]): void {
    const known = new Set(this.#inPage.values());
    let next = 0;
    for (const line of shown) {
      const at = actual.findIndex((each, index) => index >= next && masked(each) === masked(line));
      if (at < 0) continue;
      next = at + 1;
      const ours = addressesOf([line]);
      for (const [index, address] of addressesOf([actual[at] ?? ""]).entries()) {
        const name = ours[index];
        if (name === undefined || known.has(name) || this.#inPage.has(address)) continue;
        this.#inPage.set(address, name);
        known.add(name);
      }
    }
  }
}

const addressesOf = (lines: readonly string[]): string[] => lines.flatMap((line) => line.match(ADDRESS) ?? []);
