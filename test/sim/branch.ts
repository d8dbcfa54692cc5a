import { toHex } from "../../lang/base/bytes.ts";
import { dataBlockMessage, headerId } from "../../node/ledger/header-codec.ts";
import type { BlockHeader, DataBlockHeader, KeyBlockHeader } from "../../node/ledger/block.ts";
import { childEntry, genesisEntry, type ChainEntry, type ChainView } from "../../node/ledger/chain-view.ts";
import { earliestDataTimeMs, medianBefore, targetAfter, type RuleContext } from "../../node/ledger/checks.ts";
import { NO_EVIDENCE_ROOT } from "../../node/ledger/fraud-codec.ts";
import { paramsOf, rulesVersionAt, type LedgerParams } from "../../node/ledger/params.ts";
import { meetsTarget } from "../../node/ledger/retarget.ts";
import { testKey, verifyTest } from "./keys.ts";

/** Headers only, without state: grows branches of valid headers for tests of the header rules. */
export class Branches implements ChainView {
  readonly params: LedgerParams;
  readonly genesis: ChainEntry;
  readonly leader = testKey("leader");
  readonly #entries = new Map<string, ChainEntry>();

  constructor(params: LedgerParams = paramsOf("devnet")) {
    this.params = params;
    this.genesis = genesisEntry({ chainId: new Uint8Array(32).fill(9), timeMs: 1_700_000_000_000n, stateRoot: new Uint8Array(32) });
    this.#entries.set(toHex(this.genesis.id), this.genesis);
  }

  entry(id: Uint8Array): ChainEntry | undefined {
    return this.#entries.get(toHex(id));
  }

  context(nowMs = 1_800_000_000_000): RuleContext {
    return { params: this.params, chain: this, nowMs, verify: verifyTest, isUsableKey: (key) => key.some((byte) => byte !== 0) };
  }

  add(header: BlockHeader): ChainEntry {
    const parent = this.entry(header.parentId);
    if (parent === undefined) throw new Error("no such parent");
    const entry = childEntry(headerId(header), header, parent);
    this.#entries.set(toHex(entry.id), entry);
    return entry;
  }

  /** A key block on `parent` that obeys every rule but those that `changes` break; its work is done last. */
  keyHeader(parent: ChainEntry, changes: Partial<KeyBlockHeader> = {}): KeyBlockHeader {
    const header: KeyBlockHeader = {
      kind: "key", rulesVersion: rulesVersionAt(this.params, parent.height + 1n), height: parent.height + 1n, keyHeight: parent.keyHeight + 1n,
      parentId: parent.id, timeMs: medianBefore(parent, this) + this.params.keyBlockSpacingMs, leaderKey: this.leader.publicKey,
      rewardDomain: this.leader.domain, target: targetAfter(parent, this, this.params), workNonce: 0n, stateRoot: new Uint8Array(32), evidenceRoot: NO_EVIDENCE_ROOT, ...changes,
    };
    return changes.workNonce === undefined ? mine(header) : header;
  }

  dataHeader(parent: ChainEntry, changes: Partial<DataBlockHeader> = {}, signer = this.leader): DataBlockHeader {
    const unsigned: Omit<DataBlockHeader, "signature"> = {
      kind: "data", rulesVersion: rulesVersionAt(this.params, parent.height + 1n), height: parent.height + 1n, parentId: parent.id, keyBlockId: parent.keyBlockId,
      timeMs: earliestDataTimeMs(parent, this.params), packagesRoot: new Uint8Array(32), receiptsRoot: new Uint8Array(32),
      stateRoot: new Uint8Array(32), ergUsed: 0n, sizeBytes: 0, ...changes,
    };
    return { ...unsigned, signature: changes.signature ?? signer.sign(dataBlockMessage(unsigned)) };
  }

  addKey(parent: ChainEntry, changes: Partial<KeyBlockHeader> = {}): ChainEntry {
    return this.add(this.keyHeader(parent, changes));
  }

  addData(parent: ChainEntry, changes: Partial<DataBlockHeader> = {}): ChainEntry {
    return this.add(this.dataHeader(parent, changes));
  }
}

/** Tries nonces until the header meets its own target. */
export function mine(header: KeyBlockHeader): KeyBlockHeader {
  let tried = header;
  while (!meetsTarget(tried)) tried = { ...tried, workNonce: tried.workNonce + 1n };
  return tried;
}
