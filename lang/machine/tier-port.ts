import type { Vm } from "./vm.ts";

/** The second tier, as the interpreter sees it. What it does must not differ from what the interpreter would do. */
export interface Tier {
  /** At a call: true when the word was run, or begun so that the interpreter goes on within it. */
  call(vm: Vm, xt: number): boolean;
  /** At a branch back to `vm.ip`: may run the rest of the word, wholly or in part. */
  back(vm: Vm): void;
  /** The EXECUTE or CATCH at `ip` is about to run that token. */
  executes(ip: number, xt: number): void;
  /** Code from this address on has changed or is gone. */
  forget(codeFrom: number): void;
  /** Constants may hold something else than before. */
  constantsChanged(): void;
  /** This word does something else from now on. */
  changes(xt: number): void;
}
