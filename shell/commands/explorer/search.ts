import { quoteArgument } from "../../../lang/command-line.ts";
import { SEARCH_KINDS, type SearchPage, type SearchRequest } from "../../../node/api.ts";
import { searchText } from "../../render/explorer/lists.ts";
import type { Command, CommandCall, CommandContext } from "../command.ts";
import { choice, heightOption, nextLine, PAGE_OPTIONS, pageRequest, show } from "./options.ts";

type Options = CommandCall["options"];

/** Searches ids, heights, addresses, contacts, nicks, paths and what packages did. */
export const search: Command = {
  word: "search",
  params: [{ name: "text", type: "text" }],
  options: [
    { flag: "--kind", name: "kind", value: "text", help: `only one kind: ${SEARCH_KINDS.join(", ")}` },
    { flag: "--domain", name: "domain", value: "recipient", help: "only what touched this domain" },
    { flag: "--from-height", name: "fromHeight", value: "text", help: "only at this height and above" },
    { flag: "--to-height", name: "toHeight", value: "text", help: "only at this height and below" },
    ...PAGE_OPTIONS,
  ],
  help: "Searches the chain: blocks and packages by id or height, domains by address, contact or @nick, paths, and what packages did, newest first.",
  example: "search coins --count 3",
  run: async ({ args: [text = ""], options }, context) => {
    const request = await requestOf(text, options, context);
    const page = await context.node.explorer.search(request);
    const found = await withContact(text, request, page, context);
    show(found, (view) => pageText(view, text, options), options, context.console);
  },
};

async function requestOf(text: string, options: Options, { node, thread }: CommandContext): Promise<SearchRequest> {
  const { kind, domain } = options;
  const [fromHeight, toHeight] = [heightOption(options["fromHeight"], { word: "search", flag: "--from-height" }), heightOption(options["toHeight"], { word: "search", flag: "--to-height" })];
  return {
    text, ...pageRequest(options), ...(typeof kind === "string" ? { kind: choice(kind, SEARCH_KINDS, { word: "search", flag: "--kind" }) } : {}),
    ...(typeof domain === "string" ? { domain: await node.explorer.domainNamed(thread, domain) } : {}),
    ...(fromHeight === undefined ? {} : { fromHeight }), ...(toHeight === undefined ? {} : { toHeight }),
  };
}

/** A contact of that name stands first on the first page. */
async function withContact(text: string, { kind, from, domain }: SearchRequest, page: SearchPage, { node, thread }: CommandContext): Promise<SearchPage> {
  if (from !== undefined || domain !== undefined || (kind !== undefined && kind !== "domain") || /^grid1|^~$/.test(text)) return page;
  const found = await node.explorer.domainNamed(thread, text).catch(() => undefined);
  if (found === undefined) return page;
  return { ...page, rows: [{ kind: "domain", height: node.head().height, index: 0, text, domain: found }, ...page.rows] };
}

function pageText(page: SearchPage, text: string, options: Options): string {
  const filters = [["--kind", "kind"], ["--domain", "domain"], ["--from-height", "fromHeight"], ["--to-height", "toHeight"]] as const;
  const given = filters.flatMap(([flag, name]) => (typeof options[name] === "string" ? [` ${flag} ${quoteArgument(String(options[name]))}`] : []));
  const seen = page.rows.length > 0 ? "" : page.next === undefined ? "nothing was found\n" : `nothing was found down to block ${page.searchedTo}; there are older ones\n`;
  return searchText(page) + seen + nextLine(`search ${quoteArgument(text)}${given.join("")}`, page, options);
}
