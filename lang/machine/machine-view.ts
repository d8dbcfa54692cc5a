import type { Vm } from "./vm.ts";

/** What a machine can show of itself. */
export interface MachineView {
  readonly helpText: (vm: Vm, name: string) => string;
  readonly seeWord: (vm: Vm, xt: number) => string;
  readonly stackLine: (vm: Vm) => string;
  readonly stackTable: (vm: Vm) => string;
  readonly builtinNames: () => string[];
  readonly wordList: (vm: Vm, part: string) => string;
  readonly locateWord: (vm: Vm, xt: number) => string;
  readonly usesOfWord: (vm: Vm, xt: number) => string;
  readonly seeShellWord: (vm: Vm, name: string) => string | undefined;
}
