import { decompileEntries } from "../../lang/program/decompile.ts";
import { decodeProgram } from "../../lang/program/program.ts";
import type { LedgerParams } from "../ledger/params.ts";
import type { ReplayJob, ReplayReply } from "../machines/jobs.ts";
import { unpackList } from "../machines/packed.ts";
import type { SignedPackage } from "../package/body.ts";
import { decodeSignedPackage } from "../package/body-codec.ts";
import { effectOf } from "../package/effect-of.ts";
import { executePackage, intrinsicErg, type CodeWatch } from "../package/execute.ts";
import type { DomainPatch, Layer } from "../state/layers.ts";
import { addSacrifice } from "../state/sacrifice.ts";
import { nestedRealm } from "../state/nested-realm.ts";
import { changesOf } from "../state/realm-changes.ts";
import { Realm } from "../state/realm.ts";
import type { StateReader } from "../state/versioned.ts";
import { deedSentences } from "./packages.ts";
import type { ReplayStep, ReplayWord } from "./views.ts";

/** Lines and words told of one package; a longer one runs on untold. */
const MOST_STEPS = 1_000;
const MOST_WORDS = 5_000;
/** Entries of the stack told after a word, from the top. */
const WORD_STACK = 8;

/** Runs the packages of a block up to the last given, and tells that one line by line. Faults: STATE_BASE_PRUNED. */
export function replayJob({ base, packages, context, detail }: ReplayJob, { reader, params }: { readonly reader: StateReader; readonly params: LedgerParams }): ReplayReply {
  const realm = Realm.at(reader, base);
  const all = unpackList(packages);
  for (const bytes of all.slice(0, -1)) executePackage(decodeSignedPackage(bytes), bytes.length, context, params, realm);
  const bytes = all[all.length - 1] as Uint8Array;
  const signed = decodeSignedPackage(bytes);
  const teller = new Teller(signed);
  const watch = detail === "words" ? teller : { onEntry: teller.onEntry };
  const { verdict } = executePackage(signed, bytes.length, context, params, realm, watch);
  const fault = verdict.kind === "executed" ? ("faultCode" in verdict.result.outcome ? verdict.result.outcome.faultCode : outOfErg(verdict.result.outcome.kind)) : undefined;
  if (fault !== undefined) teller.ended(fault);
  return { verdict, intrinsicErg: intrinsicErg(signed.body, bytes.length), steps: teller.steps, isCut: teller.isCut };
}

function outOfErg(outcome: string): string | undefined {
  return outcome === "out-of-erg" ? "LANG_OUT_OF_ERG" : undefined;
}

/** Makes steps of what is watched. */
class Teller implements CodeWatch {
  readonly steps: ReplayStep[] = [];
  isCut = false;
  readonly #sources: readonly (readonly string[])[];
  readonly #domain: Uint8Array;
  #before: Realm | undefined;
  #next = { section: 0, entry: 0 };
  #ergUsed = 0n;
  #words: ReplayWord[] = [];
  #wordCount = 0;

  constructor({ body }: SignedPackage) {
    this.#sources = body.sections.map(({ bytes }) => decompileEntries(decodeProgram(bytes)));
    this.#domain = body.domain;
  }

  readonly onWord = ({ word, depth, stack }: ReplayWord): void => {
    this.isCut ||= this.#wordCount >= MOST_WORDS;
    if (this.isCut) return;
    this.#wordCount++;
    this.#words.push({ word, depth, stack: stack.slice(-WORD_STACK) });
  };

  readonly onEntry: CodeWatch["onEntry"] = ({ section, entry, stack, ergUsed, realm }) => {
    this.#next = { section, entry: entry + 1 };
    const source = this.#sources[section]?.[entry] ?? "";
    if (source === "") return;
    this.isCut ||= this.steps.length >= MOST_STEPS;
    if (this.isCut) return;
    this.#ergUsed = BigInt(ergUsed);
    this.steps.push({ section: section + 1, source, stack, ergUsed: this.#ergUsed, changes: this.#changes(realm), ...this.#takeWords() });
    this.#before = realm.fork();
  };

  /** The package ended by a fault, in the entry after the last that was told of. */
  ended(faultCode: string): void {
    const { section, entry } = this.#next;
    // The last entry of a section may be followed by the first of the next.
    const [at, from] = entry < (this.#sources[section]?.length ?? 0) ? [section, entry] : [section + 1, 0];
    const source = (this.#sources[at] ?? []).slice(from).find((piece) => piece !== "");
    if (source !== undefined && !this.isCut) this.steps.push({ section: at + 1, source, stack: [], ergUsed: this.#ergUsed, changes: [], faultCode, ...this.#takeWords() });
  }

  /** A line that is one word says all about it itself. */
  #takeWords(): Pick<ReplayStep, "words"> {
    const words = this.#words;
    this.#words = [];
    return words.length < 2 ? {} : { words };
  }

  /** What the realm holds now and did not before this line. */
  #changes(realm: Realm): readonly string[] {
    const before = this.#before;
    if (before === undefined) return realm.isClean ? [] : this.#sentences(realm);
    if (before.chain() === realm.chain()) return [];
    const line = nestedRealm(before);
    line.add(since(before.pending(), realm.pending()));
    return this.#sentences(line);
  }

  #sentences(realm: Realm): readonly string[] {
    const effect = effectOf(changesOf(realm), { signerDomain: this.#domain, calls: [] });
    const { paths, balances, rights, stored, keys, sacrifices } = effect;
    return paths.length + balances.length + rights.length + stored.length + keys.length + sacrifices.length === 0 ? [] : deedSentences(effect);
  }
}

/** The later layer over the earlier one: balances are kept as differences, so what the earlier holds is taken off. */
function since(earlier: Layer, later: Layer): Layer {
  const { directories, stored, contents, count, contentBytes } = later;
  const domains = new Map([...later.domains].map(([address, patch]) => [address, patchSince(earlier.domains.get(address), patch)] as const));
  return { domains, directories, stored, contents, count, contentBytes };
}

function patchSince(earlier: DomainPatch | undefined, later: DomainPatch): DomainPatch {
  if (earlier === undefined) return later;
  const deltaUnits = later.deltaUnits - earlier.deltaUnits;
  if (later.sacrifice === undefined || earlier.sacrifice === undefined) return { ...later, deltaUnits };
  const { burntUnits, usedUnits } = earlier.sacrifice;
  return { ...later, deltaUnits, sacrifice: addSacrifice(later.sacrifice, { burntUnits: -burntUnits, usedUnits: -usedUnits }) };
}
