/** Every way the node refuses. Text and hint of each stand in `shell/render/faults.ts`. */
export type StateFault =
  /** `directory`: something was to be found or made in it. */
  | { readonly code: "STATE_NO_SUCH_PATH"; readonly path: string; readonly directory?: true }
  | { readonly code: "STATE_EXISTS"; readonly path: string }
  | { readonly code: "STATE_NOT_DIRECTORY"; readonly path: string }
  | { readonly code: "STATE_IS_DIRECTORY"; readonly path: string }
  | { readonly code: "STATE_NOT_EMPTY"; readonly path: string }
  | { readonly code: "STATE_BAD_NAME"; readonly path: string; readonly reason: "empty" | "nul" | "too-long" | "dot" | "nick" | "slash" }
  | { readonly code: "STATE_INTO_ITSELF"; readonly from: string; readonly to: string }
  | { readonly code: "STATE_TOO_LARGE"; readonly path: string; readonly limitBytes: number }
  | { readonly code: "STATE_DENIED"; readonly path: string; readonly right: string }
  /** `untilHeight` is absent when it is for ever. */
  | { readonly code: "STATE_FROZEN"; readonly path: string; readonly untilHeight?: bigint }
  | { readonly code: "STATE_BAD_ADDRESS"; readonly address: string; readonly reason: "checksum" | "prefix" | "length" | "characters" }
  | { readonly code: "STATE_UNKNOWN_RECIPIENT"; readonly name: string }
  | { readonly code: "STATE_INSUFFICIENT"; readonly haveUnits: bigint; readonly needUnits: bigint }
  | { readonly code: "STATE_BAD_NICK"; readonly nick: string; readonly reason: "length" | "characters" | "start" | "dashes" | "address" }
  /** `owner` is the address of the domain that has it. */
  | { readonly code: "STATE_NICK_TAKEN"; readonly nick: string; readonly owner: string }
  | { readonly code: "STATE_NICK_HELD"; readonly nick: string }
  | { readonly code: "STATE_NO_NICK" }
  | { readonly code: "STATE_UNKNOWN_NICK"; readonly nick: string }
  /** What a domain burnt has paid for something already; `leftUnits` has not. */
  | { readonly code: "STATE_BURN_USED"; readonly leftUnits: bigint; readonly needUnits: bigint }
  | { readonly code: "STATE_BAD_AMOUNT"; readonly amount: string; readonly reason: "negative" | "too-fine" | "too-large" | "not-a-number" }
  | { readonly code: "STATE_ROOT_RIGHTS"; readonly path: string }
  | { readonly code: "STATE_BAD_ACL"; readonly spec: string; readonly reason: string }
  | { readonly code: "STATE_BAD_META"; readonly key: string; readonly reason: string }
  | { readonly code: "STATE_NOT_OFFERED"; readonly path: string }
  | { readonly code: "STATE_OFFER_DIFFERS"; readonly path: string; readonly askedUnits: bigint; readonly givenUnits: bigint }
  | { readonly code: "STATE_BAD_PATTERN"; readonly pattern: string; readonly reason: string }
  | { readonly code: "STATE_NO_SUCH_STATE"; readonly when: string; readonly newestHeight: bigint }
  | { readonly code: "STATE_BASE_PRUNED"; readonly height: bigint }
  | { readonly code: "STATE_READ_ONLY"; readonly word: string }
  | { readonly code: "STATE_NOT_OWNER"; readonly word: string }
  | { readonly code: "STATE_BAD_KEY_LINE" }
  | { readonly code: "STATE_BAD_ROLE"; readonly role: string }
  | { readonly code: "STATE_KEY_EXISTS"; readonly key: string; readonly role: string }
  | { readonly code: "STATE_NO_SUCH_KEY"; readonly key: string }
  | { readonly code: "STATE_TOO_MANY_KEYS"; readonly signing: number; readonly session: number }
  /** So many would have to sign, and only so many could. */
  | { readonly code: "STATE_KEY_LOCKOUT"; readonly role: string; readonly needs: bigint; readonly left: number }
  | { readonly code: "STATE_BAD_SESSION"; readonly reason: string }
  | { readonly code: "STATE_BAD_RECOVERY"; readonly reason: string }
  | { readonly code: "STATE_NOT_GUARDIAN"; readonly who: string }
  | { readonly code: "STATE_NO_RECOVERY"; readonly who: string }
  | { readonly code: "STATE_RECOVERY_WAITS"; readonly who: string; readonly readyHeight: bigint }
  | { readonly code: "STATE_SESSION_LIMIT"; readonly limit: "word" | "path" | "amount" | "keys"; readonly what: string };

