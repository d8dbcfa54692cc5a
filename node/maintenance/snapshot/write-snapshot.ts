import { toHex, utf8 } from "../../../lang/base/bytes.ts";
import { FaultError } from "../../../lang/base/fault.ts";
import { encodeRlp, type RlpItem } from "../../../lang/base/rlp.ts";
import { numberItem } from "../../../lang/base/rlp-fields.ts";
import { totalsAt } from "../../explorer/index-plan.ts";
import type { StoreFault } from "../../fault.ts";
import { encodeBlock, encodeResult } from "../../ledger/block-codec.ts";
import { keyBlockAt, type ChainEntry } from "../../ledger/chain-view.ts";
import { checkStored } from "../../ledger/check-stored.ts";
import { writeGenesis } from "../../ledger/genesis.ts";
import { encodeHeader } from "../../ledger/header-codec.ts";
import { addressOfDomainKey, currentDomainRange, currentEntryRange, partsOfEntryKey } from "../../state/state-keys.ts";
import { contentHashOf } from "../../state/records-codec.ts";
import { stateFloor } from "../../state/versioned.ts";
import type { Progress } from "../check-folder.ts";
import { createContainer, type ContainerWriter } from "../container.ts";
import { withFolder, type OpenFolder } from "../open-folder.ts";
import { aboutItem, HEADERS, ITEMS, SNAPSHOT, SNAPSHOT_LINE, windowStart } from "./format.ts";

export interface SnapshotReport {
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly work: bigint;
  readonly domains: number;
  readonly entries: number;
  readonly sizeBytes: number;
}

/** Writes the newest final state of a stopped node to `path`. Faults: STORE_*, KEY_*, LEDGER_*. */
export function writeSnapshot(folder: string, path: string, onProgress: (progress: Progress) => void = () => undefined): Promise<SnapshotReport> {
  return withFolder(folder, async (open) => writeSnapshotOf(finalKeyBlock(open), open, path, onProgress));
}

