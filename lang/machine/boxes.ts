import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import { LIMITS } from "../limits.ts";
import { TAG, type BoxedValue, type Tag } from "../value.ts";

/** The tag that linear memory holds for a value. */
export function tagOf(value: { readonly kind: keyof typeof TAG }): Tag {
  return TAG[value.kind];
}

/** Bytes a boxed value is counted as: what it holds and what holding it costs. */
function boxedSize(value: BoxedValue): number {
  switch (value.kind) {
    case "text":
      return 48 + value.value.length * 2;
    case "bytes":
      return 48 + value.value.length;
    case "integer":
      return 48 + (value.value.toString(16).length >> 1);
    case "decimal":
      return 56 + (value.coefficient.toString(16).length >> 1);
  }
}

/**
 * The boxed values of one machine behind small handles. A slot of a stack holds the handle, its tag
 * the kind. Values are immutable, so copying an entry copies its handle; what no slot names any more
 * is found by marking from the roots the machine passes in.
 */
export class Boxes {
  #values: (BoxedValue | undefined)[] = [];
  #free: number[] = [];
  #bytes = 0;
  #collectAt = LIMITS.boxedBytes / 8;
  readonly #markRoots: (mark: (handle: number) => void) => void;

  constructor(markRoots: (mark: (handle: number) => void) => void) {
    this.#markRoots = markRoots;
  }

  /** Takes in a value. Collects first when much was taken in since. Faults: LANG_MEMORY_FULL. */
  add(value: BoxedValue): number {
    const size = boxedSize(value);
    if (this.#bytes + size > this.#collectAt) this.collect(size);
    this.#bytes += size;
    const handle = this.#free.pop() ?? this.#values.length;
    this.#values[handle] = value;
    return handle;
  }

  get(handle: number): BoxedValue {
    const value = this.#values[handle];
    if (value === undefined) throw new Error(`box ${handle} was freed`);
    return value;
  }

  /** By handle; free ones are undefined. */
  get all(): readonly (BoxedValue | undefined)[] {
    return this.#values;
  }

  /** Takes the place of what was there, handle by handle. */
  restore(values: readonly (BoxedValue | undefined)[]): void {
    this.#values = [...values];
    this.#free = [];
    this.#bytes = 0;
    this.#values.forEach((value, handle) => {
      if (value === undefined) this.#free.push(handle);
      else this.#bytes += boxedSize(value);
    });
  }

  /** Bytes that values count for, those included that nobody names since the last collection. */
  get sizeBytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#values.length - this.#free.length;
  }

  /** Forgets what no root names; `extra` bytes are about to be taken in. */
  collect(extra = 0): void {
    const live = new Uint8Array(this.#values.length);
    this.#markRoots((handle) => (live[handle] = 1));
    this.#free = [];
    this.#bytes = 0;
    for (let handle = this.#values.length - 1; handle >= 0; handle -= 1) {
      const value = this.#values[handle];
      if (live[handle] === 1 && value !== undefined) this.#bytes += boxedSize(value);
      else {
        this.#values[handle] = undefined;
        this.#free.push(handle);
      }
    }
    if (this.#bytes + extra > LIMITS.boxedBytes) {
      throw new FaultError<LangFault>({ code: "LANG_MEMORY_FULL", limitBytes: LIMITS.boxedBytes });
    }
    this.#collectAt = Math.min(LIMITS.boxedBytes, Math.max(LIMITS.boxedBytes / 8, this.#bytes * 2));
  }

  /** Between lines: gives memory back when there is something to give. */
  tidy(): void {
    if (this.count > 64) this.collect();
  }
}
