import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { looksLikeAddress, encodeAddress } from "../state/address.ts";
import { showPlace } from "../state/paths.ts";
import { touchesOf, writtenPlaces, type PackageTrace } from "./block-trace.ts";
import { blockIds, domainsLike, looksLikeId, packageIds } from "./ids.ts";
import { LAST_INDEX, type ChainPlace } from "./index-keys.ts";
import { tracesDown } from "./index-reader.ts";
import { countOf, placeFrom, placeText } from "./pages.ts";
import { sentencesOf } from "./packages.ts";
import { entryAt, explorerFault, lowestKept, type ExplorerParts } from "./parts.ts";
import type { SearchHit, SearchPage, SearchRequest } from "./views.ts";

/**
 * Searches the chain: first what the text itself names (ids, heights, addresses), then what packages did, from
 * the newest down. Only the second part has pages. A page looks at a bounded part of the chain, so it may end with
 * few rows or none and say where to go on.
 */
const LOOKED_AT_BYTES = 2 << 20;
const LOOKED_AT_BLOCKS = 2_000;
const SHORTEST = 2;
const NAMED = 10;
const NOBODY = new Uint8Array(0);

/** Faults: EXPLORER_SHORT_SEARCH, EXPLORER_BAD_PAGE. */
export async function searchPage(parts: ExplorerParts, request: SearchRequest): Promise<SearchPage> {
  if (request.text.length < SHORTEST && !/^[0-9]$/.test(request.text)) throw explorerFault({ code: "EXPLORER_SHORT_SEARCH", text: request.text });
  const count = countOf(request);
  const head = parts.chain.head().height;
  const highest = request.toHeight === undefined || request.toHeight > head ? head : request.toHeight;
  const place = placeFrom(request, highest);
  const from = place.height > highest ? { height: highest, index: LAST_INDEX } : place;
  const named = request.from === undefined ? await namedHits(parts, request) : [];
  const wantsMore = request.kind === undefined || request.kind === "path" || request.kind === "effect";
  const page = wantsMore ? await deedHits(parts, request, from, count) : { rows: [], searchedTo: from.height };
  return { ...page, rows: [...named, ...page.rows] };
}

/** Blocks, packages and domains that the text names. */
async function namedHits(parts: ExplorerParts, request: SearchRequest): Promise<SearchHit[]> {
  const { text, kind } = request;
  const wants = (one: SearchHit["kind"]): boolean => kind === undefined || kind === one;
  const hits: SearchHit[] = [];
  if (wants("block")) hits.push(...(await blockHits(parts, text)));
  if (wants("package") && looksLikeId(text)) hits.push(...(await packageIds(parts, text, NAMED)).map((id) => packageHit(parts, id)));
  if (wants("domain") && looksLikeAddress(text)) hits.push(...(await domainsLike(parts, text, NAMED)).map((domain): SearchHit => ({ kind: "domain", height: parts.chain.head().height, index: 0, text: encodeAddress(domain), domain })));
  return hits.filter((hit) => isWithin(hit.height, request) && (request.domain === undefined || (hit.domain !== undefined && equalBytes(hit.domain, request.domain))));
}

async function blockHits(parts: ExplorerParts, text: string): Promise<SearchHit[]> {
  const { store } = parts.chain.machine;
  const ids = looksLikeId(text) ? await blockIds(parts, text, NAMED) : [];
  if (/^[0-9]{1,14}$/.test(text) && BigInt(text) <= parts.chain.head().height && BigInt(text) >= lowestKept(parts)) ids.unshift(entryAt(parts, BigInt(text)).id);
  const unique = [...new Map(ids.map((id) => [toHex(id), id])).values()];
  return unique.map((id) => ({ kind: "block", height: store.entry(id)?.height ?? 0n, index: 0, text: toHex(id), blockId: id }));
}

/** The place of one that waits or was evicted is the head's. */
function packageHit(parts: ExplorerParts, packageId: Uint8Array): SearchHit {
  const { store } = parts.chain.machine;
  const place = store.place(packageId);
  const entry = place === undefined ? undefined : store.entry(place.blockId);
  return { kind: "package", height: entry?.height ?? parts.chain.head().height, index: place?.index ?? 0, text: toHex(packageId), packageId, ...domainOf(parts, packageId, entry?.id, place?.index) };
}

function domainOf(parts: ExplorerParts, packageId: Uint8Array, blockId: Uint8Array | undefined, index: number | undefined): { readonly domain?: Uint8Array } {
  const { store, executor } = parts.chain.machine;
  const bytes = blockId === undefined || index === undefined ? parts.pool.get(packageId)?.bytes : store.dataBlock(blockId)?.packages[index];
  const domain = bytes === undefined ? parts.pool.evictionOf(packageId)?.domain : executor.facts(bytes).domain;
  return domain === undefined ? {} : { domain };
}

/** Packages whose paths or sentences hold the text. */
async function deedHits(parts: ExplorerParts, request: SearchRequest, from: ChainPlace, count: number): Promise<SearchPage> {
  const rows: SearchHit[] = [];
  const kept = lowestKept(parts);
  const lowest = (request.fromHeight ?? 0n) > kept ? (request.fromHeight ?? 0n) : kept;
  let [bytes, blocks, searchedTo] = [0, 0, from.height];
  for await (const { height, trace, sizeBytes } of tracesDown(parts.disk, from.height, lowest)) {
    searchedTo = height;
    if (bytes > LOOKED_AT_BYTES || blocks > LOOKED_AT_BLOCKS) return { rows, searchedTo, next: String(height) };
    [bytes, blocks] = [bytes + sizeBytes, blocks + 1];
    for (let index = Math.min(trace.packages.length - 1, height === from.height ? from.index : LAST_INDEX); index >= 0; index--) {
      const hits = hitsOf(parts, { height, index }, trace.packages[index] as PackageTrace, request);
      if (hits.length > 0 && rows.length + hits.length > count && rows.length > 0) return { rows, searchedTo, next: placeText({ height, index }) };
      rows.push(...hits);
    }
  }
  return { rows, searchedTo: lowest };
}

/** At most one hit of each kind for a package: its first path and its first sentence that match. */
function hitsOf(parts: ExplorerParts, place: ChainPlace, trace: PackageTrace, { text, kind, domain }: SearchRequest): SearchHit[] {
  const { changes } = trace;
  if (changes === undefined || (domain !== undefined && !touchesOf(trace).some((touch) => equalBytes(touch.domain, domain)))) return [];
  const wanted = text.toLowerCase();
  const path = kind === "effect" ? undefined : writtenPlaces(changes.effect).find((one) => one.path.toLowerCase().includes(wanted));
  const sentence = kind === "path" ? undefined : sentencesOf(trace).find((one) => one.toLowerCase().includes(wanted));
  if (path === undefined && sentence === undefined) return [];
  const packageId = parts.blocks.read(entryAt(parts, place.height)).results[place.index]?.packageId;
  const facts = { ...place, domain: trace.signer, ...(packageId === undefined ? {} : { packageId }) };
  return [...(path === undefined ? [] : [{ kind: "path" as const, text: showPlace(path, NOBODY), ...facts }]), ...(sentence === undefined ? [] : [{ kind: "effect" as const, text: sentence, ...facts }])];
}

function isWithin(height: bigint, { fromHeight = 0n, toHeight }: SearchRequest): boolean {
  return height >= fromHeight && (toHeight === undefined || height <= toHeight);
}
