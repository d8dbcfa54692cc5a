import { toHex } from "../../../lang/base/bytes.ts";
import { headerId } from "../header-codec.ts";
import type { Block } from "../block.ts";

export interface Orphan {
  readonly block: Block;
  readonly peer: string;
  readonly sizeBytes: number;
}

/** Bounds of what strangers may make us keep without knowing its parent; a header kept by itself is some 500 bytes. */
export interface OrphanLimits {
  readonly blocks: number;
  readonly sizeBytes: number;
  readonly headers: number;
}
const ORPHAN_LIMITS: OrphanLimits = { blocks: 512, sizeBytes: 64 << 20, headers: 8_192 };

/** What is left of a block when there is no room for it. */
interface Link {
  readonly parent: string;
  readonly kind: "key" | "data";
}

/**
 * Blocks whose parent has not come yet, by that parent. When there are too many the oldest are dropped, but for what
 * their headers say of where they stand: so it is known that a key block needs the blocks below it, however many bytes
 * those have, and they are asked for again, in order.
 */
export class Orphans {
  readonly #limits: OrphanLimits;
  readonly #blocks = new Map<string, Orphan>();
  /** Of all in `#blocks`, and of older ones. */
  readonly #links = new Map<string, Link>();
  readonly #byParent = new Map<string, Set<string>>();
  #sizeBytes = 0;

  constructor(limits: OrphanLimits = ORPHAN_LIMITS) {
    this.#limits = limits;
  }

  add(block: Block, sizeBytes: number, peer: string): void {
    const id = toHex(headerId(block.header));
    if (this.#blocks.has(id)) return;
    this.#link(id, { parent: toHex(block.header.parentId), kind: block.header.kind });
    if (sizeBytes > this.#limits.sizeBytes) return;
    this.#blocks.set(id, { block, peer, sizeBytes });
    this.#sizeBytes += sizeBytes;
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#limits.blocks && this.#sizeBytes <= this.#limits.sizeBytes) break;
      this.#drop(oldest);
    }
  }

  /** Whether the whole block is here. */
  has(id: Uint8Array): boolean {
    return this.#blocks.has(toHex(id));
  }

  /** The blocks that waited for this one; they wait no more. Those that were dropped are to be asked for again. */
  takeChildren(parentId: Uint8Array): Orphan[] {
    const ids = [...(this.#byParent.get(toHex(parentId)) ?? [])];
    return ids.flatMap((id) => {
      this.#unlink(id);
      return this.#drop(id) ?? [];
    });
  }

  /** Whether work stands on a block: a key block waits for it, or for a data block that waits for it. */
  hasKeyBlockOn(parentId: Uint8Array): boolean {
    const parents = [toHex(parentId)];
    for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
      for (const id of this.#byParent.get(parent) ?? []) {
        if (this.#links.get(id)?.kind === "key") return true;
        parents.push(id);
      }
    }
    return false;
  }

  /** The block below this one that is missing, as far down as is known. In hex. */
  missingBelow(id: Uint8Array): string {
    let at = toHex(id);
    for (let link = this.#links.get(at); link !== undefined; link = this.#links.get(at)) at = link.parent;
    return at;
  }

  /** As the newest of the links. */
  #link(id: string, link: Link): void {
    this.#links.delete(id);
    this.#links.set(id, link);
    this.#byParent.set(link.parent, (this.#byParent.get(link.parent) ?? new Set()).add(id));
    const [oldest] = this.#links.keys();
    if (this.#links.size <= this.#limits.headers || oldest === undefined) return;
    this.#unlink(oldest);
    this.#drop(oldest);
  }

  #unlink(id: string): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    this.#links.delete(id);
    const siblings = this.#byParent.get(link.parent);
    siblings?.delete(id);
    if (siblings?.size === 0) this.#byParent.delete(link.parent);
  }

  #drop(id: string): Orphan | undefined {
    const orphan = this.#blocks.get(id);
    if (orphan === undefined) return undefined;
    this.#blocks.delete(id);
    this.#sizeBytes -= orphan.sizeBytes;
    return orphan;
  }
}
