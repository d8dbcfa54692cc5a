import { toHex } from "../../../lang/base/bytes.ts";
import { coinsText, encodeAddress, type ChainView, type DifficultyView, type DomainView, type PeersView, type SupplyView } from "../../../node/api.ts";
import { factsText, tableText } from "../table.ts";
import { historyText } from "./lists.ts";
import { shortId, spanText, timeText } from "./short.ts";

/** The chain, its supply and difficulty, and a domain, as pairs of name and number. Each ends in a newline. */

const LIVENESS: Record<ChainView["liveness"], string> = { high: "under 10 minutes", medium: "under 30 minutes", low: "under 3 hours", none: "3 hours or more" };

/** What `chain` prints. */
export function chainText(view: ChainView): string {
  const { leader, keyBlockSpacingMs } = view;
  return factsText([
    ["chain", `${view.preset} ${shortId(view.chainId)}`], ["height", `${view.height}, in epoch ${view.keyHeight}`], ["head", toHex(view.blockId)],
    ["time (UTC)", timeText(view.timeMs)], ["perspective", toHex(view.stateRoot)], ["work", `${view.totalWork} hashes`], ["rules", String(view.rulesVersion)],
    ["leader", leader === undefined ? "none yet: no key block was found" : encodeAddress(leader.domain)], ...(leader === undefined ? [] : [["since", `block ${leader.sinceHeight}, ${timeText(leader.sinceMs)}`] as const]),
    ["liveness", `${view.liveness} (${LIVENESS[view.liveness]}): the last key block is ${spanText(view.keyBlockAgeMs)} old`],
    ...(keyBlockSpacingMs === undefined ? [] : [["key blocks", `every ${spanText(keyBlockSpacingMs)} of late`] as const]),
    ["packages", `${view.packages}; ${view.packagesLastHour} in the last hour, ${view.packagesLastDay} in the last day`],
    ["pool", `${view.poolPackages} packages, ${view.poolSizeBytes} bytes`], ["kept", `blocks from ${view.blocksFrom}, state from ${view.stateFrom}`],
  ]);
}

/** What `supply` prints. */
export function supplyText(view: SupplyView): string {
  const { genesisUnits, coinbaseUnits, lockedUnits, destroyedUnits, burntUnits, circulatingUnits, comingUnits } = view;
  return `supply at block ${view.height}\n${factsText([
    ["genesis", coinsText(genesisUnits)], ["+ coinbase", coinsText(coinbaseUnits)], ["- locked fees", coinsText(lockedUnits)], ["- punished", coinsText(destroyedUnits)], ["- burnt", coinsText(burntUnits)],
    ["= in balances", coinsText(circulatingUnits)], ["coming", `${coinsText(comingUnits)} of epochs that are not mature`],
  ])}`;
}

/** What `peers` prints. */
export function peersText({ listens, rows }: PeersView): string {
  const place = listens === undefined ? "this node does not listen for others: grid up --listen HOST:PORT" : `this node listens on ${listens}`;
  if (rows.length === 0) return `no peers\n${place}\n`;
  const table = tableText(
    [{ name: "address" }, { name: "dialled" }, { name: "node id" }, { name: "height", align: "right" }, { name: "since (UTC)" }],
    rows.map(({ address, direction, nodeId, height, sinceMs }) => [address, direction === "out" ? "by us" : "by it", shortId(nodeId), height === undefined ? "" : String(height), timeText(sinceMs)]),
  );
  return `${table}${place}\n`;
}

/** What `difficulty` prints. */
export function difficultyText(view: DifficultyView): string {
  const { spacingMs, hashesPerSecond } = view;
  return factsText([
    ["key blocks", String(view.keyHeight)], ["work", `${view.work} hashes on average`], ["next", `${view.nextWork} hashes, ${change(view)}`],
    ["target", view.target.toString(16).padStart(64, "0")], ["next target", view.nextTarget.toString(16).padStart(64, "0")],
    ["aim", `a key block every ${spanText(view.aimedSpacingMs)}`],
    ["of late", spacingMs === undefined ? "too few key blocks to say" : `every ${spanText(spacingMs)}, over ${view.window}${hashesPerSecond === undefined ? "" : `: ${hashesPerSecond} hashes a second`}`],
  ]);
}

function change({ work, nextWork, nextTarget, easiestTarget }: DifficultyView): string {
  if (nextTarget === easiestTarget) return "the easiest there is";
  return nextWork === work ? "as now" : nextWork > work ? "harder" : "easier";
}

/** What `domain` prints. */
export function domainText(view: DomainView): string {
  const { keys, thresholds, waiting, sacrifice } = view;
  return `domain ${encodeAddress(view.domain)} at block ${view.height}\n${factsText([
    ["balance", coinsText(view.balanceUnits)], ...(sacrifice.burntUnits === 0n ? [] : [["burnt", `${coinsText(sacrifice.burntUnits)}, ${coinsText(sacrifice.usedUnits)} of it used`] as const]),
    ...(sacrifice.nick === "" ? [] : [["nick", `@${sacrifice.nick}`] as const]), ["packages", `${view.nonce} signed${waiting === 0 ? "" : `, ${waiting} waiting`}`],
    ...keys.map(({ id, role }) => ["key", `${encodeAddress(id)} ${role}`] as const),
    ...(keys.length > 1 ? [["needs", `${thresholds.owner} of the owners, ${thresholds.active} for all else`] as const] : []),
    ["files", `${view.files} in ${view.directories} directories, ${view.sizeBytes} bytes${view.isCut ? " and more" : ""}`], ["storage root", toHex(view.storageRoot)],
  ])}${view.last.length === 0 ? "" : `last:\n${historyText(view.last)}`}`;
}
