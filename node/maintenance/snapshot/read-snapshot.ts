import { mkdirSync } from "node:fs";
import { equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { FaultError, isFaultError } from "../../../lang/base/fault.ts";
import { isUsablePublicKey, verifyEd25519 } from "../../crypto/ed25519.ts";
import { fastestScheme } from "../../crypto/sodium-scheme.ts";
import { placesIn, writeWhole } from "../../data-folder.ts";
import { NO_TOTALS } from "../../explorer/index-codec.ts";
import { putTotals } from "../../explorer/index-plan.ts";
import type { StoreFault } from "../../fault.ts";
import { planBase, planBlock, planChainId, planConnect } from "../../ledger/chain-plans.ts";
import { ChainStore } from "../../ledger/chain-store.ts";
import { genesisEntry, type ChainEntry } from "../../ledger/chain-view.ts";
import { chainIdOf, paramsOfGenesis, readGenesis, writeGenesis, type Genesis } from "../../ledger/genesis.ts";
import { genesisRootOf } from "../../ledger/genesis-root.ts";
import { encodeHeadMark, smallFile } from "../../ledger/head-marker.ts";
import type { Clock, Disk } from "../../ports.ts";
import { planFloor } from "../../state/version-plans.ts";
import { createStateReader } from "../../state/versioned.ts";
import { openDisk } from "../../store/level-disk.ts";
import type { Progress } from "../check-folder.ts";
import { readContainer, type ContainerRecord } from "../container.ts";
import { makeFolder } from "../new-folder.ts";
import { SNAPSHOT, SNAPSHOT_LINE } from "./format.ts";
import { HeaderChain, readAbout, Window, type About, type ChainParts } from "./read-chain.ts";
import { StateTaker } from "./read-state.ts";

/** Who says that the snapshot is of the right chain (R12): a block id from somebody trusted, or enough work. */
export interface Vouching {
  /** 32 bytes. */
  readonly checkpoint?: Uint8Array | undefined;
  readonly minWork?: bigint | undefined;
}
export interface SnapshotOptions extends Vouching {
  readonly clock: Clock;
  /** Must be the snapshot's, where the caller knows which chain it wants. */
  readonly genesis?: Genesis | undefined;
  readonly onProgress?: (progress: Progress) => void;
}
export interface TakenSnapshot {
  readonly chainId: Uint8Array;
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly work: bigint;
}

const CACHE_BYTES = 64 << 20;

/**
 * Makes the data folder of a node that begins with the snapshot in `path`: written beside, judged, then renamed.
 * Memory holds a record at a time. Faults: STORE_BAD_COPY, which names the lie, STORE_UNVOUCHED, STORE_OTHER_SNAPSHOT,
 * STORE_NOT_EMPTY, LEDGER_OTHER_GENESIS.
 */
export async function takeSnapshot(path: string, folder: string, options: SnapshotOptions): Promise<TakenSnapshot> {
  return makeFolder(folder, (draft) => takeInto(path, draft, options));
}

async function takeInto(path: string, draft: string, options: SnapshotOptions): Promise<TakenSnapshot> {
  const refuse = (reason: string): never => {
    throw fault({ code: "STORE_BAD_COPY", path, reason });
  };
  const records = new Records(readContainer(path, SNAPSHOT_LINE));
  try {
    const about = readAbout(records.only(SNAPSHOT.about) ?? refuse("it does not say of what it is a copy"));
    const genesis = readGenesis(about.genesis);
    refuseOther(genesis, options);
    const places = placesIn(draft);
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    writeWhole(places.genesis, writeGenesis(genesis));
    const disk = await openDisk(places.store);
    try {
      const base = await takeRecords(records, about, { genesis, disk, refuse, folder: places.store, options });
      await smallFile(places.head).write(encodeHeadMark({ height: base.height, blockId: base.id, checked: { height: base.height, blockId: base.id } }));
      return { chainId: chainIdOf(genesis), height: base.height, blockId: base.id, stateRoot: base.stateRoot, work: base.totalWork };
    } finally {
      await disk.close();
    }
  } catch (error) {
    // What the codecs refuse of a file is a lie of the file.
    if (isFaultError(error) && !/^STORE_|^LEDGER_(OTHER_)?GENESIS$/.test(error.fault.code)) return refuse("a record is not well-formed");
    throw error;
  } finally {
    records.close();
  }
}

interface Taking {
  readonly genesis: Genesis;
  readonly disk: Disk;
  readonly folder: string;
  readonly refuse: (reason: string) => never;
  readonly options: SnapshotOptions;
}

async function takeRecords(records: Records, about: About, taking: Taking): Promise<ChainEntry> {
  const { disk, refuse } = taking;
  const base = await takeChain(records, about, taking);
  const held = await takeState(records, base, taking);
  if (records.peek() !== undefined) refuse(`a record of type ${records.peek()} is out of place`);
  // Whatever was paid and neither spent on fees nor burnt is somebody's, and who burnt it has it in his record.
  const { paidUnits, feesUnits, burntUnits } = about.totals;
  if (burntUnits !== held.burntUnits || paidUnits - feesUnits - burntUnits !== held.balanceUnits) refuse("its sums do not fit the balances");
  await disk.batch([...planConnect(base, { epochFeesUnits: 0n, results: [] }), putTotals(base.height, about.totals), planFloor(base.height), planBase(base.height)], { sync: true });
  return base;
}

/** Headers, evidence and results; the key block that the snapshot is of. Nothing more is read unless somebody vouches for it. */
async function takeChain(records: Records, about: About, { genesis, disk, folder, refuse, options }: Taking): Promise<ChainEntry> {
  const params = paramsOfGenesis(genesis);
  const store = new ChainStore(disk, params, folder);
  const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => verifyEd25519(key, message, signature, fastestScheme);
  const parts: ChainParts = { disk, store, params, rule: { verify, isUsableKey: isUsablePublicKey, nowMs: options.clock.nowMs() }, refuse };
  const headers = new HeaderChain(await beginChain(genesis, disk), parts);
  for (const record of records.all(SNAPSHOT.headers)) {
    await headers.take(record);
    options.onProgress?.({ what: "blocks", done: Number(headers.tip().height), total: Number(about.height) });
  }
  const base = headers.tip();
  if (base.height !== about.height || !equalBytes(base.id, about.blockId) || base.header?.kind !== "key") refuse("its headers end with another block than it says");
  vouch(base, options);
  const window = new Window(base, about.totals, parts);
  for (const record of records.all(SNAPSHOT.evidence)) await window.takeEvidence(record);
  for (const record of records.all(SNAPSHOT.results)) await window.takeResults(record);
  await window.finish();
  return base;
}

/** The entry at height 0, and what the ledger asks of it. Its state is not kept. */
async function beginChain(genesis: Genesis, disk: Disk): Promise<ChainEntry> {
  const first = genesisEntry({ chainId: chainIdOf(genesis), timeMs: genesis.timeMs, stateRoot: genesisRootOf(genesis) });
  await disk.batch([
    planChainId(first.id), ...planBlock(first, undefined), ...planConnect(first, { epochFeesUnits: 0n, results: [] }),
    putTotals(0n, genesisTotals(genesis)),
  ], { sync: false });
  return first;
}

/** The sums of all balances in it, and of all that was burnt. */
async function takeState(records: Records, { height, stateRoot }: ChainEntry, { disk, folder, refuse }: Taking): Promise<Pick<StateTaker, "balanceUnits" | "burntUnits">> {
  const state = new StateTaker({ disk, reader: createStateReader(disk, { cacheBytes: CACHE_BYTES, folder }), height, stateRoot, refuse });
  for (const record of records.all(SNAPSHOT.domains)) await state.takeDomains(record);
  state.finishDomains();
  for (let next = records.peek(); next === SNAPSHOT.entries || next === SNAPSHOT.content; next = records.peek()) {
    const record = records.only(next) as Uint8Array;
    await (next === SNAPSHOT.entries ? state.takeEntries(record) : state.takeContent(record));
  }
  state.finish();
  return state;
}

function vouch({ height, id, totalWork }: ChainEntry, { checkpoint, minWork }: Vouching): void {
  const about = { height, blockId: toHex(id), work: totalWork };
  if (checkpoint === undefined && minWork === undefined) throw fault({ code: "STORE_UNVOUCHED", ...about });
  const isOther = (checkpoint !== undefined && !equalBytes(checkpoint, id)) || (minWork !== undefined && totalWork < minWork);
  if (isOther) throw fault({ code: "STORE_OTHER_SNAPSHOT", ...about });
}

function refuseOther(genesis: Genesis, { genesis: wanted }: SnapshotOptions): void {
  if (wanted === undefined || equalBytes(chainIdOf(genesis), chainIdOf(wanted))) return;
  throw new FaultError({ code: "LEDGER_OTHER_GENESIS", found: toHex(chainIdOf(genesis)), wanted: toHex(chainIdOf(wanted)) });
}

function genesisTotals({ allocations }: Genesis): typeof NO_TOTALS {
  return { ...NO_TOTALS, paidUnits: allocations.reduce((sum, { units }) => sum + units, 0n) };
}

/** The records of a container with a look at the next. */
class Records {
  readonly #records: Generator<ContainerRecord>;
  #next: IteratorResult<ContainerRecord>;

  constructor(records: Generator<ContainerRecord>) {
    this.#records = records;
    this.#next = records.next();
  }

  /** Type of the next record; undefined at the end. */
  peek(): number | undefined {
    return this.#next.done === true ? undefined : this.#next.value.type;
  }

  /** The next record, if it is of this type. */
  only(type: number): Uint8Array | undefined {
    if (this.#next.done === true || this.#next.value.type !== type) return undefined;
    const { data } = this.#next.value;
    this.#next = this.#records.next();
    return data;
  }

  *all(type: number): Generator<Uint8Array> {
    for (let data = this.only(type); data !== undefined; data = this.only(type)) yield data;
  }

  close(): void {
    this.#records.return(undefined);
  }
}

function fault(reason: StoreFault): FaultError<StoreFault> {
  return new FaultError<StoreFault>(reason);
}
