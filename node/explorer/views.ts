import type { ReceiptStage } from "../api.ts";
import type { PackageResult, Receipt } from "../ledger/block.ts";
import type { EvictionReason } from "../ledger/evictions.ts";
import type { PresetName } from "../ledger/params.ts";
import type { Sacrifice } from "../state/sacrifice.ts";
import type { Role } from "./block-trace.ts";

/**
 * What the explorer tells, as plain data: `--json` prints these with the same names. Ids, keys and roots are
 * bytes; domains are 20 bytes; amounts are base units; heights and times (milliseconds) are bigints.
 */

/** Which part of a list. `from` is what `next` of the page before said; without it the newest. */
export interface PageRequest {
  readonly from?: string;
  readonly count?: number;
}
/** Rows newest first. `next` is there when more may follow, and means the same however many blocks come. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: string;
  /** On the last page of a node without its oldest blocks: they begin at this height, what was before is in no list. */
  readonly keptFrom?: bigint;
}

/** A line of `blocks`. */
export interface BlockRow {
  readonly kind: "genesis" | "key" | "data";
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly timeMs: bigint;
  readonly packages: number;
  readonly feesUnits: bigint;
  readonly ergUsed: bigint;
  readonly sizeBytes: number;
  /** Who gets the fees: of a data block the leader's reward domain, of a key block its miner's. */
  readonly leader: Uint8Array | undefined;
}

/** What `block` shows. */
export interface BlockView extends BlockRow {
  readonly parentId: Uint8Array;
  readonly isOnMainChain: boolean;
  readonly stage: ReceiptStage;
  readonly stateRoot: Uint8Array;
  readonly keyHeight: bigint;
  readonly keyBlockId: Uint8Array;
  readonly totalWork: bigint;
  readonly rulesVersion: number;
  /** Of a data block. */
  readonly packagesRoot?: Uint8Array;
  readonly receiptsRoot?: Uint8Array;
  /** Of a key block. */
  readonly leaderKey?: Uint8Array;
  readonly target?: bigint;
  readonly work?: bigint;
  readonly workNonce?: bigint;
  /** Proofs of fraud that it brings. */
  readonly evidence?: number;
  /** Who proved that the leader of the epoch cheated. */
  readonly punishedBy?: Uint8Array;
  /** Coins that it pays out: rewards of the epoch that matures with it, or the coins of the genesis. */
  readonly payments: readonly { readonly domain: Uint8Array; readonly units: bigint }[];
  readonly rows: readonly PackageRow[];
}

/** A line of `packages`. */
export interface PackageRow {
  readonly packageId: Uint8Array;
  readonly height: bigint;
  readonly index: number;
  readonly timeMs: bigint;
  readonly domain: Uint8Array;
  readonly nonce: bigint;
  readonly outcome: PackageResult["outcome"];
  readonly ergUsed: bigint;
  readonly feeUnits: bigint;
  /** What it did, in words. */
  readonly sentences: readonly string[];
}

/** A line of `packages --waiting`. */
export interface WaitingRow {
  readonly packageId: Uint8Array;
  readonly domain: Uint8Array;
  readonly nonce: bigint;
  readonly ergPriceUnits: bigint;
  readonly ergLimit: bigint;
  readonly sizeBytes: number;
  readonly expiryHeight: bigint;
  /** The nonces missing before it; none when a block may take it now. */
  readonly missingNonces: bigint;
}

/** A line of `packages --evicted`. */
export interface EvictedRow {
  readonly packageId: Uint8Array;
  readonly domain: Uint8Array;
  readonly nonce: bigint;
  readonly reason: EvictionReason;
  /** Height of the chain when it left. */
  readonly height: bigint;
}

/** Where a package stands: it waits, it was evicted, or it has its receipt. */
export type PackageFate =
  | { readonly kind: "waiting"; readonly row: WaitingRow }
  | { readonly kind: "evicted"; readonly row: EvictedRow }
  | { readonly kind: "included"; readonly receipt: Receipt; readonly stage: ReceiptStage; readonly row: PackageRow; readonly payer: Uint8Array | undefined };

/** Something that touched a domain: a package, or the rewards of a block. */
export interface HistoryRow {
  readonly height: bigint;
  readonly index: number;
  readonly timeMs: bigint;
  readonly roles: readonly Role[];
  /** What it did to the balance, the fee included where the domain paid it. */
  readonly deltaUnits: bigint;
  /** Package and who signed it; absent for rewards and the genesis. */
  readonly packageId?: Uint8Array;
  readonly signer?: Uint8Array;
  readonly outcome?: PackageResult["outcome"];
  /** All that it did to its signer; to others what names them. */
  readonly sentences: readonly string[];
}

/** What `domain` shows. */
export interface DomainView {
  readonly domain: Uint8Array;
  readonly height: bigint;
  readonly balanceUnits: bigint;
  /** What the domain burnt, the part of it that paid for something, and its nick. */
  readonly sacrifice: Sacrifice;
  readonly nonce: bigint;
  readonly keys: readonly { readonly id: Uint8Array; readonly role: string }[];
  readonly thresholds: { readonly owner: number; readonly active: number };
  readonly storageRoot: Uint8Array;
  readonly files: number;
  readonly directories: number;
  readonly sizeBytes: number;
  /** The numbers above stop here: there is more. */
  readonly isCut: boolean;
  readonly waiting: number;
  readonly last: readonly HistoryRow[];
}

