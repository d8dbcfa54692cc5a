import { fromHex, toHex } from "../../lang/base/bytes.ts";
import type { NodeApi, Receipt } from "../../node/api.ts";

/** Packages of one session that are looked after; older ones are almost certainly final. */
const MOST = 16;

/**
 * What a session committed and was told to be in a block. Until that block is final another branch may take its place
 * (R11): then the package waits again, or stands in another block, and whoever signed it should hear of that.
 */
export class Committed {
  /** By package id in hex: the block that was told last; undefined when it was told that there is none any more. */
  readonly #told = new Map<string, string | undefined>();

  /** The receipt was shown. */
  note({ packageId, blockId }: Receipt): void {
    this.#told.set(toHex(packageId), toHex(blockId));
    if (this.#told.size > MOST) this.#told.delete(this.#told.keys().next().value ?? "");
  }

  /** A line for each package of which something else is true than was told. */
  news(node: Pick<NodeApi, "receipt">): string {
    return [...this.#told].map(([id, told]) => this.#newsOf(id, told, node)).join("");
  }

  #newsOf(id: string, told: string | undefined, node: Pick<NodeApi, "receipt">): string {
    const found = node.receipt(fromHex(id) ?? new Uint8Array(32));
    const block = found && toHex(found.receipt.blockId);
    if (found?.stage === "final") this.#told.delete(id);
    else this.#told.set(id, block);
    if (block === told) return "";
    if (found === undefined) return `package ${id}: its block gave way to another branch; receipt ${id.slice(0, 12)} says what becomes of it\n`;
    return `package ${id} is in block ${found.receipt.height} now: ${found.receipt.outcome.kind.replaceAll("-", " ")}\n`;
  }
}
