/**
 * Carries one declared fault across an abort. Expected outcomes are returned as verdicts instead;
 * this is for work that cannot go on. `fault` is plain data, so it crosses workers and encodings.
 */
export class FaultError<F extends Fault = Fault> extends Error {
  readonly fault: F;
  constructor(fault: F) {
    // Noting the call stack takes some microseconds, which a program that throws in a loop would not pay for.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(fault.code);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "FaultError";
    this.fault = fault;
  }
}

/** Codes are public: never reused, never renamed. `shell/render/faults.ts` maps each to text and hint. */
export interface Fault {
  readonly code: string;
}

/** True for an abort that carries a declared fault; everything else is our own error and must surface. */
export function isFaultError(error: unknown): error is FaultError {
  return error instanceof FaultError;
}
