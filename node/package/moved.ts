import { equalBytes, fromUtf8, toHex } from "../../lang/base/bytes.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import type { ExecutedItem } from "../../lang/host.ts";
import { Machine } from "../../lang/machine/machine.ts";
import { NULL_HOST } from "../../lang/machine/null-host.ts";
import { builtinXt } from "../../lang/primitives/table.ts";
import { buildProgram } from "../../lang/program/build.ts";
import { PROGRAM_LIMITS, type Program } from "../../lang/program/program.ts";
import { mergeLines } from "../state/merge-lines.ts";
import { showPlace, type Place } from "../state/paths.ts";
import type { Authority } from "../state/authority.ts";
import type { Realm } from "../state/realm.ts";
import type { Effect, KeyChange, RightsChange } from "./effect.ts";
import { effectOf } from "./effect-of.ts";
import { runPrograms } from "./execute.ts";
import { sacrificeChangeItem } from "./sacrifice-effect.ts";
import { changesOf } from "../state/realm-changes.ts";
import { nestedRealm } from "../state/nested-realm.ts";

/** Contents shown of one version of a file; longer ones are named only. */
const SHOWN_BYTES = 16 << 10;
/** Places shown with their contents. */
const SHOWN_PLACES = 32;

/**
 * A place where the package would do something else on the newest state than the user saw (G23). Each version is
 * absent where there is no file, or none that can be shown.
 */
export interface MovedPlace {
  /** As the signer knows it: "~/docs/note", or "balance of grid1…" for coins. */
  readonly place: string;
  /** What the user started from, what he made of it, what stands there now, and what the package would make of that. */
  readonly old?: Uint8Array;
  readonly mine?: Uint8Array;
  readonly theirs?: Uint8Array;
  readonly result?: Uint8Array;
  /** Edits of a text that do not overlap, both in it: what the package writes instead of `result`. */
  readonly merged?: Uint8Array;
}

export interface SeenRun {
  readonly programs: readonly Program[];
  readonly signer: Uint8Array;
  readonly authority: Authority;
  readonly ergLimit: number;
  /** One time for both runs: that it passes is no change that somebody made. */
  readonly timeMs: bigint;
}

/**
 * Where running on `newest` differs from running on `seen`: the code runs on both, so a change to something it only
 * read is found as well, and a change it never touched is not.
 */
export function movedPlaces(seen: Realm, newest: { readonly before: Realm; readonly after: Realm; readonly effect: Effect }, run: SeenRun): readonly MovedPlace[] {
  const sandbox = nestedRealm(seen);
  const code = runPrograms(run.programs, sandbox, { signer: run.signer, height: seen.base.height, timeMs: run.timeMs, ergLimit: run.ergLimit, authority: run.authority });
  // What could not run there was never seen to do anything; the effect on the newest state is all there is to show.
  if (code.fault !== undefined) return [];
  const seenEffect = effectOf(changesOf(sandbox), { signerDomain: run.signer, calls: code.journal.calls });
  const places = differingPlaces(seenEffect, newest.effect);
  const moved = places.map(({ place, isContentOnly }, index): MovedPlace => {
    const shown = { place: showPlace(place, run.signer) };
    if (index >= SHOWN_PLACES) return shown;
    const versions = { old: contentAt(seen, place), mine: contentAt(sandbox, place), theirs: contentAt(newest.before, place), result: contentAt(newest.after, place) };
    const merged = isContentOnly ? mergedOf(versions) : undefined;
    return { ...shown, ...Object.fromEntries(Object.entries({ ...versions, merged }).filter(([, content]) => content !== undefined)) };
  });
  const keys = sameKeys(seenEffect, newest.effect) ? [] : [{ place: "the keys it changes" }];
  const burnt = sameSacrifices(seenEffect, newest.effect) ? [] : [{ place: "the coins it burns or the nick it gives" }];
  return [...moved, ...keys, ...burnt, ...(sameBalances(seenEffect, newest.effect) ? [] : [{ place: "the coins it pays" }])];
}

/**
 * A program that writes what both sides' edits make together, for a package whose own code would undo the others';
 * undefined when there is nothing to merge.
 */
