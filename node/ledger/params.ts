import { sha256 } from "../../lang/base/hash.ts";

/**
 * Every number that nodes of one chain must share, with unit and reason. Presets differ in pace and
 * size only; the rules are the same. Nothing here is configuration: the genesis names a preset and may
 * replace a few of its numbers (genesis-rules.ts), and the chain id covers both.
 *
 * What full blocks cost: mainnet allows 11 MB every 3 s, which is 28,800 blocks or 316.8 GB of packages a
 * day before any state, more than most disks take for a week. The cap is a ceiling for bursts, not a
 * plan; an operator who expects sustained load needs pruning and about 4 MB/s of steady writing.
 */
export interface LedgerParams {
  readonly preset: PresetName;
  /** Keys that may lead, of a private network's genesis; empty: anybody with work (G72). */
  readonly leaderKeys: readonly Uint8Array[];
  /** R17, ascending: from this height on, blocks carry this rules version. */
  readonly rules: readonly { readonly fromHeight: bigint; readonly version: number }[];

  /** Least time between two data blocks: it bounds the load a leader can put on everybody. */
  readonly dataBlockGapMs: bigint;
  /** Mean time between key blocks that retargeting aims at: long enough that forks of key blocks stay rare. */
  readonly keyBlockSpacingMs: bigint;
  /** A miner waits this long after the last key block, so that a devnet does not warm the room. Not a rule. */
  readonly miningPauseMs: number;
  /** A block dated further ahead than this of the own clock waits; clocks off by seconds do no harm. */
  readonly futureLimitMs: bigint;
  /** Easiest target, also that of the first key block. 2^256 / target hashes find a block on average. */
  readonly easiestTarget: bigint;

  /** Base units made by each key block: 90 coins (numbers.md §6). */
  readonly coinbaseUnits: bigint;
  /**
   * Key blocks above an epoch before it is paid. Longer than the reorganisation bound, which is also how
   * long proofs of fraud are taken: nobody is paid while evidence may still come.
   */
  readonly maturityKeyBlocks: bigint;
  /**
   * Key blocks above an epoch within which a proof of its leader's fraud is taken. At least the bound on
   * reorganisations; one more must still be below maturity, because a leader also has a share of the epoch before.
   */
  readonly fraudKeyBlocks: bigint;
  /** R11: a receipt with this many key blocks above is settled. */
  readonly settledKeyBlocks: bigint;
  /** R11: no reorganisation drops more key blocks than this, so a receipt deeper down is final. */
  readonly reorgKeyBlocks: bigint;
  /** Blocks whose undo records are kept (R9); more than `reorgKeyBlocks` epochs usually hold. An operator may keep more: not a rule. */
  readonly historyBlocks: bigint;
  /**
   * An invalid block is proved by running it once more, so its parent may stand no more blocks below the accusing key
   * block than every node keeps the state of: the least `historyBlocks` of any node. A rule, the same where all is kept.
   */
  readonly evidenceBlocks: bigint;

  /** Sum of the encoded signed packages of a block. */
  readonly dataBlockSizeBytes: number;
  /** A package is at least about 200 bytes, a transfer 333, so 11 MB hold no more; bounds what a decoder allocates. */
  readonly dataBlockPackages: number;
  /**
   * ERG of a block's code and sections: what decides how long it takes, beside its bytes. 50 million, because the word
   * that is cheapest for its time may cost four times the median of 14 ns for one ERG (`grid bench erg`; R10): a
   * block of nothing but that takes 2.8 s of the 3 s between blocks, one of usual words 0.7 s. A leader gains nothing by
   * the former, and whoever fell behind catches up in the next epoch. A transfer has 3,210 of them, so blocks full of
   * transfers are 15,500 in 3 s, 5,200 a second; the 11 MB would hold twice that.
   */
  readonly dataBlockCodeErg: bigint;
  /**
   * ERG of a block in all: its code, and what packages pay for bytes, signatures and being there. That is bounded by the
   * size already: 11 MB are at most some 33,000 transfers at 16,330 ERG each, which two cores check and store at
   * 12,000 a second. So this is a bound for headers, above what full blocks come to.
   */
  readonly dataBlockErg: bigint;
  /** Body and signatures of one package. */
  readonly packageSizeBytes: number;
  readonly packageErg: bigint;
  /** Base units. */
  readonly minErgPriceUnits: bigint;
}

/** Three sets of rules that a genesis may begin with. */
export type PresetName = "devnet" | "testnet" | "mainnet";

