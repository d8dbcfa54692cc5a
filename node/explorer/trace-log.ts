import { ByteLog } from "../../lang/base/byte-log.ts";
import { forEachTouched, writtenPlaces, type BlockTrace, type PackageTrace, type Payment } from "./block-trace.ts";
import { encodeTraceOf, writePackage } from "./index-codec.ts";

const DOMAIN = 20;
/** Index of the package, and the domain. */
const TOUCH = 4 + DOMAIN;

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
  /** Of all packages, in base units. */
  feesUnits = 0n;
  burntUnits = 0n;
  #count = 0;
  readonly #packages = new ByteLog();
  readonly #touches = new ByteLog();

  static of({ packages, payments }: BlockTrace): TraceLog {
    const log = new TraceLog();
    for (const one of packages) log.add(one);
    log.payments.push(...payments);
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
    forEachTouched(trace, (domain) => {
      const at = this.#touches.reserve(TOUCH);
      this.#touches.memory.writeUInt32BE(index, at);
      this.#touches.memory.set(domain, at + 4);
    });
    if (trace.changes === undefined) return;
    for (const { burntUnits } of trace.changes.effect.sacrifices) this.burntUnits += burntUnits;
    for (const { domain, path } of writtenPlaces(trace.changes.effect)) this.written.push({ index, domain, path });
  }

  /** Every domain that each package touched, in order of the packages. */
  forEachTouch(take: (index: number, domain: Uint8Array) => void): void {
    const { memory, size } = this.#touches;
    for (let at = 0; at < size; at += TOUCH) take(memory.readUInt32BE(at), memory.subarray(at + 4, at + TOUCH));
  }

  /** The record of the block in the index. */
  encode(): Uint8Array {
    return encodeTraceOf(this.#count, this.#packages, this.payments);
  }
}
