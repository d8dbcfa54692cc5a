import type { TokenOrigin, Vm } from "./vm.ts";

/** Tokens noted at once: a line that evaluates in a loop makes millions, and the stack can name four thousand. */
const MOST_TOKENS = 1 << 16;

/** Index of the origin for entries that this token makes. */
export function noteToken(vm: Vm, token: TokenOrigin): number {
  if (vm.tokens.length >= MOST_TOKENS) tidyTokens(vm);
  return vm.tokens.push(token) - 1;
}

/** Forgets the tokens that no entry names any more. */
export function tidyTokens(vm: Vm): void {
  const kept: TokenOrigin[] = [];
  const keep = (origin: number): number => {
    const token = origin < 0 ? vm.tokens[~origin] : undefined;
    return token === undefined ? origin : ~(kept.push(token) - 1);
  };
  for (let index = 0; index < vm.sp; index += 1) vm.origins[index] = keep(vm.origins[index] as number);
  vm.origin = keep(vm.origin);
  vm.tokens = kept;
}