/** Of sessions and their threads: recording, committing, journals. */
export type ThreadFault =
  | { readonly code: "THREAD_NOT_RECORDING"; readonly word: string }
  | { readonly code: "THREAD_ALREADY_RECORDING" }
  | { readonly code: "THREAD_NOT_READY" }
  | { readonly code: "THREAD_NOTHING_TO_COMMIT" }
  | { readonly code: "THREAD_NOT_COMMITTABLE"; readonly word: string; readonly reason: string }
  | { readonly code: "THREAD_MUTABLE_OUTSIDE"; readonly word: string }
  | { readonly code: "THREAD_NO_SUCH"; readonly name: string }
  | { readonly code: "THREAD_EXISTS"; readonly name: string }
  | { readonly code: "THREAD_BAD_NAME"; readonly name: string }
  | { readonly code: "THREAD_TOO_MANY"; readonly limit: number }
  | { readonly code: "THREAD_TOO_LARGE"; readonly limitBytes: number; readonly of: "session" | "user" }
  | { readonly code: "THREAD_PRIVATE"; readonly name: string }
  | { readonly code: "THREAD_PAUSED" }
  | { readonly code: "THREAD_BUSY"; readonly name: string }
  | { readonly code: "THREAD_MAIN" }
  | { readonly code: "THREAD_COMMITTING"; readonly holder: string }
  | { readonly code: "THREAD_NO_JOURNAL"; readonly id: string }
  | { readonly code: "THREAD_KEPT_BY_KEY" }
  | { readonly code: "THREAD_WRITE_ONLY"; readonly word: string }
  | { readonly code: "THREAD_GRACE_SPENT"; readonly refillMs: number }
  | { readonly code: "THREAD_LOST"; readonly reason: string };

/** Of a package, before or in a block. */
export type PackageFault =
  | { readonly code: "PACKAGE_MALFORMED"; readonly reason: string }
  | { readonly code: "PACKAGE_OTHER_CHAIN" }
  | { readonly code: "PACKAGE_RULES"; readonly needs: number }
  | { readonly code: "PACKAGE_WORD_TABLE"; readonly reason: string }
  /** `key` is the address of the key, where it is known which. */
  | { readonly code: "PACKAGE_BAD_SIGNATURE"; readonly key?: string }
  | { readonly code: "PACKAGE_WRONG_KEY"; readonly key?: string }
  | { readonly code: "PACKAGE_TOO_FEW_KEYS"; readonly needs: number; readonly given: number }
  | { readonly code: "PACKAGE_UNSIGNED"; readonly role: "signer" | "payer"; readonly needs: number; readonly given: number }
  | { readonly code: "PACKAGE_SESSION_OVER"; readonly untilHeight: bigint }
  | { readonly code: "PACKAGE_SESSION_SPENT"; readonly leftUnits: bigint; readonly needUnits: bigint }
  | { readonly code: "PACKAGE_NONCE"; readonly expected: bigint; readonly found: bigint }
  | { readonly code: "PACKAGE_EXPIRED"; readonly expiryHeight: bigint; readonly height: bigint }
  | { readonly code: "PACKAGE_PRICE_TOO_LOW"; readonly leastUnits: bigint }
  | { readonly code: "PACKAGE_CANNOT_PAY"; readonly haveUnits: bigint; readonly needUnits: bigint; readonly payer?: string }
  | { readonly code: "PACKAGE_TOO_LARGE"; readonly limitBytes: number }
  | { readonly code: "PACKAGE_KNOWN" }
  | { readonly code: "PACKAGE_ERG_CAP"; readonly limit: bigint }
  | { readonly code: "PACKAGE_POOL_FULL"; readonly leastPriceUnits: bigint }
  | { readonly code: "PACKAGE_TOO_MANY"; readonly limit: number }
  | { readonly code: "PACKAGE_REPLACEMENT_PRICE"; readonly leastPriceUnits: bigint }
  | { readonly code: "PACKAGE_EVICTED"; readonly reason: "replaced" | "crowded-out" | "expired" | "nonce-used" | "refused" }
  | { readonly code: "PACKAGE_STATE_MOVED"; readonly paths: readonly string[] }
  | { readonly code: "PACKAGE_DIFFERS"; readonly field: string }
  /** `role` is what the key would sign as. */
  | { readonly code: "PACKAGE_OTHER_DOMAIN"; readonly role: "signer" | "payer"; readonly domain: string }
  | { readonly code: "PACKAGE_UNPROVED"; readonly reason: string };

