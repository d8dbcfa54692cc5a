import { concatBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import { keccak256 } from "../../lang/base/hash.ts";

/**
 * Places inside a domain. A path is absolute within its domain: "/" is the root, which has no entry
 * record of its own, "/docs/note" an entry named "note" in the directory "/docs".
 */
export const ROOT_PATH = "/";

/** The path of a name in a directory. */
export function childPath(directory: string, name: string): string {
  return directory === ROOT_PATH ? `/${name}` : `${directory}/${name}`;
}

/** Not for the root, which stands in no directory. */
export function splitPath(path: string): { readonly directory: string; readonly name: string } {
  assert(path.startsWith("/") && path.length > 1, "only the root has no parent");
  const slash = path.lastIndexOf("/");
  return { directory: slash === 0 ? ROOT_PATH : path.slice(0, slash), name: path.slice(slash + 1) };
}

/** What all entries of one directory have in common in the trie: 32 bytes. */
export function directoryTrieKey(directory: string): Uint8Array {
  return keccak256(utf8(directory));
}

/** Where an entry stands in its domain's trie: 64 bytes. */
export function entryTrieKey(directory: string, name: string): Uint8Array {
  return concatBytes(directoryTrieKey(directory), keccak256(utf8(name)));
}

/** What all values that one program keeps have in common in the trie: 32 bytes. No path holds a NUL, so no directory has them. */
export function storedTrieKeys(program: string): Uint8Array {
  return keccak256(utf8(`${program}\0`));
}

/** Where a value of a program stands in the trie of its domain: 64 bytes. */
export function storedTrieKey(program: string, key: string): Uint8Array {
  return concatBytes(storedTrieKeys(program), keccak256(utf8(key)));
}

/** A directory of a domain as the key of a map: 40 hex digits, then the path. */
export function directoryText(address: Uint8Array, directory: string): string {
  return toHex(address) + directory;
}

export function fromDirectoryText(text: string): { readonly address: Uint8Array; readonly directory: string } {
  const address = fromHex(text.slice(0, 40));
  assert(address !== undefined && address.length === 20, "made by directoryText");
  return { address, directory: text.slice(40) };
}
