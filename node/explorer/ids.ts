import { fromHex, toHex } from "../../lang/base/bytes.ts";
import { blockIdRange, packageIdRange } from "../ledger/chain-store.ts";
import type { ChainEntry } from "../ledger/chain-view.ts";
import type { KeyRange } from "../ports.ts";
import { decodeAddress, ADDRESS_CHARACTERS, ADDRESS_SIZE, addressRange, encodeAddress, looksLikeAddress } from "../state/address.ts";
import { currentDomainRange } from "../state/state-keys.ts";
import { explorerFault, entryAt, lowestKept, type ExplorerParts } from "./parts.ts";

/** Ids that may be cut short: a beginning finds all that begin so, and means one if there is one. */

const SHORTEST = 4;
/** Matches named when a beginning is not unique. */
const NAMED_MATCHES = 4;

/** Whether a text can be the beginning of an id. Fewer digits than four would find something by chance. */
export function looksLikeId(text: string): boolean {
  return /^[0-9a-f]{4,64}$/i.test(text) && text.length >= SHORTEST;
}

/** A block by height, id, beginning of an id, `head` or `genesis`, on any branch. Faults: EXPLORER_NO_SUCH, EXPLORER_AMBIGUOUS, EXPLORER_NOT_KEPT. */
export async function findBlock(parts: ExplorerParts, text: string): Promise<ChainEntry> {
  const { store } = parts.chain.machine;
  if (text === "head") return parts.chain.head();
  if (text === "genesis") return entryAt(parts, 0n);
  if (/^[0-9]{1,14}$/.test(text) && BigInt(text) <= parts.chain.head().height) return entryAt(parts, BigInt(text));
  if (/^[0-9]{1,3}$/.test(text)) return entryAt(parts, BigInt(text));
  const ids = looksLikeId(text) ? await blockIds(parts, text, NAMED_MATCHES) : [];
  const isPackage = ids.length === 0 && looksLikeId(text) && (await packageIds(parts, text, 1)).length > 0;
  const found = oneOf(parts, "block", text, ids.map(toHex), isPackage ? "package" : undefined);
  const entry = store.entry(fromHex(found) as Uint8Array) as ChainEntry;
  if (entry.height > 0n && entry.height < lowestKept(parts)) throw store.absent(entry);
  return entry;
}

/** Ids of blocks of every branch that begin so. */
export function blockIds({ disk }: ExplorerParts, beginning: string, most: number): Promise<Uint8Array[]> {
  return idsIn(disk, blockIdRange(beginning.toLowerCase()), beginning, most);
}

/** Ids of packages that begin so: with a receipt, waiting, or evicted. */
export async function packageIds({ disk, pool }: ExplorerParts, beginning: string, most: number): Promise<Uint8Array[]> {
  const wanted = beginning.toLowerCase();
  const found = new Map((await idsIn(disk, packageIdRange(wanted), wanted, most)).map((id) => [toHex(id), id]));
  for (const { facts } of pool.entries()) if (found.size < most && toHex(facts.packageId).startsWith(wanted)) found.set(toHex(facts.packageId), facts.packageId);
  for (const { packageId } of pool.evictions()) if (found.size < most && toHex(packageId).startsWith(wanted)) found.set(toHex(packageId), packageId);
  return [...found.values()];
}

/** The package that a text means. Faults: EXPLORER_NO_SUCH, EXPLORER_AMBIGUOUS. */
export async function findPackage(parts: ExplorerParts, text: string): Promise<Uint8Array> {
  const ids = looksLikeId(text) ? await packageIds(parts, text, NAMED_MATCHES) : [];
  const isBlock = ids.length === 0 && looksLikeId(text) && (await blockIds(parts, text, 1)).length > 0;
  return fromHex(oneOf(parts, "package", text, ids.map(toHex), isBlock ? "block" : undefined)) as Uint8Array;
}

/** Domains of the newest state whose address begins so. */
export async function domainsLike({ disk }: ExplorerParts, beginning: string, most: number): Promise<Uint8Array[]> {
  const bounds = addressRange(beginning.toLowerCase());
  if (bounds === undefined) return [];
  const found: Uint8Array[] = [];
  for await (const [key] of disk.entries(currentDomainRange(bounds))) {
    const domain = key.slice(-ADDRESS_SIZE);
    if (encodeAddress(domain).startsWith(beginning.toLowerCase())) found.push(domain);
    if (found.length === most) break;
  }
  return found;
}

/** The domain of an address or of the unique beginning of one. Faults: STATE_BAD_ADDRESS, EXPLORER_NO_SUCH, EXPLORER_AMBIGUOUS. */
export async function findDomain(parts: ExplorerParts, text: string): Promise<Uint8Array> {
  if (!looksLikeAddress(text) || text.length >= ADDRESS_CHARACTERS || text.length < "grid1".length + SHORTEST) return decodeAddress(text);
  return decodeAddress(oneOf(parts, "domain", text, (await domainsLike(parts, text, NAMED_MATCHES)).map(encodeAddress)));
}

async function idsIn(disk: ExplorerParts["disk"], range: KeyRange, beginning: string, most: number): Promise<Uint8Array[]> {
  const found: Uint8Array[] = [];
  for await (const [key] of disk.entries(range)) {
    const id = key.slice(-32);
    if (toHex(id).startsWith(beginning.toLowerCase())) found.push(id);
    if (found.length === most) break;
  }
  return found;
}

function oneOf(parts: ExplorerParts, what: "block" | "package" | "domain", text: string, found: readonly string[], is?: "block" | "package"): string {
  const [only, another] = found;
  if (only === undefined) {
    const keptFrom = what === "domain" || is !== undefined ? 0n : lowestKept(parts);
    throw explorerFault({ code: "EXPLORER_NO_SUCH", what, text: text.slice(0, 80), ...(is === undefined ? {} : { is }), ...(keptFrom > 0n ? { keptFrom } : {}) });
  }
  if (another === undefined) return only;
  throw explorerFault({ code: "EXPLORER_AMBIGUOUS", what, text: text.slice(0, 80), matches: found.slice(0, NAMED_MATCHES - 1), isMore: found.length === NAMED_MATCHES });
}
