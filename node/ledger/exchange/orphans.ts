import { toHex } from "../../../lang/base/bytes.ts";
import { headerId } from "../header-codec.ts";
import type { Block } from "../block.ts";

export interface Orphan {
  readonly id: string;
  readonly block: Block;
  readonly peer: string;
  readonly sizeBytes: number;
}

/** Bounds of what strangers may make us keep without knowing its parent. */
export interface OrphanLimits {
  readonly blocks: number;
  readonly sizeBytes: number;
}
const ORPHAN_LIMITS: OrphanLimits = { blocks: 512, sizeBytes: 64 << 20 };

/** Blocks whose parent has not come yet, by that parent; the oldest go when there are too many. */
export class Orphans {
  readonly #limits: OrphanLimits;
  readonly #byId = new Map<string, Orphan & { readonly parent: string }>();
  readonly #byParent = new Map<string, Set<string>>();
  #sizeBytes = 0;

  constructor(limits: OrphanLimits = ORPHAN_LIMITS) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#byId.size;
  }

  add(block: Block, sizeBytes: number, peer: string): void {
    const id = toHex(headerId(block.header));
    if (this.#byId.has(id) || sizeBytes > this.#limits.sizeBytes) return;
    const parent = toHex(block.header.parentId);
    this.#byId.set(id, { id, block, peer, sizeBytes, parent });
    this.#sizeBytes += sizeBytes;
    const siblings = this.#byParent.get(parent);
    if (siblings === undefined) this.#byParent.set(parent, new Set([id]));
    else siblings.add(id);
    for (const oldest of this.#byId.keys()) {
      if (this.#byId.size <= this.#limits.blocks && this.#sizeBytes <= this.#limits.sizeBytes) return;
      this.#remove(oldest);
    }
  }

  has(id: Uint8Array): boolean {
    return this.#byId.has(toHex(id));
  }

  /** The blocks that waited for this one; they wait no more. */
  takeChildren(parentId: Uint8Array): Orphan[] {
    const ids = [...(this.#byParent.get(toHex(parentId)) ?? [])];
    return ids.flatMap((id) => this.#remove(id) ?? []);
  }

  /** Whether work stands on a block: a key block waits for it, or for a data block that waits for it. */
  hasKeyBlockOn(parentId: Uint8Array): boolean {
    const parents = [toHex(parentId)];
    for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
      for (const id of this.#byParent.get(parent) ?? []) {
        if (this.#byId.get(id)?.block.header.kind === "key") return true;
        parents.push(id);
      }
    }
    return false;
  }

  #remove(id: string): Orphan | undefined {
    const orphan = this.#byId.get(id);
    if (orphan === undefined) return undefined;
    this.#byId.delete(id);
    this.#sizeBytes -= orphan.sizeBytes;
    const siblings = this.#byParent.get(orphan.parent);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#byParent.delete(orphan.parent);
    return orphan;
  }
}
