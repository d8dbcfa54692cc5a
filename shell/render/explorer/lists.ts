import { toHex } from "../../../lang/base/bytes.ts";
import { encodeAddress, type BlockRow, type EvictedRow, type HistoryRow, type PackageRow, type SearchPage, type WaitingRow } from "../../../node/api.ts";
import { fitted, tableText } from "../table.ts";
import { deltaText, outcomeText, shortAddress, shortId, timeText } from "./short.ts";

/** Lists of the explorer as tables of at most 80 columns. Each ends in a newline. */

const COLUMNS = 80;
const INDENT = "    ";

/** A page of `blocks`. */
export function blocksText(rows: readonly BlockRow[]): string {
  if (rows.length === 0) return "no blocks there\n";
  return tableText(
    [{ name: "height", align: "right" }, { name: "kind" }, { name: "time (UTC)" }, { name: "packages", align: "right" }, { name: "leader" }, { name: "id" }],
    rows.map(({ height, kind, timeMs, packages, leader, blockId }) => [String(height), kind, timeText(timeMs), kind === "data" ? String(packages) : "", leader === undefined ? "" : shortAddress(leader), shortId(blockId)]),
  );
}

/** A line for each package, and under it what it did. */
export function packagesText(rows: readonly PackageRow[]): string {
  if (rows.length === 0) return "no packages there\n";
  const table = tableText(
    [{ name: "place", align: "right" }, { name: "time (UTC)" }, { name: "domain" }, { name: "id" }, { name: "outcome" }],
    rows.map(({ height, index, timeMs, domain, packageId, outcome }) => [`${height}:${index}`, timeText(timeMs), shortAddress(domain), shortId(packageId), fitted(outcome.kind.replaceAll("-", " "), 12)]),
  );
  return withBelow(table, rows.map(({ sentences }) => sentences));
}

/** A page of `packages --waiting`. */
export function waitingText(rows: readonly WaitingRow[]): string {
  if (rows.length === 0) return "no package waits\n";
  return tableText(
    [{ name: "domain" }, { name: "nonce", align: "right" }, { name: "id" }, { name: "ERG limit", align: "right" }, { name: "price", align: "right" }, { name: "until block", align: "right" }, { name: "waits for" }],
    rows.map(({ domain, nonce, packageId, ergLimit, ergPriceUnits, expiryHeight, missingNonces }) => [
      shortAddress(domain), String(nonce), shortId(packageId), String(ergLimit), String(ergPriceUnits), String(expiryHeight), missingNonces === 0n ? "a block" : `${missingNonces} before it`,
    ]),
  );
}

const REASONS: Record<EvictedRow["reason"], string> = {
  replaced: "replaced by a better price", "crowded-out": "pool full, others pay more", expired: "expired", "nonce-used": "its nonce was used", refused: "can no longer run",
};

/** A page of `packages --evicted`. */
export function evictedText(rows: readonly EvictedRow[]): string {
  if (rows.length === 0) return "no package was evicted as far as this node remembers\n";
  return tableText(
    [{ name: "at block", align: "right" }, { name: "domain" }, { name: "nonce", align: "right" }, { name: "id" }, { name: "reason" }],
    rows.map(({ height, domain, nonce, packageId, reason }) => [String(height), shortAddress(domain), String(nonce), shortId(packageId), REASONS[reason]]),
  );
}

/** Why a package left, as the end of a sentence. */
export function evictionReasonText(reason: EvictedRow["reason"]): string {
  return REASONS[reason];
}

/** A line for each touch, and under it the change of the balance and what was done. */
export function historyText(rows: readonly HistoryRow[]): string {
  if (rows.length === 0) return "nothing touched it yet\n";
  const table = tableText(
    [{ name: "place", align: "right" }, { name: "time (UTC)" }, { name: "id" }, { name: "signer" }, { name: "as" }],
    rows.map(({ height, index, timeMs, packageId, signer, roles }) => [
      `${height}:${index}`, timeText(timeMs), packageId === undefined ? "" : shortId(packageId), signer === undefined ? "" : shortAddress(signer), fitted(roles.filter((role) => role !== "signer").join(", "), 16),
    ]),
  );
  return withBelow(table, rows.map(({ deltaUnits, sentences, outcome }) => [
    ...(deltaUnits === 0n ? [] : [deltaText(deltaUnits)]), ...(outcome === undefined || outcome.kind === "done" ? [] : [`changed nothing: ${outcomeText(outcome)}`]), ...sentences,
  ]));
}

/** What was found, each with where it stands. */
export function searchText({ rows }: SearchPage): string {
  if (rows.length === 0) return "";
  const table = tableText(
    [{ name: "kind" }, { name: "place", align: "right" }, { name: "domain" }, { name: "id" }],
    rows.map(({ kind, height, index, domain, packageId, blockId }) => {
      const id = packageId ?? blockId;
      return [kind, kind === "block" ? String(height) : `${height}:${index}`, domain === undefined ? "" : shortAddress(domain), id === undefined ? "" : shortId(id)];
    }),
  );
  return withBelow(table, rows.map(({ kind, text, domain, packageId, blockId }) => [kind === "domain" && domain !== undefined ? encodeAddress(domain) : kind === "package" && packageId !== undefined ? toHex(packageId) : blockId !== undefined ? toHex(blockId) : text]));
}

/** Puts lines under the rows of a table; the first line of the table is its head. */
function withBelow(table: string, below: readonly (readonly string[])[]): string {
  const lines = table.trimEnd().split("\n");
  const out = [lines[0] ?? ""];
  for (const [index, texts] of below.entries()) out.push(lines[index + 1] ?? "", ...texts.map((text) => INDENT + fitted(text, COLUMNS - INDENT.length)));
  return `${out.join("\n")}\n`;
}
