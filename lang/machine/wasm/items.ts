/** Where a stack entry is while compiled code runs. A flag is 0 or 1 in a 32-bit local and stands for 0 or -1. */
export type Item =
  | { readonly kind: "const"; readonly value: bigint }
  | { readonly kind: "cell"; readonly local: number; readonly range?: Range }
  | { readonly kind: "flag"; readonly local: number };

/** Signed, both included. */
export interface Range {
  readonly least: bigint;
  readonly most: bigint;
}

/** Of the index of a counted loop: `erg` was taken for each round up to the one that begins at the index in local `end`. */
export interface Prepaid {
  readonly end: number;
  readonly erg: number;
}

/** An entry of the return stack as the interpreter would have it. */
export type ReturnItem =
  | { readonly kind: "cell"; readonly item: Item }
  | { readonly kind: "loop"; readonly item: Item; readonly prepaid?: Prepaid; readonly range?: Range }
  | { readonly kind: "local"; readonly item: Item }
  | { readonly kind: "locals"; readonly count: number }
  | { readonly kind: "call"; readonly returnTo: number };

/** Both stacks at one place, above what the word found. The bottom of `data` are the word's own inputs. */
export interface StackState {
  data: Item[];
  returns: ReturnItem[];
  /** Locals that hold addresses, and how many bytes from there on are known to be a program's to use. */
  checked: Map<number, number>;
}
