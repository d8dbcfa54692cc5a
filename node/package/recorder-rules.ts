import { BLOCKS } from "../../lang/primitives/blocks.ts";
import { DEBUGGING } from "../../lang/primitives/debugging.ts";
import { HOST_WORDS } from "../../lang/primitives/host-words.ts";
import { INCLUDING } from "../../lang/primitives/including.ts";
import type { HostAccess, HostWordSpec } from "../../lang/primitives/spec.ts";

/**
 * What the recorder does with a word of a line that is kept (R3, G22):
 * `kept` goes into the package; `cut` is left out, because it only shows or steers; `literal` is a gesture of
 * the user's, of which the result is recorded; `refused` cannot be part of a package at all.
 */
export type Disposition = "kept" | "cut" | "literal" | "refused";

/** Loads words of the stdlib: those that are used are linked, `use` is not. */
const USE = 1270;

/** Words that wait for a person or the clock. A package has neither. */
const WAITING = { key: 400, accept: 401, ms: 402, ekey: 406, xkey: 408 } as const;

const ALONE = "a package has nobody to ask and no time to wait";
/**
 * Words that no package can hold, and why. What source in a file or block does would depend on where the package
 * runs; `evaluate` stays, for its text is an entry of the package, and words it finds by name are linked with it.
 */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [WAITING.accept, ALONE],
  [WAITING.ms, ALONE],
  ...INCLUDING.map(({ code }) => [code, "it reads source that the package does not carry; before bt it may, and the words it defines are linked"] as const),
  ...BLOCKS.map(({ code }) => [code, "blocks belong to the session, and a package has none; words that load defines before bt are linked"] as const),
]);

const HOST = new Map<number, HostWordSpec>((HOST_WORDS as readonly HostWordSpec[]).map((spec) => [spec.code, spec]));

/** Words that look at a running program: a package shows nothing to anybody. */
const DEBUGGING_CODES: ReadonlySet<number> = new Set(DEBUGGING.map(({ code }) => code));

/** Judges a word by its code number, where it stands in the line itself. Words without a row here are plain computation. */
export function dispositionOf(code: number): Disposition {
  if (code === WAITING.key || code === WAITING.ekey || code === WAITING.xkey) return "literal";
  if (REFUSED.has(code)) return "refused";
  if (DEBUGGING_CODES.has(code) || code === USE) return "cut";
  const spec = HOST.get(code);
  return spec === undefined ? "kept" : hostDisposition(spec);
}

/** Why a word whose disposition is `refused` is no part of a package. */
export function refusalOf(code: number): string | undefined {
  return REFUSED.get(code);
}

/** A shown word that takes a parameter stays: cutting it would leave its parameter on the stack. */
function hostDisposition({ access, effect }: Pick<HostWordSpec, "access" | "effect">): Disposition {
  if (access === "thread") return "cut";
  return access === "show" && effect === "( -- )" ? "cut" : "kept";
}

/** Inside a word of the user's nothing can be cut or replaced, so there such words are refused. */
export function mayBeCompiled(code: number): boolean {
  return code !== USE && HOST.get(code)?.access !== "thread" && dispositionOf(code) !== "literal" && dispositionOf(code) !== "refused";
}

/** What a thread may do (G21). A write-only thread keeps reads out of its package: what it signs depends on nothing it read. */
export type ThreadKind = "both" | "read-only" | "write-only";

/** Whether a thread of this kind may run a host word now. */
export function kindAllows(kind: ThreadKind, word: { readonly access: HostAccess; readonly gives: readonly unknown[]; readonly counted?: true }, recording: boolean): boolean {
  if (kind === "read-only") return word.access !== "write";
  // What a called program gives was read by it.
  const reads = (word.access === "read" || word.counted === true) && word.gives.length > 0;
  return kind === "both" || !recording || !reads;
}

/** The row of a word that reaches the world; there must be one. */
export function hostSpec(word: string): HostWordSpec {
  return BY_NAME.get(word) as HostWordSpec;
}
const BY_NAME = new Map([...HOST.values()].map((spec) => [spec.word, spec]));
