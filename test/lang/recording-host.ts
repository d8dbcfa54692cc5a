import type { Host, HostMark } from "../../lang/host.ts";
import type { HostWordName } from "../../lang/primitives/host-words.ts";
import type { Value } from "../../lang/value.ts";

/** A host that notes calls and output, and rolls its notes back like a realm. */
export class RecordingHost implements Host {
  output = "";
  calls: { readonly word: HostWordName; readonly args: readonly Value[] }[] = [];
  #marks: number[] = [];

  call(word: HostWordName, args: readonly Value[]): readonly Value[] {
    this.calls.push({ word, args });
    return [];
  }

  write(bytes: Uint8Array): void {
    this.output += Buffer.from(bytes).toString("utf8");
  }

  mark(): HostMark {
    this.#marks.push(this.calls.length);
    return (this.#marks.length - 1) as HostMark;
  }

  rollback(mark: HostMark): void {
    this.calls.length = this.#marks[mark] as number;
    this.#marks.length = mark;
  }

  release(mark: HostMark): void {
    this.#marks.length = mark;
  }

  /** Calls as one line each. */
  get log(): string[] {
    return this.calls.map(({ word, args }) => [...args.map((arg) => ("value" in arg ? String(arg.value) : String(arg.coefficient))), word].join(" "));
  }
}
