import type { Value } from "../../../lang/value.ts";
import type { FileContext } from "../access.ts";
import type { HostState } from "../realm-host.ts";

/** What a host word works with. Its arguments are of the kinds its row declares; see host-args.ts. */
export interface WordCall extends FileContext {
  readonly host: HostState;
  readonly args: readonly Value[];
}

export type WordAction = (call: WordCall) => readonly Value[];

const NOTHING: readonly Value[] = [];

/** For words that give nothing: the call before it has done its work. */
export function done(_: void): readonly Value[] {
  return NOTHING;
}

/** True is a cell of all ones, as in Forth. */
export function flag(holds: boolean): readonly Value[] {
  return [{ kind: "cell", value: holds ? -1n : 0n }];
}
