/**
 * The numbers that a genesis may set instead of its preset's (G73), with their bounds. All others follow from how
 * the rules work, and a chain that changes them is another program's. Names are those of `LedgerParams`.
 */
export const GENESIS_RULES = {
  /** Up to what decoders and frames are sized for. */
  dataBlockSizeBytes: { least: 1_000n, most: 11_000_000n },
  dataBlockGapMs: { least: 100n, most: 3_600_000n },
  dataBlockErg: { least: 1_000_000n, most: 1_000_000_000n },
  dataBlockCodeErg: { least: 1_000_000n, most: 1_000_000_000n },
  keyBlockSpacingMs: { least: 1_000n, most: 86_400_000n },
  minErgPriceUnits: { least: 1n, most: 1_000_000_000_000_000_000n },
} as const satisfies Readonly<Record<string, { readonly least: bigint; readonly most: bigint }>>;

export type RuleName = keyof typeof GENESIS_RULES;
export type GenesisRules = { readonly [N in RuleName]?: bigint };

export function isRuleName(text: string): text is RuleName {
  return Object.hasOwn(GENESIS_RULES, text);
}
