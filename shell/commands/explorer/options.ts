import { FaultError } from "../../../lang/base/fault.ts";
import type { ShellOption } from "../../../lang/primitives/spec.ts";
import { suggest } from "../../../lang/suggest.ts";
import type { Page, PageRequest } from "../../../node/api.ts";
import type { Console } from "../../console.ts";
import type { ShellFault } from "../../fault.ts";
import { jsonText } from "../../render/explorer/json.ts";
import type { CommandCall } from "../command.ts";

/** What the explorer words have in common: `--json`, and pages that `--from` and `--count` choose. */

export const JSON_OPTION: ShellOption = { flag: "--json", name: "json", help: "one JSON document: amounts, heights and times as strings" };
export const PAGE_OPTIONS: readonly ShellOption[] = [
  { flag: "--from", name: "from", value: "text", help: "begin here: what the line next: of a page said" },
  { flag: "--count", name: "count", value: "cell", help: "rows of a page (20)" },
  JSON_OPTION,
];

type Options = CommandCall["options"];

/** The page that `--from` and `--count` ask for. */
export function pageRequest({ from, count }: Options): PageRequest {
  return { ...(typeof from === "string" ? { from } : {}), ...(typeof count === "string" ? { count: Number(count) } : {}) };
}

/** Prints a view as JSON or as text. */
export function show<View extends object>(view: View, text: (view: View) => string, options: Options, console: Console): void {
  console.say(options["json"] === true ? jsonText(view) : text(view));
}

/** The line under a page that shows how to go on, or that older ones are not kept; `command` is the word with what it was given. */
export function nextLine(command: string, { next, keptFrom }: Omit<Page<never>, "rows">, options: Options): string {
  if (next === undefined) return keptFrom === undefined ? "" : `nothing before block ${keptFrom} is kept here\n`;
  return `next: ${command} --from ${next}${typeof options["count"] === "string" ? ` --count ${options["count"]}` : ""}\n`;
}

/** One of some names. Fault: SHELL_BAD_ARGUMENT, with the nearest. */
export function choice<Name extends string>(text: string, names: readonly Name[], { word, flag }: { readonly word: string; readonly flag: string }): Name {
  const found = names.find((name) => name === text.toLowerCase());
  if (found !== undefined) return found;
  const [nearest] = suggest(text, names);
  throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word, expected: `${flag} and one of ${names.join(", ")}${nearest === undefined ? "" : ` (did you mean ${nearest}?)`}`, found: text.slice(0, 40) });
}

/** A height. Fault: SHELL_BAD_ARGUMENT. */
export function heightOption(text: string | true | undefined, { word, flag }: { readonly word: string; readonly flag: string }): bigint | undefined {
  if (text === undefined || text === true) return undefined;
  if (/^[0-9]{1,14}$/.test(text)) return BigInt(text);
  throw new FaultError<ShellFault>({ code: "SHELL_BAD_ARGUMENT", word, expected: `${flag} and the height of a block`, found: text.slice(0, 40) });
}