export function mergeProgram(moved: readonly MovedPlace[]): Program | undefined {
  const items = moved.flatMap(({ place, merged, result }): ExecutedItem[] => {
    if (merged === undefined || (result !== undefined && equalBytes(merged, result))) return [];
    return pieces(merged).flatMap((text, index): ExecutedItem[] => [textLiteral(text), textLiteral(place), { kind: "word", xt: builtinXt(index === 0 ? "writeex" : "appendex") }]);
  });
  if (items.length === 0) return undefined;
  const machine = Machine.create({ host: NULL_HOST });
  return buildProgram(machine, items, { wordsBefore: machine.wordCount });
}

function textLiteral(value: string): ExecutedItem {
  return { kind: "literal", value: { kind: "text", value } };
}

/** A text as literals that a program may hold, cut between characters. */
function pieces(bytes: Uint8Array): readonly string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length || found.length === 0; ) {
    let end = Math.min(bytes.length, at + PROGRAM_LIMITS.textBytes);
    while (end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80) end--;
    found.push(fromUtf8(bytes.subarray(at, end)));
    at = end;
  }
  return found;
}

function mergedOf({ old, mine, theirs }: { readonly old: Uint8Array | undefined; readonly mine: Uint8Array | undefined; readonly theirs: Uint8Array | undefined }): Uint8Array | undefined {
  if (old === undefined || mine === undefined || theirs === undefined) return undefined;
  return equalBytes(old, mine) ? undefined : mergeLines(old, mine, theirs); // who wrote what stood there meant that it stands there
}

interface DifferingPlace {
  readonly place: Place;
  /** Its rights and metadata come out as they were seen. */
  readonly isContentOnly: boolean;
}

function differingPlaces(seen: Effect, newest: Effect): readonly DifferingPlace[] {
  const places = new Map<string, DifferingPlace>();
  const [before, after] = [changesByPlace(seen), changesByPlace(newest)];
  for (const [key, { place }] of [...before, ...after]) {
    const [one, other] = [before.get(key), after.get(key)];
    if (one === undefined || other === undefined || one.bytes !== other.bytes) {
      const name = `${toHex(place.domain)}${place.path}`;
      places.set(name, { place, isContentOnly: key.startsWith("p") && places.get(name)?.isContentOnly !== false });
    }
  }
  return [...places.values()];
}

function changesByPlace(effect: Effect): Map<string, { readonly place: Place; readonly bytes: string }> {
  const keyed = (kind: string, one: Place, bytes: string) => [`${kind}${toHex(one.domain)}${one.path}`, { place: { domain: one.domain, path: one.path }, bytes }] as const;
  return new Map([
    ...effect.paths.map((one) => keyed("p", one, `${toHex(one.oldHash)} ${toHex(one.newHash)}`)),
    ...effect.rights.map((one) => keyed("r", one, `${rightsText(one.old)} ${rightsText(one.new)}`)),
    ...effect.calls.map((one) => keyed(`c${one.word} `, one, `${toHex(one.codeHash)} ${one.times} ${one.units}`)),
    ...effect.stored.map((one) => keyed(`s${one.key} `, one, `${toHex(one.oldHash)} ${toHex(one.newHash)}`)),
  ]);
}

function rightsText({ owner, mode, acl, meta }: RightsChange["old"]): string {
  return [toHex(owner), mode, toHex(acl), toHex(meta)].join(":");
}

function sameBalances(a: Effect, b: Effect): boolean {
  return a.balances.length === b.balances.length && a.balances.every((one, index) => {
    const other = b.balances[index];
    return other !== undefined && equalBytes(one.domain, other.domain) && one.deltaUnits === other.deltaUnits;
  });
}

function sameKeys(a: Effect, b: Effect): boolean {
  return a.keys.length === b.keys.length && a.keys.every((one, index) => {
    const other = b.keys[index] as KeyChange;
    return equalBytes(one.domain, other.domain) && one.aspect === other.aspect && [one.subject, one.old, one.new].every((bytes, at) => equalBytes(bytes, [other.subject, other.old, other.new][at] as Uint8Array));
  });
}

function sameSacrifices(a: Effect, b: Effect): boolean {
  const bytesOf = ({ sacrifices }: Effect): Uint8Array => encodeRlp(sacrifices.map(sacrificeChangeItem));
  return equalBytes(bytesOf(a), bytesOf(b));
}

function contentAt(realm: Realm, { domain, path }: Place): Uint8Array | undefined {
  const entry = path === "/" ? undefined : realm.entry(domain, path);
  return entry?.kind === "file" && entry.sizeBytes <= SHOWN_BYTES ? realm.content(entry.contentHash) : undefined;
}
