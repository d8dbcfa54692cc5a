import { FaultError } from "../../lang/base/fault.ts";
import type { Entry } from "../../lang/dictionary.ts";
import type { ExecutedItem } from "../../lang/host.ts";
import type { Machine } from "../../lang/machine/machine.ts";
import { FIRST_USER_XT } from "../../lang/primitives/first-user-xt.ts";
import { primitiveName } from "../../lang/primitives/table.ts";
import { readCode } from "../../lang/program/read-code.ts";
import type { ThreadFault } from "../fault.ts";
import { mayBeCompiled, refusalOf } from "./recorder-rules.ts";

/** Kinds of words whose content can change; made before the recording they are no part of a package (R3). */
const MUTABLE: ReadonlySet<Entry["kind"]> = new Set(["create", "value", "value2", "defer", "marker"]);

/**
 * Says of each item, while its line runs, whether a package could hold it: so that a user learns in the
 * line itself, not at `ct`, that a word reaches data made before `bt` or waits for a person.
 */
export class LinkCheck {
  readonly #machine: Machine;
  readonly #firstRecorded: number;
  readonly #passed = new Set<number>();
  #wordCount = 0;

  constructor(machine: Machine, wordsBefore: number) {
    this.#machine = machine;
    this.#firstRecorded = FIRST_USER_XT + wordsBefore;
  }

  /** Faults: THREAD_MUTABLE_OUTSIDE, THREAD_NOT_COMMITTABLE. */
  check(item: ExecutedItem): void {
    // Tokens are given anew after a marker or a failed line took words away.
    if (this.#machine.wordCount < this.#wordCount) this.#passed.clear();
    this.#wordCount = this.#machine.wordCount;
    this.#check(item);
  }

  #check(item: ExecutedItem): void {
    if (item.kind === "literal") return;
    if (item.kind === "word") this.#word(item.xt);
    else if (item.by !== undefined) this.#word(item.by);
    for (const xt of item.refers ?? []) this.#word(xt);
  }

  #word(start: number): void {
    const seen = new Set<number>();
    const work = [start];
    for (let xt = work.pop(); xt !== undefined; xt = work.pop()) {
      if (xt < FIRST_USER_XT || seen.has(xt) || this.#passed.has(xt) || !this.#machine.vm.dictionary.has(xt)) continue;
      const entry = this.#machine.vm.entry(xt);
      if (MUTABLE.has(entry.kind) && xt < this.#firstRecorded) refuse({ code: "THREAD_MUTABLE_OUTSIDE", word: entry.name });
      if (entry.kind === "synonym") work.push(entry.data);
      if (entry.kind === "colon") work.push(...this.#reached(entry));
      seen.add(xt);
    }
    for (const xt of seen) this.#passed.add(xt);
  }

  #reached(entry: Entry): readonly number[] {
    const users: number[] = [];
    const code = readCode(this.#machine.vm, entry, (xt) => (xt < FIRST_USER_XT ? { code: xt } : { user: users.push(xt) - 1 }));
    for (const instruction of code) {
      if (instruction.op !== "word" && instruction.op !== "tick") continue;
      if ("code" in instruction.word && !mayBeCompiled(instruction.word.code)) {
        const why = refusalOf(instruction.word.code) ?? "a package has nobody to ask and no thread to steer";
        refuse({ code: "THREAD_NOT_COMMITTABLE", word: primitiveName(instruction.word.code), reason: `it stands in ${entry.name}, and ${why}` });
      }
    }
    return users;
  }
}

function refuse(fault: ThreadFault): never {
  throw new FaultError<ThreadFault>(fault);
}
