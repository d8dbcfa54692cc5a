import { readFileSync } from "node:fs";
import type { Library } from "../../lang/host.ts";

/** Beside the modules, in the sources as in the build. */
const INSTALLED = new URL("../../stdlib/", import.meta.url);

/** The stdlib that came with this program, or that of another folder. A file is read once; one that cannot be read counts as missing. */
export function installedLibrary(folder: URL = INSTALLED): Library {
  const read = new Map<string, Uint8Array>();
  return (subject) => {
    const known = read.get(subject);
    if (known !== undefined) return known;
    try {
      const source = readFileSync(new URL(`${subject}.gs`, folder));
      read.set(subject, source);
      return source;
    } catch {
      return undefined;
    }
  };
}
