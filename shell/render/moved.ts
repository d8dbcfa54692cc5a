import type { MovedPlace } from "../../node/api.ts";
import { safeText } from "./safe-text.ts";

/** Lines shown of one version's part that differs. */
const MOST_LINES = 12;

/** What others changed meanwhile: for each place the three versions, and what the package would make of it. Ends in a newline. */
export function movedText(moved: readonly MovedPlace[]): string {
  const [together, open] = [moved.filter(({ merged }) => merged !== undefined), moved.filter(({ merged }) => merged === undefined)];
  const part = (title: string, places: readonly MovedPlace[]): string => (places.length === 0 ? "" : `${title}\n${places.map(placeText).join("")}`);
  return `${part("Somebody else changed other lines meanwhile; both are kept:", together)}${part("Somebody else changed this meanwhile:", open)}`;
}

function placeText({ place, old, mine, theirs, result, merged }: MovedPlace): string {
  const versions = [["was", old], ["theirs", theirs], ["mine", mine], ["becomes", merged ?? result]] as const;
  const texts = versions.map(([, content]) => (content === undefined ? undefined : linesOf(content)));
  const present = texts.filter((lines) => lines !== undefined);
  const head = commonFront(present);
  const tail = commonFront(present.map((lines) => lines.slice(head).reverse()));
  const shown = versions.map(([name], index) => versionText(name, texts[index]?.slice(head, (texts[index]?.length ?? 0) - tail)));
  const from = head === 0 ? "" : ` from line ${head + 1}`;
  return `  ${safeText(place)}${from}\n${present.length === 0 ? "" : shown.join("")}`;
}

function versionText(name: string, lines: readonly string[] | undefined): string {
  const label = `    ${name.padEnd(8)}`;
  if (lines === undefined) return `${label}(nothing to show)\n`;
  if (lines.length === 0) return `${label}(no lines)\n`;
  const more = lines.length > MOST_LINES ? [`… ${lines.length - MOST_LINES} more lines`] : [];
  return [...lines.slice(0, MOST_LINES).map(safeText), ...more].map((line, index) => `${index === 0 ? label : " ".repeat(label.length)}| ${line}\n`).join("");
}

function linesOf(content: Uint8Array): readonly string[] {
  const text = Buffer.from(content).toString("utf8");
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** How many lines all begin with. */
function commonFront(texts: readonly (readonly string[])[]): number {
  const [first = [], ...others] = texts;
  const at = first.findIndex((line, index) => others.some((lines) => lines[index] !== line));
  const same = at < 0 ? first.length : at;
  return Math.min(same, ...texts.map((lines) => lines.length));
}