/** Base units in a coin: 10^18. */
export const UNITS_PER_COIN = 10n ** 18n;
/** Share of an epoch's pot for the leader who earned it; the next leader gets the rest (Bitcoin-NG, "Remuneration"). */
export const LEADER_SHARE_PERCENT = 40n;
/** Share of a cheater's part that goes to who proves the fraud: enough to pay for looking; the rest is destroyed. */
export const REPORTER_SHARE_PERCENT = 5n;
/** Proofs of fraud in one key block: few, because one may weigh as much as a full data block. */
export const MAX_EVIDENCE = 4;
/** Key blocks over which the target is averaged (Zcash and æternity use 17: quick, yet not nervous). */
export const RETARGET_WINDOW = 17;
/** One solve time counts at most as this many spacings, so that one late block cannot halve the work. */
export const SOLVE_TIME_CAP = 6n;
/** The target moves at most by this factor in one step. */
export const RETARGET_STEP = 4n;
/** Key blocks whose median time a new one must exceed (Bitcoin's BIP 113 span). */
export const MEDIAN_SPAN = 11;
/** Rules this program knows; a higher version in a block makes it stop with the version it needs (R17). */
export const KNOWN_RULES = 1;

/** R16: double SHA-256 on every preset, only targets differ. 32 bytes. */
export function workHash(input: Uint8Array): Uint8Array {
  return sha256(sha256(input));
}

const MAINNET: LedgerParams = {
  preset: "mainnet",
  leaderKeys: [],
  rules: [{ fromHeight: 0n, version: 1 }],
  dataBlockGapMs: 3_000n,
  keyBlockSpacingMs: 600_000n,
  miningPauseMs: 0,
  futureLimitMs: 30_000n,
  easiestTarget: 2n ** 224n, // about 4 × 10^9 hashes: minutes on one core
  coinbaseUnits: 90n * UNITS_PER_COIN,
  maturityKeyBlocks: 180n, // 30 hours, as in æternity
  fraudKeyBlocks: 100n,
  settledKeyBlocks: 6n, // an hour
  reorgKeyBlocks: 100n, // 17 hours: a partition of a night still heals
  historyBlocks: 28_800n, // a day of data blocks, more than 100 epochs of 201 blocks
  evidenceBlocks: 28_800n,
  dataBlockSizeBytes: 11_000_000,
  dataBlockPackages: 65_536,
  dataBlockCodeErg: 50_000_000n,
  dataBlockErg: 1_000_000_000n,
  packageSizeBytes: 512 * 1024, // as PACKAGE_LIMITS of the format; a block holds twenty of them
  packageErg: 12_500_000n, // a quarter of a block's code, so that one package cannot lock out all others; its 512 KiB cost 8.4 million
  minErgPriceUnits: 1_000_000_000n, // 10^-9 coin: a block full of junk costs a tenth of a coin and more
};

const TESTNET: LedgerParams = {
  ...MAINNET,
  preset: "testnet",
  keyBlockSpacingMs: 120_000n, // epochs change while one watches
  easiestTarget: 2n ** 234n, // 4 × 10^6 hashes: seconds on one core
  maturityKeyBlocks: 30n,
  fraudKeyBlocks: 20n,
  settledKeyBlocks: 3n,
  reorgKeyBlocks: 20n,
  minErgPriceUnits: 1n,
};

const DEVNET: LedgerParams = {
  ...TESTNET,
  preset: "devnet",
  dataBlockGapMs: 1_000n,
  keyBlockSpacingMs: 30_000n,
  miningPauseMs: 30_000, // never quicker than the spacing, so the target stays the easiest
  easiestTarget: 2n ** 242n, // 16,384 hashes: a blink, and yet work
  maturityKeyBlocks: 10n, // five minutes
  fraudKeyBlocks: 8n,
  settledKeyBlocks: 2n,
  reorgKeyBlocks: 8n,
  historyBlocks: 2_000n,
  evidenceBlocks: 2_000n,
  dataBlockSizeBytes: 2_000_000,
};

/** Bytes of packages that full blocks would add to every disk in a day. */
export function fullBlocksBytesPerDay({ dataBlockGapMs, dataBlockSizeBytes }: LedgerParams): bigint {
  return (86_400_000n / dataBlockGapMs) * BigInt(dataBlockSizeBytes);
}

/** The preset a genesis names. */
export function paramsOf(preset: PresetName): LedgerParams {
  return { devnet: DEVNET, testnet: TESTNET, mainnet: MAINNET }[preset];
}

export function isPresetName(text: string): text is PresetName {
  return text === "devnet" || text === "testnet" || text === "mainnet";
}

/** Rules version that a block of this height must carry (R17). */
export function rulesVersionAt(params: LedgerParams, height: bigint): number {
  let version = 0;
  for (const step of params.rules) if (height >= step.fromHeight) version = step.version;
  return version;
}
