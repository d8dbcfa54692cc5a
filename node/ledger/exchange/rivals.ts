import { equalBytes } from "../../../lang/base/bytes.ts";
import type { BlockHeader } from "../block.ts";
import type { Chain } from "../chain.ts";
import type { BlockState } from "../executor.ts";

/**
 * When a branch turns up that is as heavy as ours, its makers should know of ours, so that somebody looks for the key
 * block that decides: their blocks came to us, but ours may never have gone to them. Tells the header of our newest key
 * block, once for each. The returned function ends it.
 */
export function tellRivals<S extends BlockState>(chain: Chain<S>, tell: (header: BlockHeader) => void): () => void {
  let told: Uint8Array = new Uint8Array(0);
  return chain.listen({
    connected: () => undefined, disconnected: () => undefined, moved: () => undefined,
    sided(side) {
      const { totalWork, keyBlockId } = chain.head();
      const header = chain.machine.store.entry(keyBlockId)?.header;
      if (header === undefined || side.totalWork !== totalWork || equalBytes(side.keyBlockId, keyBlockId) || equalBytes(told, keyBlockId)) return;
      told = keyBlockId;
      tell(header);
    },
  });
}
