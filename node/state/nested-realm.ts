import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { BaseState } from "./base-state.ts";
import { encodeDomain, encodeEntry, encodeStored } from "./records-codec.ts";
import type { DomainRecord, EntryRecord, StoredRecord } from "./records.ts";
import { Realm } from "./realm.ts";

/**
 * A realm within a realm (G14): what it changes is seen against its parent, and reaches the parent only
 * when it is absorbed. A block runs each package in one, so that an effect is the package's own.
 */
export function nestedRealm(parent: Realm): Realm {
  return new Realm(new ParentState(parent.fork()));
}

/**
 * As nestedRealm, for one package of a block: over its parent itself, which must not change while this one
 * is in use. `reserved` is taken off the payer's balance as the package sees it. Faults: STATE_INSUFFICIENT.
 */
export function packageRealm(parent: Realm, reserved: Reserve): Realm {
  return new Realm(new ParentState(parent, reserved));
}

/** What is set aside for the fee. */
export interface Reserve {
  readonly payer: Uint8Array;
  readonly units: bigint;
}

/** Puts what a nested realm changed on its parent. */
export function absorb(parent: Realm, nested: Realm): void {
  parent.add(nested.pending());
}

/** A realm as the base of another. Tries stay the grandparent's: nothing nested asks for a root. */
class ParentState extends BaseState {
  readonly #parent: Realm;

  readonly #reserved: Reserve | undefined;
  /** The first two domains that it is asked for are remembered without a map: a payment asks for no others, but a dozen times. */
  #firstName: string | undefined;
  #first: DomainRecord | undefined;
  #secondName: string | undefined;
  #second: DomainRecord | undefined;

  constructor(parent: Realm, reserved?: Reserve) {
    super(parent.base.reader, parent.base);
    this.#parent = parent;
    this.#reserved = reserved;
  }

  override domain(address: Uint8Array, key = toHex(address)): DomainRecord | undefined {
    if (this.#firstName === undefined) {
      this.#first = this.readDomain(address, key);
      this.#firstName = key;
    }
    if (key === this.#firstName) return this.#first;
    if (this.#secondName === undefined) {
      this.#second = this.readDomain(address, key);
      this.#secondName = key;
    }
    return key === this.#secondName ? this.#second : super.domain(address, key);
  }

  override readDomain(address: Uint8Array, key?: string): DomainRecord {
    const record = this.#parent.domain(address, key);
    const reserved = this.#reserved;
    if (reserved === undefined || !equalBytes(reserved.payer, address)) return record;
    const { balanceUnits } = record;
    if (balanceUnits < reserved.units) throw new FaultError<StateFault>({ code: "STATE_INSUFFICIENT", haveUnits: balanceUnits, needUnits: reserved.units });
    return { ...record, balanceUnits: balanceUnits - reserved.units };
  }

  override domainBytes(address: Uint8Array): Uint8Array {
    return encodeDomain(this.readDomain(address));
  }

  override entry(address: Uint8Array, path: string): EntryRecord | undefined {
    return this.#parent.entry(address, path);
  }

  override entryBytes(address: Uint8Array, path: string): Uint8Array | undefined {
    const entry = this.entry(address, path);
    return entry === undefined ? undefined : encodeEntry(entry);
  }

  override list(address: Uint8Array, directory: string): EntryRecord[] {
    return this.#parent.list(address, directory);
  }

  override storedBytes(address: Uint8Array, program: string, key: string): Uint8Array | undefined {
    const value = this.#parent.stored(address, program, key);
    return value === undefined ? undefined : encodeStored({ format: 1, key, value });
  }

  override *listStored(address: Uint8Array, program: string): Iterable<StoredRecord> {
    for (const [key, value] of this.#parent.listStored(address, program)) yield { format: 1, key, value };
  }

  override content(hash: Uint8Array): Uint8Array {
    return this.#parent.content(hash);
  }
}
