import { toHex } from "../../lang/base/bytes.ts";
import type { Effect } from "../package/effect.ts";
import type { DomainWrite } from "../state/realm-root.ts";

/**
 * What a block did and to whom, noted while it runs: what the explorer's index is made of. The ledger's own
 * records say what a package is and how it ended; this adds whom it touched.
 */
export interface PackageTrace {
  /** 20 bytes each; the payer only where another domain sponsors the package. */
  readonly signer: Uint8Array;
  readonly payer: Uint8Array | undefined;
  readonly feeUnits: bigint;
  /** With its encoding. Undefined when nothing changed beyond nonce and fee. */
  readonly changes: { readonly effect: Effect; readonly bytes: Uint8Array } | undefined;
}
/** Coins that come from outside of any package: the genesis and rewards. */
export interface Payment {
  readonly domain: Uint8Array;
  readonly units: bigint;
}

/** In order of execution. While the block runs it is a TraceLog. */
export interface BlockTrace {
  readonly packages: readonly PackageTrace[];
  readonly payments: readonly Payment[];
  /** Every domain whose record the block wrote, in no order that means anything. */
  readonly writes: readonly DomainWrite[];
}

/** How a package or a block touched a domain; a number of them together are the sum of their bits. */
const ROLE = { signer: 1, payer: 2, received: 4, spent: 8, written: 16, called: 32, rewarded: 64 } as const;
export type Role = keyof typeof ROLE;

export interface Touch {
  readonly domain: Uint8Array;
  /** Bits of ROLE. */
  readonly roles: number;
  /** Base units, fees left out. */
  readonly deltaUnits: bigint;
}

/** Every domain that a package touched, once each. */
export function touchesOf({ signer, payer, changes }: PackageTrace): Touch[] {
  const touches = new Map<string, { readonly domain: Uint8Array; roles: number; deltaUnits: bigint }>();
  const touch = (domain: Uint8Array, role: number, deltaUnits = 0n): void => {
    const name = toHex(domain);
    const known = touches.get(name);
    if (known === undefined) touches.set(name, { domain, roles: role, deltaUnits });
    else [known.roles, known.deltaUnits] = [known.roles | role, known.deltaUnits + deltaUnits];
  };
  touch(signer, ROLE.signer);
  if (payer !== undefined) touch(payer, ROLE.payer);
  if (changes === undefined) return [...touches.values()];
  const { balances, calls, keys, sacrifices } = changes.effect;
  for (const { domain, deltaUnits } of balances) touch(domain, deltaUnits > 0n ? ROLE.received : ROLE.spent, deltaUnits);
  for (const { domain } of writtenPlaces(changes.effect)) touch(domain, ROLE.written);
  const named = sacrifices.filter(({ usedUnits, oldNick, newNick }) => usedUnits > 0n || oldNick !== newNick);
  for (const { domain } of [...keys, ...named]) touch(domain, ROLE.written);
  for (const { domain } of calls) touch(domain, ROLE.called);
  return [...touches.values()];
}

/** Every domain that payments of a block touched, once each, though both leaders that share an epoch may be the same. */
export function paymentTouches({ payments }: Pick<BlockTrace, "payments">): Touch[] {
  const sums = new Map<string, Touch>();
  for (const { domain, units } of payments) {
    const name = toHex(domain);
    sums.set(name, { domain, roles: ROLE.rewarded, deltaUnits: (sums.get(name)?.deltaUnits ?? 0n) + units });
  }
  return [...sums.values()];
}

/** Places whose content, rights or stored values an effect changes, once each. */
export function writtenPlaces({ paths, rights, stored }: Effect): { readonly domain: Uint8Array; readonly path: string }[] {
  const all = [...paths, ...rights, ...stored];
  if (all.length < 2) return all;
  return [...new Map(all.map(({ domain, path }) => [`${toHex(domain)} ${path}`, { domain, path }])).values()];
}

/** The names of the roles whose bits are set. */
export function rolesOf(bits: number): Role[] {
  return (Object.keys(ROLE) as Role[]).filter((role) => (bits & ROLE[role]) !== 0);
}
