import { FaultError } from "../base/fault.ts";
import type { LangFault } from "../fault.ts";
import type { Meter } from "../host.ts";
import { Interrupted } from "./stop.ts";

/** Kinds of fault that no CATCH sees. */
const UNCATCHABLE = new Set(["LANG_OUT_OF_ERG"]);

/** What stops a machine: ERG that runs out, an interrupt, a fault. */
export abstract class MachineMeter implements Meter {
  ergLimit = Number.MAX_SAFE_INTEGER;
  ergLeft = Number.MAX_SAFE_INTEGER;
  /** Raised by another thread; looked at when ERG is charged. */
  readonly interruptFlag: Int32Array;

  constructor(interruptFlag: Int32Array) {
    this.interruptFlag = interruptFlag;
  }

  /** Name of the word being executed, for faults. */
  abstract get word(): string;

  charge(erg: number): void {
    this.ergLeft -= erg;
    if (this.ergLeft < 0) this.outOfErg();
  }

  outOfErg(): never {
    this.ergLeft = 0;
    throw this.fault({ code: "LANG_OUT_OF_ERG", ergLimit: this.ergLimit });
  }

  get ergUsed(): number {
    return this.ergLimit - this.ergLeft;
  }

  /** Whether someone asked to stop. The fault is not catchable. */
  checkInterrupt(): void {
    if (Atomics.load(this.interruptFlag, 0) === 0) return;
    throw new Interrupted();
  }

  fault(fault: LangFault): FaultError<LangFault> {
    return new FaultError<LangFault>(fault);
  }

  catchable(fault: { readonly code: string }): boolean {
    return !UNCATCHABLE.has(fault.code);
  }
}
