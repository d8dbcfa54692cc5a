import { checkStored } from "../ledger/check-stored.ts";
import { withFolder, type OpenFolder } from "./open-folder.ts";

/** What `grid check` found sound. A folder that is not is refused with the fault that names it. */
export interface FolderReport {
  readonly preset: string;
  readonly chainId: Uint8Array;
  readonly files: number;
  readonly sizeBytes: number;
  readonly keys: readonly string[];
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly stateRoot: Uint8Array;
}

/** Where a long check is: `done` of `total` in units of `what`. */
export interface Progress {
  readonly what: "bytes" | "blocks" | "records";
  readonly done: number;
  readonly total: number;
}

/**
 * Looks at every file of a folder byte by byte, and at every header, receipt and place from the genesis to the
 * head: what a start checks of the newest blocks, of all. Nothing is executed. Faults: STORE_*, KEY_*, LEDGER_*.
 */
export function checkFolder(folder: string, onProgress: (progress: Progress) => void = () => undefined): Promise<FolderReport> {
  let files = 0;
  let sizeBytes = 0;
  return withFolder(folder, async (open) => {
    const { height, blockId, stateRoot } = checkHeaders(open, onProgress);
    return { preset: open.params.preset, chainId: open.chainId, files, sizeBytes, keys: open.keys, height, blockId, stateRoot };
  }, (file) => {
    files++;
    sizeBytes += file.sizeBytes;
    onProgress({ what: "bytes", done: sizeBytes, total: sizeBytes + file.leftBytes });
  });
}

/** Faults: STORE_DAMAGED. */
function checkHeaders(open: OpenFolder, onProgress: (progress: Progress) => void): { readonly height: bigint; readonly blockId: Uint8Array; readonly stateRoot: Uint8Array } {
  const { head } = checkStored(open, open.marker.read(), {
    whole: true,
    onBlock: (height, top) => onProgress({ what: "blocks", done: Number(height), total: Number(top) }),
  });
  return { height: head.height, blockId: head.id, stateRoot: head.stateRoot };
}
