import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import type { Block, PackageResult } from "../../node/ledger/block.ts";
import type { LedgerParams } from "../../node/ledger/params.ts";
import { BURN, NICK, nickOf, readTransfer, TRANSFER_ERG } from "./transfers.ts";

const COIN = 10n ** 18n;

/**
 * The ledger once more, in the plainest way: balances in a map, blocks one after another, no trie, no
 * store, no shared code for money. What it says of a chain must be what the nodes' state says.
 */
export interface ModelEpoch {
  readonly leader: string;
  readonly keyBlockId: string;
  feesUnits: bigint;
  /** Who proved that its leader cheated. */
  reporter?: string;
}

export class Model {
  readonly balances = new Map<string, bigint>();
  readonly nonces = new Map<string, bigint>();
  /** What each domain burnt, and how much of that paid for nicks. */
  readonly burnt = new Map<string, bigint>();
  readonly used = new Map<string, bigint>();
  /** Nick to domain. */
  readonly nicks = new Map<string, string>();
  readonly epochs: ModelEpoch[] = [];
  /** Package id to height. */
  readonly included = new Map<string, bigint>();
  readonly problems: string[] = [];
  destroyedUnits = 0n;
  mintedUnits = 0n;
  /** Genesis coins and all that was paid up to and with each block; the genesis is the first. */
  readonly paidAt: bigint[] = [];
  lockedUnits = 0n;
  readonly #params: LedgerParams;
  #paidUnits = 0n;

  constructor(params: LedgerParams, allocations: readonly { readonly domain: Uint8Array; readonly units: bigint }[]) {
    this.#params = params;
    for (const { domain, units } of allocations) this.#add(toHex(domain), units);
    this.paidAt.push(allocations.reduce((sum, { units }) => sum + units, 0n));
  }

  take(id: string, block: Block, results: readonly PackageResult[]): void {
    if ("packages" in block) block.packages.forEach((bytes, index) => this.#package(bytes, results[index], block.header.height));
    else {
      for (const one of block.evidence) this.#punish(toHex(one.kind === "twin" ? one.first.keyBlockId : one.header.keyBlockId), toHex(block.header.rewardDomain));
      this.#key(id, block.header.keyHeight, toHex(block.header.rewardDomain));
    }
    this.paidAt.push((this.paidAt[0] ?? 0n) + this.#paidUnits);
  }

  #punish(keyBlockId: string, reporter: string): void {
    const epoch = this.epochs.find((one) => one.keyBlockId === keyBlockId);
    if (epoch === undefined || epoch.reporter !== undefined) this.problems.push(`epoch ${keyBlockId.slice(0, 8)} is punished twice, or not on this chain`);
    else epoch.reporter = reporter;
  }

  #pay(epoch: ModelEpoch, units: bigint): void {
    const paid = epoch.reporter === undefined ? units : (units * 5n) / 100n;
    this.#add(epoch.reporter ?? epoch.leader, paid);
    this.#paidUnits += paid;
    this.destroyedUnits += units - paid;
  }

  #key(id: string, keyHeight: bigint, leader: string): void {
    this.epochs.push({ leader, keyBlockId: id, feesUnits: 0n });
    const at = Number(keyHeight - this.#params.maturityKeyBlocks) - 1;
    const epoch = this.epochs[at];
    const next = this.epochs[at + 1];
    if (at < 0 || epoch === undefined || next === undefined) return;
    const pot = this.#params.coinbaseUnits + epoch.feesUnits;
    const forLeader = (pot * 40n) / 100n;
    this.mintedUnits += this.#params.coinbaseUnits;
    this.lockedUnits -= epoch.feesUnits;
    this.#pay(epoch, forLeader);
    this.#pay(next, pot - forLeader);
  }

  #package(bytes: Uint8Array, result: PackageResult | undefined, height: bigint): void {
    const { from, to, nonce, units, ergPriceUnits } = readTransfer(bytes);
    const [payer, payee] = [toHex(from), toHex(to)];
    const fee = TRANSFER_ERG * ergPriceUnits;
    if (result === undefined) return void this.problems.push(`no result at height ${height}`);
    const id = toHex(result.packageId);
    if (this.included.has(id)) this.problems.push(`package ${id} stands twice`);
    this.included.set(id, height);
    if (nonce !== (this.nonces.get(payer) ?? 0n) + 1n) this.problems.push(`nonce ${nonce} of ${payer} out of turn`);
    this.nonces.set(payer, nonce);
    this.#add(payer, -fee);
    this.lockedUnits += fee;
    const epoch = this.epochs.at(-1);
    if (epoch !== undefined) epoch.feesUnits += fee;
    const isDone = equalBytes(to, NICK) ? this.#nick(payer, units) : (this.balances.get(payer) ?? 0n) >= units;
    if (isDone !== (result.outcome.kind === "done")) this.problems.push(`package ${id} ended as ${result.outcome.kind}`);
    if (!isDone || equalBytes(to, NICK)) return;
    this.#add(payer, -units);
    if (equalBytes(to, BURN)) this.burnt.set(payer, (this.burnt.get(payer) ?? 0n) + units);
    else this.#add(payee, units);
  }

  /** Takes a nick, or drops one; whether that worked. */
  #nick(domain: string, units: bigint): boolean {
    const own = [...this.nicks].find(([, owner]) => owner === domain)?.[0];
    if (units < COIN) return own !== undefined && this.nicks.delete(own);
    const used = this.used.get(domain) ?? 0n;
    const nick = nickOf(units);
    if (own !== undefined || this.nicks.has(nick) || (this.burnt.get(domain) ?? 0n) < used + COIN) return false;
    this.used.set(domain, used + COIN);
    this.nicks.set(nick, domain);
    return true;
  }

  #add(domain: string, units: bigint): void {
    const sum = (this.balances.get(domain) ?? 0n) + units;
    if (sum < 0n) this.problems.push(`${domain} has less than nothing`);
    this.balances.set(domain, sum);
  }
}
