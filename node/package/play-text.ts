import { decodeValue } from "../../lang/program/value-codec.ts";
import { formatValue, showValue } from "../../lang/values/show.ts";
import { encodeAddress } from "../state/address.ts";
import { ROOT_PATH } from "../state/entry-keys.ts";
import { showPlace } from "../state/paths.ts";
import type { PlayedRun } from "../state/programs/play.ts";
import type { StoredChange } from "../state/realm-changes.ts";
import { effectOf } from "./effect-of.ts";
import type { Effect } from "./effect.ts";
import { effectSentences } from "./sentences.ts";
import { shownText } from "./shown-text.ts";

/** Columns of a value; a longer one is cut. */
const VALUE_COLUMNS = 60;

/** What `play` prints: ERG, what is left on the stack, what was told, and how the state would differ, as sentences or as one line of JSON. */
export function playText(run: PlayedRun): string {
  return run.format === "json" ? `${JSON.stringify(playJson(run))}\n` : `${playLines(run).join("\n")}\n`;
}

function playLines(run: PlayedRun): readonly string[] {
  const erg = `ERG ${run.ergUsed}`;
  if (run.fault !== undefined) return [erg, "changes nothing: it fails"];
  const changes = changeSentences(run);
  return [
    erg,
    ...(run.results.length <= 1 ? [] : [`leaves ${shownResults(run).join(" ")}`]),
    ...run.events.map(({ domain, path, topic, data }) => `event ${place(run, { domain, path })} ${shownText(topic)}: ${shownText(Buffer.from(data).toString("utf8"))}`),
    ...(changes.length === 0 ? ["changes nothing"] : changes.map((sentence) => `  ${sentence}`)),
  ];
}

/** The effect as a signer would see it, and beside it what all programs keep, others' as well: nothing here is signed. */
function changeSentences(run: PlayedRun): readonly string[] {
  const effect = effectWithoutKept(run);
  const isNothing = effect.paths.length + effect.balances.length + effect.rights.length + effect.sacrifices.length === 0;
  return [...(isNothing ? [] : effectSentences(effect, run.caller)), ...keptChanges(run).map((change) => keptSentence(run, change))];
}

/** What programs keep. Nicks are kept in the same way, and have sentences of their own. */
function keptChanges({ changes }: PlayedRun): readonly StoredChange[] {
  return changes.stored.filter(({ program }) => program !== ROOT_PATH);
}

function effectWithoutKept({ changes, caller }: PlayedRun): Effect {
  return effectOf({ ...changes, stored: [] }, { signerDomain: caller });
}

function keptSentence(run: PlayedRun, { domain, program, key, before, after }: StoredChange): string {
  const was = before === undefined ? "" : ` (was: ${shownKept(before)})`;
  const where = place(run, { domain, path: program });
  return after === undefined ? `${where} forgets ${shownText(key)}${was}` : `${where} keeps ${shownText(key)} = ${shownKept(after)}${was}`;
}

function playJson(run: PlayedRun) {
  const effect = effectWithoutKept(run);
  return {
    ergUsed: run.ergUsed,
    ...(run.fault === undefined ? {} : { fault: run.fault.code, ...("cause" in run.fault ? { cause: (run.fault.cause as { readonly code: string }).code } : {}) }),
    results: run.results.slice(0, -1).map((value) => formatValue(value)),
    events: run.events.map(({ domain, path, topic, data }) => ({ program: place(run, { domain, path }), topic, data: Buffer.from(data).toString("utf8") })),
    changes: changeSentences(run),
    paths: [...effect.paths, ...effect.rights].map((change) => place(run, change)),
    balances: effect.balances.map(({ domain, deltaUnits }) => ({ domain: encodeAddress(domain), deltaUnits: deltaUnits.toString() })),
    kept: keptChanges(run).map(({ domain, program, key, before, after }) => ({
      program: place(run, { domain, path: program }), key,
      ...(before === undefined ? {} : { before: formatValue(decodeValue(before)) }), ...(after === undefined ? {} : { after: formatValue(decodeValue(after)) }),
    })),
  };
}

function shownResults({ results }: PlayedRun): readonly string[] {
  return results.slice(0, -1).map((value) => showValue(value, 10, VALUE_COLUMNS));
}

function shownKept(bytes: Uint8Array): string {
  return showValue(decodeValue(bytes), 10, VALUE_COLUMNS);
}

function place({ caller }: PlayedRun, at: { readonly domain: Uint8Array; readonly path: string }): string {
  return shownText(showPlace(at, caller));
}
