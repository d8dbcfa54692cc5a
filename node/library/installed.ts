import { readFileSync } from "node:fs";
import type { Library } from "../../lang/host.ts";

/** Beside the modules, in the sources as in the build. */
const INSTALLED = new URL("../../stdlib/", import.meta.url);

/** The stdlib that came with this program, or that of another folder. A file that cannot be read counts as missing. */
export function installedLibrary(folder: URL = INSTALLED): Library {
  return (subject) => {
    try {
      return readFileSync(new URL(`${subject}.gs`, folder));
    } catch {
      return undefined;
    }
  };
}