/** `path` as the caller knows it. */
export type ProgramFault =
  | { readonly code: "PROGRAM_NOT_CALLED"; readonly word: string }
  | { readonly code: "PROGRAM_NO_WORD"; readonly path: string; readonly word: string; readonly exports: readonly string[] }
  | { readonly code: "PROGRAM_REENTERED"; readonly path: string }
  | { readonly code: "PROGRAM_TOO_DEEP"; readonly path: string; readonly limit: number }
  /**
   * `thrown` is what `catch` gives; `line` of its source, where that is known. `below`: so many calls further down the
   * cause is to be found, and the paths in it are as that program's owner knows them.
   */
  | { readonly code: "PROGRAM_FAILED"; readonly path: string; readonly word: string; readonly cause: { readonly code: string }; readonly thrown: bigint; readonly below: number; readonly line?: number }
  | { readonly code: "PROGRAM_OUT_OF_SHARE"; readonly path: string; readonly word: string; readonly ergLimit: number }
  | { readonly code: "PROGRAM_BAD_KEY"; readonly key: string; readonly limitBytes: number }
  | { readonly code: "PROGRAM_NO_PLAY" };

/** Of blocks, and of the genesis. */
export type LedgerFault =
  | { readonly code: "LEDGER_MALFORMED"; readonly reason: string }
  | { readonly code: "LEDGER_HEIGHT_GAP"; readonly height: bigint; readonly parentHeight: bigint }
  | { readonly code: "LEDGER_ORPHAN" }
  | { readonly code: "LEDGER_WEAK_WORK" }
  | { readonly code: "LEDGER_WRONG_TARGET" }
  | { readonly code: "LEDGER_TIME"; readonly reason: "too-early" | "too-late" | "before-median" }
  | { readonly code: "LEDGER_NOT_LEADER" }
  | { readonly code: "LEDGER_EMPTY_BLOCK" }
  | { readonly code: "LEDGER_EVIDENCE"; readonly reason: "false" | "duplicate" | "too-old" | "other-branch" | "not-kept" | "too-many" }
  | { readonly code: "LEDGER_ROOT"; readonly which: "state" | "packages" | "receipts" }
  | { readonly code: "LEDGER_TOO_LARGE"; readonly limitBytes: number }
  | { readonly code: "LEDGER_ERG_CAP"; readonly limit: bigint }
  | { readonly code: "LEDGER_RULES"; readonly found: number; readonly needs: number }
  | { readonly code: "LEDGER_BAD_SIGNATURE" }
  | { readonly code: "LEDGER_TOO_DEEP"; readonly limitKeyBlocks: number }
  | { readonly code: "LEDGER_GENESIS"; readonly field: string; readonly reason: string }
  /** Chain ids in hex. */
  | { readonly code: "LEDGER_OTHER_GENESIS"; readonly found: string; readonly wanted: string }
  | { readonly code: "LEDGER_NOT_WITNESS" }
  | { readonly code: "LEDGER_PACKAGE"; readonly index: number; readonly reason: PackageFault };

/** Of the data folder and its copies. */
export type StoreFault =
  | { readonly code: "STORE_LOCKED"; readonly folder: string }
  | { readonly code: "STORE_NEWER"; readonly folder: string; readonly found: number; readonly known: number }
  | { readonly code: "STORE_OLDER"; readonly folder: string; readonly found: number; readonly known: number }
  | { readonly code: "STORE_UNREADABLE"; readonly folder: string; readonly reason: string }
  | { readonly code: "STORE_DAMAGED"; readonly folder: string; readonly what: string }
  | { readonly code: "STORE_DISK_FULL"; readonly folder: string }
  /** A backup or snapshot is not what was written, or not what it says. */
  | { readonly code: "STORE_BAD_COPY"; readonly path: string; readonly reason: string }
  | { readonly code: "STORE_NOT_EMPTY"; readonly folder: string }
  | { readonly code: "STORE_NO_FOLDER"; readonly folder: string }
  /** R12: a snapshot that nobody vouched for. `blockId` in hex. */
  | { readonly code: "STORE_UNVOUCHED"; readonly height: bigint; readonly blockId: string; readonly work: bigint }
  | { readonly code: "STORE_OTHER_SNAPSHOT"; readonly height: bigint; readonly blockId: string; readonly work: bigint }
  /** `keyBlocks` more make the first block final. */
  | { readonly code: "STORE_NOTHING_FINAL"; readonly keyBlocks: bigint };

