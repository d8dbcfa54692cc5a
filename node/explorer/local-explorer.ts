import { toHex } from "../../lang/base/bytes.ts";
import type { ThreadApi } from "../api.ts";
import type { Receipts } from "../ledger/receipts.ts";
import type { RealmState } from "../ledger/realm-states.ts";
import { SerialQueue } from "../ledger/serial-queue.ts";
import type { JobPool } from "../machines/pool.ts";
import { looksLikeAddress } from "../state/address.ts";
import { resolveRecipient } from "../state/contacts.ts";
import { ROOT_PATH } from "../state/entry-keys.ts";
import { parsePath, type PathContext, type Place } from "../state/paths.ts";
import { Realm } from "../state/realm.ts";
import { blockPage, blockView } from "./blocks.ts";
import { domainView } from "./domains.ts";
import type { ExplorerApi } from "./explorer-api.ts";
import { chainView, difficultyView, supplyView } from "./figures.ts";
import { historyPage } from "./history.ts";
import { findDomain } from "./ids.ts";
import { evictedPage, packageFate, packagePage, waitingPage } from "./packages.ts";
import { explorerFault, lowestKept, type ExplorerParts } from "./parts.ts";
import { RecentBlocks } from "./recent-blocks.ts";
import { receiptProofFile } from "./receipt-proof.ts";
import { replayView } from "./replay.ts";
import { searchPage } from "./search.ts";
import type {
  BlockRow, BlockView, ChainView, DifficultyView, DomainView, EvictedRow, HistoryRow, PackageFate, PackageRow, Page, PageRequest, ReplayDetail, ReplayView,
  PeersView, SearchPage, SearchRequest, SupplyView, WaitingRow, WhyView,
} from "./views.ts";
import { whyView } from "./why.ts";

export interface LocalExplorerParts extends Omit<ExplorerParts, "blocks"> {
  readonly receipts: Receipts<RealmState>;
  readonly workers: JobPool;
  readonly peers: () => PeersView;
  /** Whose `~` a thread's is. */
  readonly homeOf: (thread: ThreadApi) => Uint8Array;
}

/** The explorer over the node's own store. */
export class LocalExplorer implements ExplorerApi {
  readonly #parts: LocalExplorerParts & ExplorerParts;
  /** One call that reads much at a time: however many ask, the node goes on. */
  readonly #queue = new SerialQueue();

  constructor(parts: LocalExplorerParts) {
    this.#parts = { ...parts, blocks: new RecentBlocks(parts.chain.machine.store, parts.disk) };
  }

  chain(): Promise<ChainView> {
    return chainView(this.#parts);
  }

  difficulty(): DifficultyView {
    return difficultyView(this.#parts);
  }

  supply(): SupplyView {
    return supplyView(this.#parts);
  }

  peers(): PeersView {
    return this.#parts.peers();
  }

  blocks(page: PageRequest): Promise<Page<BlockRow>> {
    return this.#queue.run(async () => this.#withEnd(await blockPage(this.#parts, page)));
  }

  block(text: string): Promise<BlockView> {
    return this.#queue.run(() => blockView(this.#parts, text));
  }

  packages(page: PageRequest): Promise<Page<PackageRow>> {
    return this.#queue.run(async () => this.#withEnd(await packagePage(this.#parts, page)));
  }

  waiting(page: PageRequest): Page<WaitingRow> {
    return waitingPage(this.#parts, page);
  }

  evicted(page: PageRequest): Page<EvictedRow> {
    return evictedPage(this.#parts, page);
  }

  package(text: string): Promise<PackageFate> {
    return this.#queue.run(() => packageFate(this.#parts, text));
  }

  proveReceipt(packageId: Uint8Array): Uint8Array {
    const proof = this.#parts.receipts.prove(packageId);
    if (proof === undefined) throw explorerFault({ code: "EXPLORER_NO_RECEIPT", packageId: toHex(packageId), reason: "no block has it" });
    return receiptProofFile(this.#parts.chain.machine.store, proof);
  }

  history(domain: Uint8Array, page: PageRequest): Promise<Page<HistoryRow>> {
    return this.#queue.run(async () => this.#withEnd(await historyPage(this.#parts, domain, page)));
  }

  domain(domain: Uint8Array): Promise<DomainView> {
    return this.#queue.run(() => domainView(this.#parts, domain));
  }

  search(request: SearchRequest): Promise<SearchPage> {
    return this.#queue.run(async () => this.#withEnd(await searchPage(this.#parts, request)));
  }

  async why(thread: ThreadApi, path: string): Promise<WhyView> {
    return whyView(this.#parts, this.#place(thread, path), this.#parts.homeOf(thread));
  }

  replay(packageId: Uint8Array, detail: ReplayDetail = "lines"): Promise<ReplayView> {
    return replayView(this.#parts, this.#parts.workers, { packageId, detail });
  }

  async domainNamed(thread: ThreadApi, text: string): Promise<Uint8Array> {
    if (looksLikeAddress(text)) return findDomain(this.#parts, text);
    const realm = Realm.at(this.#parts.reader, this.#parts.chain.head());
    const meter = { charge: () => undefined, ergLeft: Number.MAX_SAFE_INTEGER };
    return resolveRecipient({ realm, paths: this.#paths(thread), meter, askHeight: () => realm.base.height }, text);
  }

  /** A list that ends where a snapshot began says so: it is not all there was. */
  #withEnd<Any extends Omit<Page<unknown>, "rows">>(page: Any): Any {
    const keptFrom = page.next === undefined ? lowestKept(this.#parts) : 0n;
    return keptFrom > 0n ? { ...page, keptFrom } : page;
  }

  #place(thread: ThreadApi, path: string): Place {
    return parsePath(path, this.#paths(thread));
  }

  #paths(thread: ThreadApi): PathContext {
    const home = this.#parts.homeOf(thread);
    const root = { home, directory: { domain: home, path: ROOT_PATH } };
    return { home, directory: parsePath(thread.status().directory, root) };
  }
}
