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
/** Blocks in use and given back that there may be: each is looked at when one is given back, and noted for each line. */
const MOST_BLOCKS = 1 << 16;
/** Blocks looked at for one ERG, as a power of two. */
const LOOK_SHIFT = 2;

/**
 * Hands out blocks of far space for ALLOCATE and for string literals. First fit among what was given
 * back, else at the end; neighbours given back are joined. The same calls give the same addresses.
 */
export class FarSpace {
  /** First address never handed out. */
  end: number = FAR;
  #used = new Map<number, number>();
  #free: Block[] = [];

  /** Blocks in use and given back. */
  get blocks(): number {
    return this.#used.size + this.#free.length;
  }

  /** ERG for finding a block, or the place of one given back, among those that were given back. */
  get searchErg(): number {
    return this.#free.length >> LOOK_SHIFT;
  }

  /** Address of a new block, or undefined when there is no room. */
  allocate(sizeBytes: number): number | undefined {
    if (this.blocks >= MOST_BLOCKS) return undefined;
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
    this.#giveBack({ address, size });
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

  /** Keeps the list in order of addresses; neighbours become one. */
  #giveBack({ address, size }: Block): void {
    const free = this.#free;
    let low = 0;
    let high = free.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((free[middle] as Block).address < address) low = middle + 1;
      else high = middle;
    }
    const before = free[low - 1];
    const after = free[low];
    const joinsBefore = before !== undefined && before.address + before.size === address;
    const joinsAfter = after !== undefined && address + size === after.address;
    const from = joinsBefore ? before.address : address;
    const end = joinsAfter ? after.address + after.size : address + size;
    free.splice(joinsBefore ? low - 1 : low, (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), { address: from, size: end - from });
  }
}
