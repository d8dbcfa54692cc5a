/** Bounds of what state may hold. Part of the rules: every node must agree on them. */
export const LIMITS = {
  /** Bytes of UTF-8 in a name and in a whole path, as on Linux. */
  nameBytes: 255,
  pathBytes: 4_096,
  /** One file, so that reading and hashing it never holds up a block. */
  fileBytes: 1_048_576,
  /** Access-control list or metadata of an entry. */
  attributeBytes: 4_096,
  /** Named identities and groups of an entry, and as many again that a directory hands down. */
  aclEntries: 64,
  groupNameBytes: 64,
  /** Entries of one text for setfacl. */
  aclChanges: 256,
  /** A key under which a program keeps something, and what it keeps there. */
  storedKeyBytes: 255,
  storedValueBytes: 4_096,
  /** Files that one thread may have open. */
  openFiles: 32,
  /** Owner and active keys of one domain, no more than one package may be signed by; and its session keys. */
  signingKeys: 16,
  sessionKeys: 16,
  /** Words that one session key may use. */
  sessionWords: 64,
  /** Domains that together may recover another. */
  guardians: 16,
  /** A balance or an amount is below 2^128 base units. */
  amountBits: 128,
  /** Writes and bytes of content that one realm may have pending. */
  pendingWrites: 100_000,
  pendingBytes: 64 * 1_048_576,
  /** Entries that one recursive copy or removal may touch. */
  treeEntries: 10_000,
} as const;

/** What programs may tell in one package: it lies in the receipts of every node. `allBytes` counts path, topic and data of all. */
export const EVENT_LIMITS = { count: 64, topicBytes: 64, dataBytes: 1_024, allBytes: 16_384 } as const;

/** Calls of programs by programs. Part of the rules. */
export const CALL_LIMITS = {
  /** Programs in progress at one time, one called by the other. Each has a machine of its own, some 37 MB of address space. */
  depth: 8,
  /** Bytes of the entries that go in, and of those that come back. */
  entryBytes: 65_536,
  /** Bytes of source of one program. */
  sourceBytes: 65_536,
} as const;

/** The least that is too much for an amount or a balance. Base units. */
export const TOO_MANY_UNITS = 1n << BigInt(LIMITS.amountBits);
