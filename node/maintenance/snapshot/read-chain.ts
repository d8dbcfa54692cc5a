import { equalBytes, toHex } from "../../../lang/base/bytes.ts";
import { bytesField, listField, numberField, smallField, textField } from "../../../lang/base/rlp-fields.ts";
import { decodeRlp } from "../../../lang/base/rlp.ts";
import { putTotals } from "../../explorer/index-plan.ts";
import { readTotals, type Totals } from "../../explorer/index-codec.ts";
import { decodeBlock, decodeResult } from "../../ledger/block-codec.ts";
import type { KeyBlock } from "../../ledger/block.ts";
import { planBlock, planHeight, planPunishments, planResults } from "../../ledger/chain-plans.ts";
import type { ChainStore } from "../../ledger/chain-store.ts";
import { childEntry, type ChainEntry, type ChainView } from "../../ledger/chain-view.ts";
import { checkHeader, receiptsRootOf, type RuleContext } from "../../ledger/checks.ts";
import { NO_EVIDENCE_ROOT } from "../../ledger/fraud-codec.ts";
import { checkEvidenceForm } from "../../ledger/fraud.ts";
import { decodeHeader, headerId, MAX_HEADER_BYTES } from "../../ledger/header-codec.ts";
import type { LedgerParams } from "../../ledger/params.ts";
import type { Disk, KeyValueOperation } from "../../ports.ts";
import { HEADERS, windowStart } from "./format.ts";

/** Takes the part of a snapshot that is about blocks into an empty store, and judges it. `refuse` names a lie. */
export interface ChainParts {
  readonly disk: Disk;
  readonly store: ChainStore;
  readonly params: LedgerParams;
  readonly rule: Pick<RuleContext, "verify" | "isUsableKey" | "nowMs">;
  readonly refuse: (reason: string) => never;
}

/** Headers in order, each judged on the one before by every rule of headers. */
export class HeaderChain implements ChainView {
  readonly #parts: ChainParts;
  #tip: ChainEntry;
  /** Those of the record that is being taken; the others are in the store. */
  readonly #fresh = new Map<string, ChainEntry>();

  constructor(genesis: ChainEntry, parts: ChainParts) {
    this.#tip = genesis;
    this.#parts = parts;
  }

  tip(): ChainEntry {
    return this.#tip;
  }

  entry(id: Uint8Array): ChainEntry | undefined {
    return this.#fresh.get(toHex(id)) ?? this.#parts.store.entry(id);
  }

