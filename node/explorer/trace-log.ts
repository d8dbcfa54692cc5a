import { ByteLog } from "../../lang/base/byte-log.ts";
import type { DomainWrite } from "../state/realm-root.ts";
import { writtenPlaces, type BlockTrace, type PackageTrace, type Payment } from "./block-trace.ts";
import { encodeTraceOf, writeDomain, writePackage } from "./index-codec.ts";

/** A place that a package wrote to. */
export interface WrittenPlace {
  readonly index: number;
  readonly domain: Uint8Array;
  readonly path: string;
}

/**
 * The trace of a block that is running, filled in order of execution. Of packages it keeps no objects but bytes, in the
 * form of the index: a full block has ten thousands, and all that lives until it is done is moved by the collector.
 */
export class TraceLog {
  readonly payments: Payment[] = [];
  readonly written: WrittenPlace[] = [];
  /** Whose programs were called, which need not have written anything. */
  readonly called: { readonly index: number; readonly domain: Uint8Array }[] = [];
  /** Domains that are no more. */
  readonly gone: Uint8Array[] = [];
  /** Of all packages, in base units. */
  feesUnits = 0n;
  burntUnits = 0n;
  #count = 0;
  readonly #packages = new ByteLog();
  readonly #writes = new ByteLog();

  static of({ packages, payments, writes }: BlockTrace): TraceLog {
    const log = new TraceLog();
    for (const one of packages) log.add(one);
    log.payments.push(...payments);
    for (const write of writes) log.noteWrite(write);
    return log;
  }

  /** Packages so far. */
  get count(): number {
    return this.#count;
  }

  add(trace: PackageTrace): void {
    const index = this.#count++;
    this.feesUnits += trace.feeUnits;
    writePackage(this.#packages, trace);
    if (trace.changes === undefined) return;
    for (const { burntUnits } of trace.changes.effect.sacrifices) this.burntUnits += burntUnits;
    for (const { domain, path } of writtenPlaces(trace.changes.effect)) this.written.push({ index, domain, path });
    for (const { domain } of trace.changes.effect.calls) this.called.push({ index, domain });
  }

  /** Once the block's writes are known. */
  noteWrite(write: DomainWrite): void {
    writeDomain(this.#writes, write);
    if (write.isGone) this.gone.push(write.address);
  }

  /** The record of the block in the index. */
  encode(): Uint8Array {
    return encodeTraceOf(this.#count, this.#packages, this.payments, this.#writes);
  }
}
