import { sha256 } from "../../base/hash.ts";
import { toHex } from "../../base/bytes.ts";

/** Modules kept by one thread. A module holds machine code of a few kilobytes. */
const MOST_MODULES = 256;

const modules = new Map<string, WebAssembly.Module>();

/** Lets go of all modules, so that the time of compiling can be taken again. */
export function forgetModules(): void {
  modules.clear();
}

/**
 * The engine's module for these bytes. Machines that run the same program share it: the key is what the
 * bytes say, so nothing can be out of date.
 */
export function moduleFor(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const key = toHex(sha256(bytes));
  const known = modules.get(key);
  if (known !== undefined) {
    modules.delete(key); // to the end of the line: the oldest goes first
    modules.set(key, known);
    return known;
  }
  const module = new WebAssembly.Module(bytes);
  modules.set(key, module);
  if (modules.size > MOST_MODULES) modules.delete(modules.keys().next().value as string);
  return module;
}