  async take(record: Uint8Array): Promise<void> {
    const { disk, params, rule, refuse } = this.#parts;
    const items = listField(decodeRlp(record, HEADERS * 32), "headers");
    if (items.length === 0 || items.length > HEADERS) refuse("a record of headers has none or too many");
    for (const item of items) {
      const header = decodeHeader(bytesField(item, "header", [], MAX_HEADER_BYTES));
      if (!equalBytes(header.parentId, this.#tip.id)) refuse(`header ${this.#tip.height + 1n} does not follow the one before`);
      const verdict = checkHeader(header, { params, chain: this, ...rule });
      if (verdict.kind === "early") refuse(`header ${header.height} is dated after this machine's clock`);
      if (verdict.kind !== "accept") refuse(`header ${header.height}: ${verdict.kind === "reject" ? verdict.fault.code : verdict.kind}`);
      this.#tip = childEntry(headerId(header), header, this.#tip);
      this.#fresh.set(toHex(this.#tip.id), this.#tip);
    }
    await disk.batch([...this.#fresh.values()].flatMap((entry) => [...planBlock(entry, undefined), planHeight(entry)]), { sync: false });
    this.#fresh.clear();
  }
}

/** Evidence and results of the epochs that are not paid yet, against the roots in their headers. */
export class Window {
  readonly #parts: ChainParts;
  readonly #base: ChainEntry;
  readonly #totals: Totals;
  /** Oldest first: 32 bytes for each block of the window. */
  readonly #ids: Uint8Array[] = [];
  readonly #first: bigint;
  #next = 0;
  #epochFees = 0n;
  #windowFees = 0n;
  readonly #epochEnds: { readonly height: bigint; readonly feesBefore: bigint }[] = [];
  readonly #missingEvidence = new Set<string>();

  constructor(base: ChainEntry, totals: Totals, parts: ChainParts) {
    this.#parts = parts;
    this.#base = base;
    this.#totals = totals;
    const start = windowStart(base, parts.params, parts.store);
    this.#first = start.height;
    for (let at = base; ; at = this.#known(at.parentId)) {
      this.#ids.push(at.id);
      if (at.header?.kind === "key" && !equalBytes(at.header.evidenceRoot, NO_EVIDENCE_ROOT)) this.#missingEvidence.add(toHex(at.id));
      if (at.height === start.height) break;
    }
    this.#ids.reverse();
  }

  async takeEvidence(record: Uint8Array): Promise<void> {
    const { disk, params, refuse } = this.#parts;
    const block = decodeBlock(record, params);
    const id = headerId(block.header);
    if ("packages" in block || !this.#missingEvidence.delete(toHex(id))) return refuse("it brings proofs of fraud that no header promises");
    if (checkEvidenceForm(block as KeyBlock).kind !== "accept") refuse(`the proofs of fraud of block ${block.header.height} are not what its header promises`);
    const entry = this.#known(id);
    await disk.batch([...planBlock(entry, block), ...planPunishments(entry, block as KeyBlock)], { sync: false });
  }

  async takeResults(record: Uint8Array): Promise<void> {
    const { params, refuse } = this.#parts;
    const [height, list] = listField(decodeRlp(record, params.dataBlockPackages * 2 + 8), "results", 2);
    await this.#passKeyBlocks();
    const entry = this.#at(this.#next);
    if (entry?.header?.kind !== "data" || entry.height !== numberField(height, "height", 48)) return refuse("results are missing, or of another block");
    const results = listField(list, "results").map((one) => decodeResult(bytesField(one, "result", [])));
    if (!equalBytes(receiptsRootOf(results), entry.header.receiptsRoot)) refuse(`the results of block ${entry.height} are not those of its header`);
    const fees = results.reduce((sum, { feeUnits }) => sum + feeUnits, 0n);
    this.#epochFees += fees;
    this.#windowFees += fees;
    // A later snapshot of this node has a window that may reach back here.
    await this.#put([planResults(entry, { epochFeesUnits: this.#epochFees, results })]);
    this.#next++;
  }

  /** Everything of the window was there. The operations write what its epochs hold. */
  async finish(): Promise<void> {
    const { refuse } = this.#parts;
    await this.#passKeyBlocks();
    if (this.#next < this.#ids.length) refuse(`the results of block ${this.#first + BigInt(this.#next)} are missing`);
    if (this.#missingEvidence.size > 0) refuse("proofs of fraud are missing that a header promises");
    if (this.#windowFees > this.#totals.feesUnits) refuse("its sums are smaller than the fees of its blocks");
    const fees = this.#totals.feesUnits - this.#windowFees;
    // Only the fees of these are ever asked for: the blocks themselves are not shown by a node that began here.
    await this.#put(this.#epochEnds.map(({ height, feesBefore }) => putTotals(height, { ...this.#totals, feesUnits: fees + feesBefore })));
  }

  /** Key blocks have no results. Before each an epoch ends, whose fees are kept with its last block. */
  async #passKeyBlocks(): Promise<void> {
    for (let entry = this.#at(this.#next); entry?.header?.kind === "key"; entry = this.#at(++this.#next)) {
      if (this.#next === 0) continue;
      const last = this.#known(entry.parentId);
      this.#epochEnds.push({ height: last.height, feesBefore: this.#windowFees });
      if (last.header?.kind !== "data") await this.#put([planResults(last, { epochFeesUnits: 0n, results: [] })]);
      this.#epochFees = 0n;
    }
    if (this.#next === this.#ids.length) await this.#put([planResults(this.#base, { epochFeesUnits: 0n, results: [] })]);
  }

  #put(operations: readonly KeyValueOperation[]): Promise<void> {
    return operations.length === 0 ? Promise.resolve() : this.#parts.disk.batch(operations, { sync: false });
  }

  #at(index: number): ChainEntry | undefined {
    const id = this.#ids[index];
    return id === undefined ? undefined : this.#known(id);
  }

  #known(id: Uint8Array): ChainEntry {
    return this.#parts.store.entry(id) ?? this.#parts.refuse("a header is missing");
  }
}

export interface About {
  readonly genesis: string;
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly totals: Totals;
}

/** Faults: CODEC_MALFORMED. */
export function readAbout(record: Uint8Array): About {
  const [format, genesis, height, blockId, ...totals] = listField(decodeRlp(record, 16), "snapshot");
  smallField(format, "format", 1);
  return {
    genesis: textField(genesis, "genesis", 1 << 21), height: numberField(height, "height", 48), blockId: bytesField(blockId, "block", [32]),
    totals: readTotals(totals),
  };
}
