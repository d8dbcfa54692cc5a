import { FaultError } from "../../../lang/base/fault.ts";
import type { Host, HostMark } from "../../../lang/host.ts";
import type { HostWordName } from "../../../lang/primitives/host-words.ts";
import { HOST_WORDS } from "../../../lang/primitives/host-words.ts";
import type { HostWordSpec } from "../../../lang/primitives/spec.ts";
import type { Value, ValueKind } from "../../../lang/value.ts";

const SPECS = new Map((HOST_WORDS as readonly HostWordSpec[]).map((spec) => [spec.word, spec]));

/** A host that answers anything its rows allow, and sometimes refuses. */
export class FuzzHost implements Host {
  readonly #random: (most: number) => number;
  #marks = 0;

  constructor(random: (most: number) => number) {
    this.#random = random;
  }

  call(word: HostWordName): readonly Value[] {
    if (this.#random(4) === 0) throw new FaultError({ code: "STATE_NO_SUCH_PATH", path: "nowhere" });
    return (SPECS.get(word)?.gives ?? []).map((kind) => this.#value(kind));
  }

  write(): void {
    // Nobody looks.
  }

  mark(): HostMark {
    return this.#marks++ as HostMark;
  }

  rollback(mark: HostMark): void {
    this.#marks = mark;
  }

  release(mark: HostMark): void {
    this.#marks = mark;
  }

  #value(kind: ValueKind | "any"): Value {
    switch (kind) {
      case "any":
      case "cell":
        return { kind: "cell", value: BigInt(this.#random(3)) };
      case "integer":
        return { kind, value: 1n << 80n };
      case "decimal":
        return { kind, coefficient: 15n, scale: 1 };
      case "text":
        return { kind, value: "1 throw" };
      case "bytes":
        return { kind, value: Uint8Array.from({ length: this.#random(40) }, () => this.#random(256)) };
    }
  }
}
