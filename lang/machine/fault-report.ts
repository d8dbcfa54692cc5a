import type { FaultReport, SourceSpot } from "../fault.ts";
import { FRAME } from "./layout.ts";
import { makeSpot } from "./spots.ts";
import { FIRST_CODE, MODE } from "./mode.ts";
import type { Vm } from "./vm.ts";

const TRACE_LENGTH = 64;

/**
 * Says what went wrong, where in the text that was given, and through which words. Read while the
 * machine still stands where it failed.
 */
export function reportFault(vm: Vm, fault: { readonly code: string }): FaultReport {
  const at = vm.text.spot();
  const trace: { word: string; spot?: SourceSpot }[] = [];
  if (vm.mode === MODE.code && vm.ip > FIRST_CODE) addFrame(vm, vm.ip - 1, trace);
  for (let index = vm.rp - 1; index >= 0 && trace.length < TRACE_LENGTH; index -= 1) {
    if (vm.rtags[index] !== FRAME.call && vm.rtags[index] !== FRAME.source) continue;
    const address = vm.rwords[index * 2] as number;
    if (address > FIRST_CODE) addFrame(vm, address - 1, trace);
  }
  return { fault, ...(at !== undefined && { at }), trace };
}

/** The word that code at an address belongs to, and where in its source. */
function addFrame(vm: Vm, address: number, trace: { word: string; spot?: SourceSpot }[]): void {
  const owner = ownerOf(vm, address);
  const spot = codeSpot(vm, address, owner?.code ?? 0);
  trace.push({ word: owner === undefined ? "?" : owner.name || ":noname", ...(spot !== undefined && { spot }) });
}

/** The colon word whose code contains an address. */
export function ownerOf(vm: Vm, address: number): { readonly name: string; readonly code: number; readonly xt: number } | undefined {
  const { entries } = vm.dictionary;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry !== undefined && entry.kind === "colon" && entry.code <= address) return entry;
  }
  return undefined;
}

/** Where in the source the instruction at an address was compiled from. */
export function codeSpot(vm: Vm, address: number, from: number): SourceSpot | undefined {
  const place = vm.lines.find(address, from);
  const line = place === undefined ? undefined : vm.lines.lines[place.line];
  if (place === undefined || line === undefined) return undefined;
  return makeSpot(line.source, line.line, line.text, place.column, place.length);
}
