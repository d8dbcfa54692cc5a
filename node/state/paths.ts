import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { StateFault } from "../fault.ts";
import { decodeAddress, encodeAddress } from "./address.ts";
import { ROOT_PATH } from "./entry-keys.ts";
import { LIMITS } from "./limits.ts";

/** A place in the state: a domain, and an absolute path within it ("/" is its root). */
export interface Place {
  readonly domain: Uint8Array;
  readonly path: string;
}

/** Whose `~` it is, and where relative paths start. */
export interface PathContext {
  readonly home: Uint8Array;
  readonly directory: Place;
}

/**
 * Reads a path as a shell user writes it: `~` and `~/a` are the signer's domain, `/grid1…/a` any
 * domain, all else starts from the directory. `.`, `..` and doubled or trailing slashes mean what they
 * mean elsewhere; `..` at the root of a domain stays there. Faults: STATE_BAD_NAME, STATE_BAD_ADDRESS.
 */
export function parsePath(text: string, { home, directory }: PathContext): Place {
  if (text === "") throw badName(text, "empty");
  if (utf8(text).length > LIMITS.pathBytes) throw badName(text, "too-long");
  const names = text.split("/");
  if (names[0] === "~") return walk(text, { domain: home, path: ROOT_PATH }, names.slice(1));
  if (!text.startsWith("/")) return walk(text, directory, names);
  const [address, ...rest] = names.filter((name) => name !== "");
  if (address === undefined) throw badName(text, "empty");
  return walk(text, { domain: decodeAddress(address), path: ROOT_PATH }, rest);
}

function walk(text: string, start: Place, names: readonly string[]): Place {
  const found = start.path === ROOT_PATH ? [] : start.path.slice(1).split("/");
  for (const name of names) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      found.pop();
      continue;
    }
    const problem = nameProblem(name);
    if (problem !== undefined) throw badName(text, problem);
    found.push(name);
  }
  const path = `/${found.join("/")}`;
  if (utf8(path).length > LIMITS.pathBytes) throw badName(text, "too-long");
  return { domain: start.domain, path };
}

type NameProblem = Extract<StateFault, { readonly code: "STATE_BAD_NAME" }>["reason"];

/** Why a text cannot name an entry; undefined if it can. The slash is no question here: paths are split at it. */
export function nameProblem(name: string): NameProblem | undefined {
  if (name === "") return "empty";
  if (name === "." || name === "..") return "dot";
  if (name.includes("\0")) return "nul";
  return utf8(name).length > LIMITS.nameBytes ? "too-long" : undefined;
}

/** True for the form in which paths are kept: absolute, every name valid, no slash at the end. */
export function isCanonicalPath(path: string): boolean {
  return path === ROOT_PATH || (path.startsWith("/") && path.slice(1).split("/").every((name) => nameProblem(name) === undefined));
}

/** A place as people read it: `~/a` for what belongs to `home`, else `/grid1…/a`. */
export function showPlace({ domain, path }: Place, home: Uint8Array): string {
  const start = equalBytes(domain, home) ? "~" : `/${encodeAddress(domain)}`;
  return path === ROOT_PATH ? start : start + path;
}

function badName(path: string, reason: NameProblem): FaultError<StateFault> {
  return new FaultError<StateFault>({ code: "STATE_BAD_NAME", path: path.slice(0, 200), reason });
}