/** What `chain` shows. */
export interface ChainView {
  readonly preset: PresetName;
  readonly chainId: Uint8Array;
  readonly height: bigint;
  readonly keyHeight: bigint;
  readonly blockId: Uint8Array;
  readonly timeMs: bigint;
  readonly stateRoot: Uint8Array;
  readonly totalWork: bigint;
  readonly rulesVersion: number;
  readonly leader: { readonly domain: Uint8Array; readonly publicKey: Uint8Array; readonly sinceHeight: bigint; readonly sinceMs: bigint } | undefined;
  /** From the age of the newest key block: under 10 minutes, 30 minutes, 3 hours, or more. */
  readonly liveness: "high" | "medium" | "low" | "none";
  readonly keyBlockAgeMs: bigint;
  readonly packages: bigint;
  readonly packagesLastHour: bigint;
  readonly packagesLastDay: bigint;
  /** Mean time between the newest key blocks; absent before the second. */
  readonly keyBlockSpacingMs: bigint | undefined;
  readonly poolPackages: number;
  readonly poolSizeBytes: number;
  /** The lowest height whose block is kept, and whose state can be read. */
  readonly blocksFrom: bigint;
  readonly stateFrom: bigint;
}

/** What `difficulty` shows. */
export interface DifficultyView {
  readonly keyHeight: bigint;
  /** 256-bit number that a work hash must not exceed, and the hashes it takes on average. */
  readonly target: bigint;
  readonly work: bigint;
  readonly nextTarget: bigint;
  readonly nextWork: bigint;
  readonly easiestTarget: bigint;
  readonly aimedSpacingMs: bigint;
  /** Over `window` spacings between key blocks. */
  readonly window: number;
  readonly spacingMs: bigint | undefined;
  readonly hashesPerSecond: bigint | undefined;
}

/** circulating = genesis + coinbase − locked − destroyed − burnt, which is the sum of all balances. */
export interface SupplyView {
  readonly height: bigint;
  readonly genesisUnits: bigint;
  /** Of epochs that are mature and paid. */
  readonly coinbaseUnits: bigint;
  /** Fees of epochs that are not paid yet: in nobody's balance. */
  readonly lockedUnits: bigint;
  /** Taken from leaders who cheated, beyond what the reporters got. */
  readonly destroyedUnits: bigint;
  /** By whom they belonged to, for weight. */
  readonly burntUnits: bigint;
  readonly circulatingUnits: bigint;
  /** Coinbase of epochs that are not mature yet. */
  readonly comingUnits: bigint;
}

/** What `search` finds. */
export const SEARCH_KINDS = ["block", "package", "domain", "path", "effect"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];
/** What `search` is asked for. */
export interface SearchRequest extends PageRequest {
  readonly text: string;
  readonly kind?: SearchKind;
  /** Only what touched this domain. */
  readonly domain?: Uint8Array;
  readonly fromHeight?: bigint;
  readonly toHeight?: bigint;
}

/** A line of `search`. */
export interface SearchHit {
  readonly kind: SearchKind;
  readonly height: bigint;
  readonly index: number;
  /** What was found: an id, an address, a path, a sentence. */
  readonly text: string;
  readonly blockId?: Uint8Array;
  readonly packageId?: Uint8Array;
  readonly domain?: Uint8Array;
}
/** Blocks were looked through down to `searchedTo`; with `next` there are older ones. */
export interface SearchPage extends Page<SearchHit> {
  readonly searchedTo: bigint;
}

/** Who last wrote a path. */
export interface WhyView {
  readonly domain: Uint8Array;
  readonly path: string;
  /** As it is now: nothing stands where it was removed. */
  readonly stands: "nothing" | "file" | "directory";
  readonly row: PackageRow;
}

/** One line of a replayed package. */
export interface ReplayStep {
  /** Which program of the package, from 1; packages of one thread have one. */
  readonly section: number;
  /** A definition, or entries and the word they are for, in stack form. */
  readonly source: string;
  /** The stack afterwards, deepest first, as `.s` shows it. */
  readonly stack: readonly string[];
  readonly ergUsed: bigint;
  /** What the line changed, in words. */
  readonly changes: readonly string[];
  /** Words that it ran, in order, where they were asked for: each with the calls around it and the stack afterwards. */
  readonly words?: readonly ReplayWord[];
  /** The fault that ended the package here. */
  readonly faultCode?: string;
}

/** One word that a line of the package ran. */
export interface ReplayWord {
  readonly word: string;
  readonly depth: number;
  readonly stack: readonly string[];
}
/** Told line by line, or word by word as well. */
export type ReplayDetail = "lines" | "words";
/** What `replay` shows. */
export interface ReplayView {
  readonly packageId: Uint8Array;
  readonly height: bigint;
  readonly index: number;
  readonly domain: Uint8Array;
  readonly baseHeight: bigint;
  readonly baseRoot: Uint8Array;
  /** Packages of the same block that ran before it. */
  readonly before: number;
  /** Charged before the code runs. */
  readonly intrinsicErg: bigint;
  readonly steps: readonly ReplayStep[];
  /** Steps are told up to a limit; the rest ran untold. */
  readonly isCut: boolean;
  readonly outcome: PackageResult["outcome"];
  readonly ergUsed: bigint;
  readonly feeUnits: bigint;
  readonly receipt: Receipt;
  /** Outcome, ERG and fee are those of the receipt. */
  readonly agrees: boolean;
}

/** What `peers` shows. */
export interface PeersView {
  /** Where other nodes dial this one; absent when it does not listen. */
  readonly listens?: string;
  readonly rows: readonly PeerRow[];
}
export interface PeerRow {
  readonly address: string;
  /** `out`: this node dialled. */
  readonly direction: "in" | "out";
  /** 16 bytes, other ones at each start of the peer; they prove nothing. */
  readonly nodeId: Uint8Array;
  /** Of the head that the peer told last. */
  readonly height?: bigint;
  readonly sinceMs: bigint;
}
