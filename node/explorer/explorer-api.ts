import type { ThreadApi } from "../api.ts";
import type {
  BlockRow, BlockView, ChainView, DifficultyView, DomainView, EvictedRow, HistoryRow, PackageFate, PackageRow, Page, PageRequest, ReplayDetail, ReplayView,
  PeersView, SearchPage, SearchRequest, SupplyView, WaitingRow, WhyView,
} from "./views.ts";

/**
 * What anybody may ask about the chain (G75). Reads only, and each call looks at a bounded part: lists come in pages.
 * Ids may be cut short as long as they stay unique. Faults: EXPLORER_*; STATE_BASE_PRUNED for a state that is not kept.
 */
export interface ExplorerApi {
  chain(): Promise<ChainView>;
  difficulty(): DifficultyView;
  supply(): SupplyView;
  /** The nodes that this one is linked to. */
  peers(): PeersView;
  blocks(page: PageRequest): Promise<Page<BlockRow>>;
  /** A block by height, id, or `head`; on any branch. */
  block(text: string): Promise<BlockView>;
  /** Packages of the main chain. */
  packages(page: PageRequest): Promise<Page<PackageRow>>;
  /** Packages of the pool, by domain and nonce. */
  waiting(page: PageRequest): Page<WaitingRow>;
  /** Packages that left the pool without a block, as far back as this node remembers. */
  evicted(page: PageRequest): Page<EvictedRow>;
  /** What became of a package. */
  package(text: string): Promise<PackageFate>;
  /** One file that shows that the package stands in a block and what came of it, to anybody who has the header (G74). */
  proveReceipt(packageId: Uint8Array): Uint8Array;
  history(domain: Uint8Array, page: PageRequest): Promise<Page<HistoryRow>>;
  domain(domain: Uint8Array): Promise<DomainView>;
  search(request: SearchRequest): Promise<SearchPage>;
  /** The package that last wrote what a path names to this thread. */
  why(thread: ThreadApi, path: string): Promise<WhyView>;
  /** Runs a package again on the state it found, line by line or also word by word. */
  replay(packageId: Uint8Array, detail?: ReplayDetail): Promise<ReplayView>;
  /** The domain that a text means: an address, a unique part of its beginning, `~`, a `@nick`, or a contact of who asks. */
  domainNamed(thread: ThreadApi, text: string): Promise<Uint8Array>;
}
