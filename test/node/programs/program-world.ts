import { utf8 } from "../../../lang/base/bytes.ts";
import { Machine, type MachineOptions } from "../../../lang/machine/machine.ts";
import { createLocalState } from "../../../node/state/local-state.ts";
import { FILE_MODE, packMode, RIGHT_BITS, unpackMode } from "../../../node/state/rights.ts";
import { createRealmHost, type RealmHost } from "../../../node/state/realm-host.ts";
import type { Realm } from "../../../node/state/realm.ts";
import type { Value } from "../../../lang/value.ts";

const COIN = 10n ** 18n;

/** Runs without an end in sight still end: what nobody limits. */
const ERG = 50_000_000;

/** Domains with coins and programs on one realm, all in memory. */
export class ProgramWorld {
  readonly realm: Realm = createLocalState().realm;
  readonly #machine: Pick<MachineOptions, "tier" | "interrupt">;

  constructor(tier: NonNullable<MachineOptions["tier"]> = "none", interrupt?: SharedArrayBuffer) {
    this.#machine = { tier, ...(interrupt !== undefined && { interrupt }) };
  }

  fund(domain: Uint8Array, coins: bigint): void {
    this.realm.adjustBalance(domain, coins * COIN);
  }

  balance(domain: Uint8Array): bigint {
    return this.realm.domain(domain).balanceUnits;
  }

  /** Makes a program of `domain` that everybody may execute. */
  program(domain: Uint8Array, name: string, source: string): void {
    const content = utf8(source);
    const groups = unpackMode(FILE_MODE);
    const x = RIGHT_BITS.execute;
    this.realm.putEntry(domain, "/", {
      format: 1, kind: "file", name, owner: domain, acl: new Uint8Array(0), meta: new Uint8Array(0),
      mode: packMode({ owner: groups.owner | x, mask: groups.mask | x, others: groups.others | x }),
      sizeBytes: content.length, contentHash: this.realm.putContent(content, name),
    });
  }

  host(signer: Uint8Array, print: (bytes: Uint8Array) => void = () => undefined): RealmHost {
    return createRealmHost({ realm: this.realm, signer, directory: { domain: signer, path: "/" }, height: 1n, identityText: "", write: print, machine: this.#machine });
  }

  /** Runs lines as a domain; says how they ended, what was printed, and what it cost. */
  run(signer: Uint8Array, source: string, ergLimit = ERG): { readonly fault: string; readonly printed: string; readonly ergUsed: number; readonly stack: readonly Value[] } {
    let printed = "";
    const machine = Machine.create({ host: this.host(signer, (bytes) => (printed += Buffer.from(bytes).toString())), ...this.#machine });
    const result = machine.run(source, { mode: "shell", sourceName: "test", ergLimit });
    const fault = result.kind === "fault" ? codeOf(result.report.fault) : result.kind;
    return { fault, printed, ergUsed: result.ergUsed ?? 0, stack: machine.stackValues() };
  }
}

/** A fault by its code, with what it was caused by. */
function codeOf(fault: { readonly code: string; readonly cause?: { readonly code: string } }): string {
  return fault.cause === undefined ? fault.code : `${fault.code} ${fault.cause.code}`;
}
