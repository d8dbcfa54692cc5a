import { LIMITS } from "../limits.ts";
import { FAR } from "./layout.ts";

interface Block {
  readonly address: number;
  readonly size: number;
}

/** What to put back when a line fails. */
export interface FarState {
  readonly end: number;
  readonly used: readonly (readonly [number, number])[];
  readonly free: readonly Block[];
}

const GRAIN = 16;

/**
 * Hands out blocks of far space for ALLOCATE and for string literals. First fit among what was given
 * back, else at the end; neighbours given back are joined. The same calls give the same addresses.
 */
export class FarSpace {
  /** First address never handed out. */
  end: number = FAR;
  #used = new Map<number, number>();
  #free: Block[] = [];

  /** Address of a new block, or undefined when there is no room. */
  allocate(sizeBytes: number): number | undefined {
    const size = Math.max(GRAIN, Math.ceil(sizeBytes / GRAIN) * GRAIN);
    const index = this.#free.findIndex((block) => block.size >= size);
    if (index >= 0) return this.#takeFree(index, size);
    if (this.end + size > FAR + LIMITS.farSpace) return undefined;
    const address = this.end;
    this.end += size;
    this.#used.set(address, size);
    return address;
  }

  /** Like `allocate`, for what lives as long as its definition; `release` does not know it. */
  reserve(sizeBytes: number): number | undefined {
    const address = this.allocate(sizeBytes);
    if (address !== undefined) this.#used.delete(address);
    return address;
  }

  /** Gives a block back; false if `address` is not one. */
  release(address: number): boolean {
    const size = this.#used.get(address);
    if (size === undefined) return false;
    this.#used.delete(address);
    this.#free.push({ address, size });
    this.#free.sort((a, b) => a.address - b.address);
    this.#join();
    return true;
  }

  /** Size in bytes that the block can hold; undefined if `address` is not one. */
  sizeOf(address: number): number | undefined {
    return this.#used.get(address);
  }

  save(): FarState {
    return { end: this.end, used: [...this.#used], free: [...this.#free] };
  }

  restore(state: FarState): void {
    this.end = state.end;
    this.#used = new Map(state.used);
    this.#free = [...state.free];
  }

  #takeFree(index: number, size: number): number {
    const block = this.#free[index] as Block;
    if (block.size === size) this.#free.splice(index, 1);
    else this.#free[index] = { address: block.address + size, size: block.size - size };
    this.#used.set(block.address, size);
    return block.address;
  }

  #join(): void {
    const joined: Block[] = [];
    for (const block of this.#free) {
      const last = joined.at(-1);
      if (last !== undefined && last.address + last.size === block.address) joined[joined.length - 1] = { address: last.address, size: last.size + block.size };
      else joined.push(block);
    }
    this.#free = joined;
  }
}
