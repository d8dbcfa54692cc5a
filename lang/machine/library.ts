import { fromUtf8, toHex } from "../base/bytes.ts";
import { sha256 } from "../base/hash.ts";
import { SUBJECTS, type Subject } from "../library-list.ts";
import { suggest } from "../suggest.ts";
import { foldName } from "../words.ts";
import type { Vm } from "./vm.ts";

/**
 * The stdlib as a machine sees it: sources that its host hands over, and the list of what they must be.
 * Nothing is read until `use` or `help` asks.
 */

/** ERG for a source: hashing costs by its length, as a power of two bytes to one ERG. */
const HASH_SHIFT = 3;

/** Faults: LANG_UNKNOWN_SUBJECT, with subjects of a like name. */
export function subjectOf(vm: Vm, name: string): Subject {
  const folded = foldName(name);
  const subject = SUBJECTS.find((each) => each.name === folded);
  if (subject === undefined) throw vm.fault({ code: "LANG_UNKNOWN_SUBJECT", subject: name.slice(0, 80), nearest: suggest(folded, SUBJECTS.map((each) => each.name)) });
  return subject;
}

/** The source of a subject, exactly as it was shipped. Faults: LANG_SUBJECT_DAMAGED, LANG_UNSUPPORTED where there is no stdlib. */
export function subjectSource(vm: Vm, subject: Subject): Uint8Array {
  if (vm.host.library === undefined) throw vm.fault({ code: "LANG_UNSUPPORTED", word: "use", instead: "a session or script: a package carries the words it uses" });
  const source = readSubject(vm, subject);
  if (source === undefined) throw vm.fault({ code: "LANG_SUBJECT_DAMAGED", subject: subject.name });
  vm.charge(source.length >> HASH_SHIFT);
  return source;
}

/** Undefined unless it is there and has its hash. A host gives the same bytes again and again, so they are looked at once. */
function readSubject(vm: Vm, { name, sha256: wanted }: Subject): Uint8Array | undefined {
  const source = vm.host.library?.(name);
  if (source === undefined) return undefined;
  let found = hashes.get(source);
  if (found === undefined) hashes.set(source, (found = toHex(sha256(source))));
  return found === wanted ? source : undefined;
}

const hashes = new WeakMap<Uint8Array, string>();
const pages = new WeakMap<Uint8Array, ReadonlyMap<string, Described>>();

/** The name that faults and `locate` give a subject's source. */
export function sourceName(subject: string): string {
  return `stdlib/${subject}.gs`;
}

/** What `help use` adds: every subject in a line. */
export function subjectTable(): string {
  const widest = Math.max(...SUBJECTS.map(({ name }) => name.length));
  return SUBJECTS.map(({ name, about }) => `  ${name.padEnd(widest)}  ${about}\n`).join("");
}

/** The subject that has a word of this name, and what it says of it; undefined where there is no stdlib or no such word. */
export function shippedIn(vm: Vm, name: string): { readonly subject: Subject; readonly described: Described } | undefined {
  const folded = foldName(name);
  for (const subject of SUBJECTS) {
    const source = readSubject(vm, subject);
    const described = source && describedIn(source).get(folded);
    if (described !== undefined) return { subject, described };
  }
  return undefined;
}

export interface Described {
  /** First line of the definition. */
  readonly definition: string;
  /** Lines of the comment above it. */
  readonly comment: readonly string[];
}

/** What a source says of each word it defines, by folded name: its definition's first line and the comment above it. */
function describedIn(source: Uint8Array): ReadonlyMap<string, Described> {
  const known = pages.get(source);
  if (known !== undefined) return known;
  const described = new Map<string, Described>();
  let comment: string[] = [];
  for (const line of fromUtf8(source).split("\n").slice(1)) {
    const name = (/^: (\S+)/.exec(line) ?? /constant (\S+)$/.exec(line))?.[1];
    if (name !== undefined) described.set(foldName(name), { definition: line.trim().replace(/\s+/g, " "), comment });
    comment = line.startsWith("\\ ") ? [...comment, line.slice(2)] : [];
  }
  pages.set(source, described);
  return described;
}
