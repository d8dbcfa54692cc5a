import { FaultError } from "../../lang/base/fault.ts";
import type { Meter } from "../../lang/host.ts";
import type { StateFault } from "../fault.ts";
import { aclOf, FOR_EVER } from "./acl.ts";
import { ROOT_PATH, splitPath } from "./entry-keys.ts";
import { isMember } from "./groups.ts";
import { parsePath, showPlace, type PathContext, type Place } from "./paths.ts";
import { PRICES } from "./prices.ts";
import type { EntryRecord } from "./records.ts";
import type { Realm } from "./realm.ts";
import { isFrozen, RIGHT_BITS, rightsFor, type AccessView, type Right } from "./rights.ts";

/** What a file operation works on and for whom; `paths.home` is the domain that acts, and all that rights are judged by. */
export interface FileContext {
  readonly realm: Realm;
  readonly paths: PathContext;
  readonly meter: Meter;
  /** Height of the block that executes, or of the realm's base. Asking is noted (R4). */
  readonly askHeight: () => bigint;
}

/** What stands at a place. `entry` is undefined where nothing is, and for a root, which always is there. */
export interface Found {
  readonly place: Place;
  readonly entry: EntryRecord | undefined;
}

/**
 * Goes to the place that `text` names: every directory on the way must be there and let the actor pass.
 * Faults: STATE_BAD_NAME, STATE_BAD_ADDRESS, STATE_NO_SUCH_PATH, STATE_NOT_DIRECTORY, STATE_DENIED (execute).
 */
export function locate(context: FileContext, text: string): Found {
  return findAt(context, parsePath(text, context.paths));
}

/** As `locate`, by place. */
export function findAt(context: FileContext, place: Place): Found {
  for (const path of ancestors(place.path)) {
    const directory = { domain: place.domain, path };
    context.meter.charge(PRICES.passDirectory);
    const entry = context.realm.entry(place.domain, path);
    if (entry === undefined) throw fault({ code: "STATE_NO_SUCH_PATH", path: shown(context, directory), directory: true });
    if (entry.kind === "file") throw fault({ code: "STATE_NOT_DIRECTORY", path: shown(context, directory) });
    requireRight(context, "execute", { place: directory, entry });
  }
  return { place, entry: context.realm.entry(place.domain, place.path) };
}

/** Paths of the directories that a path leads through, the root left out, outermost first. */
function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf("/", 1); slash !== -1; slash = path.indexOf("/", slash + 1)) found.push(path.slice(0, slash));
  return found;
}

/** A root always is. */
export function isThere({ place, entry }: Found): boolean {
  return place.path === ROOT_PATH || entry !== undefined;
}

/** The directory in which `place` stands. Not for a root. */
export function parentOf(context: FileContext, place: Place): Found {
  const parent = { domain: place.domain, path: splitPath(place.path).directory };
  return { place: parent, entry: context.realm.entry(parent.domain, parent.path) };
}

/** All that the actor may do with what was found, as bits of `RIGHT_BITS`. */
function rightsOn(context: FileContext, { place, entry }: Found): number {
  return rightsFor(context.paths.home, { domain: place.domain, entry }, viewOf(context));
}

function viewOf(context: FileContext): AccessView {
  return { height: context.askHeight, isMember: (group) => isMember(context, group, context.paths.home) };
}

/** Whether the actor has a right on what was found. */
export function allows(context: FileContext, right: Right, found: Found): boolean {
  return (rightsOn(context, found) & RIGHT_BITS[right]) !== 0;
}

/** Faults: STATE_DENIED; STATE_FROZEN where the right would be there but for the freeze. */
export function requireRight(context: FileContext, right: Right, found: Found): void {
  if (allows(context, right, found)) return;
  if (right === "write" || right === "remove") requireThawed(context, found);
  throw fault({ code: "STATE_DENIED", path: shown(context, found.place), right });
}

/** Faults: STATE_FROZEN. */
export function requireThawed(context: FileContext, { place, entry }: Found): void {
  if (entry === undefined || !isFrozen(entry, { height: context.askHeight })) return;
  const until = aclOf(entry).frozenUntil as bigint;
  throw fault({ code: "STATE_FROZEN", path: shown(context, place), ...(until === FOR_EVER ? {} : { untilHeight: until }) });
}

/** The place as the user knows it. */
export function shown({ paths }: FileContext, place: Place): string {
  return showPlace(place, paths.home);
}

/** To be thrown. */
export function fault(of: StateFault): FaultError<StateFault> {
  return new FaultError<StateFault>(of);
}