/** Writes the state after a key block of the main chain whose state can still be read. Faults: STORE_*. */
export async function writeSnapshotOf(base: ChainEntry, open: OpenFolder, path: string, onProgress: (progress: Progress) => void = () => undefined): Promise<SnapshotReport> {
  const writer = createContainer(path, SNAPSHOT_LINE);
  try {
    writeAbout(base, open, writer);
    writeHeaders(base, open, writer, onProgress);
    writeWindow(base, open, writer);
    const counts = await writeState(base, open, writer, onProgress);
    return { height: base.height, blockId: base.id, stateRoot: base.stateRoot, work: base.totalWork, ...counts, sizeBytes: writer.finish() };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** The newest key block that no reorganisation can drop any more; where the node itself began is one. */
function finalKeyBlock(open: OpenFolder): ChainEntry {
  const { head } = checkStored(open, open.marker.read());
  const baseHeight = open.store.baseHeight();
  const keyHeight = head.keyHeight - open.params.reorgKeyBlocks - 1n;
  const began = baseHeight === 0n ? undefined : entryAt(baseHeight, open);
  if (began !== undefined && keyHeight <= began.keyHeight) return began;
  if (keyHeight < 1n) throw fault({ code: "STORE_NOTHING_FINAL", keyBlocks: 1n - keyHeight });
  const base = keyBlockAt(keyHeight, head, open.store);
  if (base.height < stateFloor(open.disk)) throw open.store.damaged(`the state at height ${base.height}, which a reorganisation may need`);
  return base;
}

function writeAbout(base: ChainEntry, { genesis, disk, store }: OpenFolder, writer: ContainerWriter): void {
  const totals = totalsAt(disk, base.height);
  if (totals === undefined) throw store.damaged(`the sums at height ${base.height}`);
  writer.write(SNAPSHOT.about, encodeRlp(aboutItem({ genesis: utf8(writeGenesis(genesis)), entry: base, totals })));
}

function writeHeaders(base: ChainEntry, open: OpenFolder, writer: ContainerWriter, onProgress: (progress: Progress) => void): void {
  let headers: Uint8Array[] = [];
  for (let height = 1n; height <= base.height; height++) {
    const { header } = entryAt(height, open);
    if (header !== undefined) headers.push(encodeHeader(header));
    if (headers.length < HEADERS && height < base.height) continue;
    writer.write(SNAPSHOT.headers, encodeRlp(headers));
    headers = [];
    onProgress({ what: "blocks", done: Number(height), total: Number(base.height) });
  }
}

function writeWindow(base: ChainEntry, open: OpenFolder, writer: ContainerWriter): void {
  const { params, store } = open;
  const from = windowStart(base, params, store).height;
  const heights = (function* () {
    for (let height = from; height <= base.height; height++) yield height;
  })();
  const results: bigint[] = [];
  for (const height of heights) {
    const entry = entryAt(height, open);
    const block = entry.header?.kind === "key" ? store.block(entry) : undefined;
    if (block !== undefined && "evidence" in block && block.evidence.length > 0) writer.write(SNAPSHOT.evidence, encodeBlock(block));
    if (entry.header?.kind === "data") results.push(height);
  }
  for (const height of results) {
    const executed = store.executed(entryAt(height, open).id);
    if (executed === undefined) throw store.damaged(`results of block at height ${height}`);
    writer.write(SNAPSHOT.results, encodeRlp([numberItem(height), executed.results.map(encodeResult)]));
  }
}

/** Domains first, then what is in their tries, each content right behind the entries that name it. */
async function writeState(base: ChainEntry, open: OpenFolder, writer: ContainerWriter, onProgress: (progress: Progress) => void): Promise<{ readonly domains: number; readonly entries: number }> {
  const { disk, reader } = open;
  const domains = new Batch(SNAPSHOT.domains, writer);
  for await (const [key] of disk.entries(currentDomainRange({ least: new Uint8Array(20), greatest: new Uint8Array(20).fill(0xff) }))) {
    const record = reader.get(key, base.height);
    if (record !== undefined) domains.add([addressOfDomainKey(key), record]);
  }
  domains.flush();
  const entries = new Batch(SNAPSHOT.entries, writer);
  let named = new Map<string, Uint8Array>();
  const contents = (): void => {
    for (const hash of named.values()) writer.write(SNAPSHOT.content, contentOf(hash, open));
    named = new Map();
  };
  for await (const [key] of disk.entries(currentEntryRange())) {
    const record = reader.get(key, base.height);
    if (record === undefined) continue;
    const { address, trieKey } = partsOfEntryKey(key);
    const hash = contentHashOf(record);
    if (hash !== undefined) named.set(toHex(hash), hash);
    if (entries.add([address, trieKey, record])) contents();
    onProgress({ what: "records", done: entries.count, total: entries.count });
  }
  if (entries.flush()) contents();
  return { domains: domains.count, entries: entries.count };
}

function contentOf(hash: Uint8Array, { reader, store }: OpenFolder): Uint8Array {
  const bytes = reader.content(hash);
  if (bytes === undefined) throw store.damaged(`content ${toHex(hash)}`);
  return bytes;
}

class Batch {
  count = 0;
  readonly #type: number;
  readonly #writer: ContainerWriter;
  #items: RlpItem[] = [];

  constructor(type: number, writer: ContainerWriter) {
    this.#type = type;
    this.#writer = writer;
  }

  /** True when that filled a record, which is written. */
  add(item: RlpItem): boolean {
    this.#items.push(item);
    this.count++;
    return this.#items.length === ITEMS && this.flush();
  }

  /** True when there was something to write. */
  flush(): boolean {
    if (this.#items.length === 0) return false;
    this.#writer.write(this.#type, encodeRlp(this.#items));
    this.#items = [];
    return true;
  }
}

function entryAt(height: bigint, { store }: OpenFolder): ChainEntry {
  const id = store.idAt(height);
  const entry = id === undefined ? undefined : store.entry(id);
  if (entry === undefined) throw store.damaged(`the block at height ${height}`);
  return entry;
}

function fault(reason: StoreFault): FaultError<StoreFault> {
  return new FaultError<StoreFault>(reason);
}