/** What the explorer is asked and cannot answer. */
export type ExplorerFault =
  /** `is`: what the text names instead. */
  | { readonly code: "EXPLORER_NO_SUCH"; readonly what: "block" | "package" | "domain"; readonly text: string; readonly is?: "block" | "package"; readonly keptFrom?: bigint }
  | { readonly code: "EXPLORER_AMBIGUOUS"; readonly what: "block" | "package" | "domain"; readonly text: string; readonly matches: readonly string[]; readonly isMore: boolean }
  /** The block is older than what this node keeps. */
  | { readonly code: "EXPLORER_NOT_KEPT"; readonly height: bigint; readonly fromHeight: bigint }
  | { readonly code: "EXPLORER_BAD_PAGE"; readonly option: string; readonly found: string; readonly expected: string }
  | { readonly code: "EXPLORER_NEVER_WRITTEN"; readonly path: string }
  /** It waits or was evicted: nothing of it was executed. */
  | { readonly code: "EXPLORER_NO_RECEIPT"; readonly packageId: string; readonly reason: string }
  | { readonly code: "EXPLORER_SHORT_SEARCH"; readonly text: string };

/** Of asking for signatures and giving them. */
export type SignFault =
  | { readonly code: "SIGN_BAD_INTENT"; readonly reason: string }
  | { readonly code: "SIGN_INTENT_EXPIRED" }
  | { readonly code: "SIGN_MALFORMED"; readonly reason: string }
  | { readonly code: "SIGN_NO_SUCH_INTENT" }
  | { readonly code: "SIGN_REFUSED"; readonly reason: string }
  | { readonly code: "SIGN_TWICE"; readonly key: string }
  | { readonly code: "SIGN_ENOUGH" }
  | { readonly code: "SIGN_NO_AGENT" }
  | { readonly code: "SIGN_KEY_UNSUITED"; readonly algorithm: string }
  | { readonly code: "SIGN_HOST_KEY" }
  | { readonly code: "SIGN_UNREACHABLE"; readonly address: string };

/** Of key files. */
export type KeyFault =
  | { readonly code: "KEY_NOT_FOUND"; readonly path: string }
  | { readonly code: "KEY_EXISTS"; readonly path: string }
  | { readonly code: "KEY_BAD_LABEL"; readonly label: string }
  /** `mode` in octal, such as "644". */
  | { readonly code: "KEY_PERMISSIONS"; readonly path: string; readonly mode: string }
  | { readonly code: "KEY_DAMAGED"; readonly path: string; readonly reason: string }
  | { readonly code: "KEY_NEWER"; readonly path: string; readonly found: number; readonly known: number }
  | { readonly code: "KEY_WRONG_PASSPHRASE"; readonly path: string }
  | { readonly code: "KEY_PASSPHRASE_EMPTY" }
  /** An OpenSSH key under a passphrase, which only ssh-keygen takes off (`ssh-keygen -p`). */
  | { readonly code: "KEY_LOCKED_SSH"; readonly path: string };

/** Of links to other nodes. */
export type NetworkFault =
  | { readonly code: "NET_NOT_LOOPBACK"; readonly address: string }
  | { readonly code: "NET_PORT_TAKEN"; readonly address: string }
  | { readonly code: "NET_CANNOT_LISTEN"; readonly address: string; readonly reason: string }
  /** Chain ids in hex. */
  | { readonly code: "NET_OTHER_CHAIN"; readonly ours: string; readonly theirs: string }
  /** `found` is absent when the other side is something else altogether. */
  | { readonly code: "NET_OTHER_PROTOCOL"; readonly known: number; readonly found?: number }
  | { readonly code: "NET_BAD_FRAME"; readonly reason: string };

/** All that a node refuses with. */
export type NodeFault = NetworkFault | ExplorerFault | StateFault | ProgramFault | ThreadFault | PackageFault | LedgerFault | StoreFault | SignFault | KeyFault;
