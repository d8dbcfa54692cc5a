import { compareBytes, concatBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import type { PackageFault } from "../../node/fault.ts";
import type { Disk, KeyValueOperation } from "../../node/ports.ts";
import type { BlockContext, BlockState, ExecutionVerdict, Executor, PackageFacts, StateBase, StateStore } from "../../node/ledger/executor.ts";
import { applyFee, feeUnits } from "../../node/ledger/rewards.ts";

/**
 * The smallest world a ledger can run: packages are transfers without signatures, the state is a list of
 * balances and nonces, its root a hash over all of them. Tests of the ledger use it to stay independent
 * of language and trie; rules about packages have their own tests.
 */
export interface Transfer {
  readonly from: Uint8Array;
  readonly nonce: bigint;
  readonly to: Uint8Array;
  readonly units: bigint;
  readonly ergPriceUnits: bigint;
  readonly expiryHeight: bigint;
}
export const TRANSFER_ERG = 100n;

export function encodeTransfer(transfer: Transfer): Uint8Array {
  return encodeRlp([transfer.from, numberItem(transfer.nonce), transfer.to, numberItem(transfer.units), numberItem(transfer.ergPriceUnits), numberItem(transfer.expiryHeight)]);
}

export class TransferExecutor implements Executor<BalanceState> {
  facts(bytes: Uint8Array): PackageFacts {
    const transfer = read(bytes);
    return { packageId: sha256(bytes), domain: transfer.from, nonce: transfer.nonce, ergPriceUnits: transfer.ergPriceUnits, ergLimit: TRANSFER_ERG, expiryHeight: transfer.expiryHeight };
  }

  async execute(bytes: Uint8Array, _context: BlockContext, state: BalanceState): Promise<ExecutionVerdict> {
    const transfer = read(bytes);
    const fee = feeUnits(TRANSFER_ERG, transfer.ergPriceUnits);
    const expected = state.nonce(transfer.from) + 1n;
    if (transfer.nonce !== expected) return { kind: "refused", fault: { code: "PACKAGE_NONCE", expected, found: transfer.nonce } };
    const have = state.balanceUnits(transfer.from);
    if (have < fee) return { kind: "refused", fault: { code: "PACKAGE_CANNOT_PAY", haveUnits: have, needUnits: fee } };
    applyFee(transfer.from, fee, state);
    state.useNonce(transfer.from);
    const result = { packageId: sha256(bytes), ergUsed: TRANSFER_ERG, feeUnits: fee };
    if (state.balanceUnits(transfer.from) < transfer.units) return { kind: "executed", result: { ...result, outcome: { kind: "failed", faultCode: "STATE_INSUFFICIENT" } } };
    state.debit(transfer.from, transfer.units);
    state.credit(transfer.to, transfer.units);
    return { kind: "executed", result: { ...result, outcome: { kind: "done" } } };
  }
}

interface Account {
  balanceUnits: bigint;
  nonce: bigint;
}

export class BalanceState implements BlockState {
  readonly #base: ReadonlyMap<string, Account>;
  readonly #accounts: Map<string, Account>;

  constructor(base: ReadonlyMap<string, Account>) {
    this.#base = base;
    this.#accounts = new Map([...base].map(([name, account]) => [name, { ...account }]));
  }

  balanceUnits(domain: Uint8Array): bigint {
    return this.#accounts.get(toHex(domain))?.balanceUnits ?? 0n;
  }

  nonce(domain: Uint8Array): bigint {
    return this.#accounts.get(toHex(domain))?.nonce ?? 0n;
  }

  useNonce(domain: Uint8Array): void {
    this.#account(domain).nonce += 1n;
  }

  credit(domain: Uint8Array, units: bigint): void {
    this.#account(domain).balanceUnits += units;
  }

  debit(domain: Uint8Array, units: bigint): void {
    this.#account(domain).balanceUnits -= units;
  }

  finish(height: bigint): { stateRoot: Uint8Array; operations: KeyValueOperation[] } {
    const operations: KeyValueOperation[] = [{ type: "put", key: UNDO(height), value: encodeAccounts(this.#base) }];
    for (const [name, account] of this.#accounts) operations.push({ type: "put", key: RECORD(name), value: encodeAccount(account) });
    operations.push({ type: "put", key: LIST, value: encodeRlp([...this.#accounts.keys()].sort().map((name) => fromHex(name) as Uint8Array)) });
    return { stateRoot: rootOfAccounts(this.#accounts), operations };
  }

  #account(domain: Uint8Array): Account {
    const name = toHex(domain);
    let account = this.#accounts.get(name);
    if (account === undefined) this.#accounts.set(name, (account = { balanceUnits: 0n, nonce: 0n }));
    return account;
  }
}

/** Balances on a disk: one record for each domain, a list of them, and the whole list before each height. */
export class BalanceStore implements StateStore<BalanceState> {
  readonly #disk: Disk;

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  begin(base: StateBase | undefined): BalanceState {
    return new BalanceState(base === undefined ? new Map() : this.#load());
  }

  rootOf(_height: bigint): Uint8Array | undefined {
    return this.#disk.getSync(LIST) === undefined ? undefined : rootOfAccounts(this.#load());
  }

  planRevert(height: bigint): KeyValueOperation[] {
    const undo = this.#disk.getSync(UNDO(height));
    if (undo === undefined) throw new Error("no undo record");
    const before = decodeAccounts(undo);
    const gone = [...this.#load().keys()].filter((name) => !before.has(name));
    return [
      ...gone.map((name): KeyValueOperation => ({ type: "del", key: RECORD(name) })),
      ...[...before].map(([name, account]): KeyValueOperation => ({ type: "put", key: RECORD(name), value: encodeAccount(account) })),
      { type: "put", key: LIST, value: encodeRlp([...before.keys()].sort().map((name) => fromHex(name) as Uint8Array)) },
      { type: "del", key: UNDO(height) },
    ];
  }

  /** All coins in balances. */
  supplyUnits(): bigint {
    return [...this.#load().values()].reduce((sum, account) => sum + account.balanceUnits, 0n);
  }

  #load(): Map<string, Account> {
    const list = this.#disk.getSync(LIST);
    if (list === undefined) return new Map();
    return new Map(listField(decodeRlp(list), "list").map((item) => {
      const name = toHex(bytesField(item, "domain", []));
      const record = this.#disk.getSync(RECORD(name));
      return [name, record === undefined ? { balanceUnits: 0n, nonce: 0n } : decodeAccount(record)];
    }));
  }
}

const LIST = utf8("S/list");
const RECORD = (name: string): Uint8Array => utf8(`S/a/${name}`);
const UNDO = (height: bigint): Uint8Array => utf8(`S/u/${height}`);

function rootOfAccounts(accounts: ReadonlyMap<string, Account>): Uint8Array {
  return sha256(encodeAccounts(accounts));
}

function encodeAccount(account: Account): Uint8Array {
  return encodeRlp([numberItem(account.balanceUnits), numberItem(account.nonce)]);
}

function decodeAccount(bytes: Uint8Array): Account {
  const [balance, nonce] = listField(decodeRlp(bytes), "account", 2);
  return { balanceUnits: numberField(balance, "balance", 128), nonce: numberField(nonce, "nonce", 64) };
}

function encodeAccounts(accounts: ReadonlyMap<string, Account>): Uint8Array {
  const names = [...accounts.keys()].map((name) => fromHex(name) as Uint8Array).sort(compareBytes);
  return encodeRlp(names.map((name) => concatBytes(name, encodeAccount(accounts.get(toHex(name)) as Account))));
}

function decodeAccounts(bytes: Uint8Array): Map<string, Account> {
  return new Map(listField(decodeRlp(bytes), "accounts").map((item) => {
    const entry = bytesField(item, "account", []);
    return [toHex(entry.subarray(0, 20)), decodeAccount(entry.subarray(20))];
  }));
}

function read(bytes: Uint8Array): Transfer {
  try {
    const fields = listField(decodeRlp(bytes), "transfer", 6);
    return {
      from: bytesField(fields[0], "from", [20]), nonce: numberField(fields[1], "nonce", 64), to: bytesField(fields[2], "to", [20]),
      units: numberField(fields[3], "units", 128), ergPriceUnits: numberField(fields[4], "price", 64), expiryHeight: numberField(fields[5], "expiry", 48),
    };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    throw new FaultError<PackageFault>({ code: "PACKAGE_MALFORMED", reason: error.message });
  }
}
