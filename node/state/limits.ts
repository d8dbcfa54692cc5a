/** Bounds of what state may hold. Part of the rules: every node must agree on them. */
export const LIMITS = {
  /** Bytes of UTF-8 in a name and in a whole path, as on Linux. */
  nameBytes: 255,
  pathBytes: 4_096,
  /** One file, so that reading and hashing it never holds up a block. */
  fileBytes: 1_048_576,
  /** Access-control list or metadata of an entry, limits of a session key. */
  attributeBytes: 4_096,
  /** Named identities and groups of an entry, and as many again that a directory hands down. */
  aclEntries: 64,
  groupNameBytes: 64,
  /** Entries of one text for setfacl. */
  aclChanges: 256,
  /** Files that one thread may have open. */
  openFiles: 32,
  /** Keys of one domain. */
  domainKeys: 32,
  /** A balance or an amount is below 2^128 base units. */
  amountBits: 128,
  /** Writes and bytes of content that one realm may have pending. */
  pendingWrites: 100_000,
  pendingBytes: 64 * 1_048_576,
  /** Entries that one recursive copy or removal may touch. */
  treeEntries: 10_000,
} as const;

/** Base units in one coin: 18 decimal places. */
export const COIN_DECIMALS = 18;
