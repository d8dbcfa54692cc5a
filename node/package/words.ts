import { equalBytes, utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { encodeRlp } from "../../lang/base/rlp.ts";
import { numberItem } from "../../lang/base/rlp-fields.ts";
import { usedCodes, usedWords, type Program } from "../../lang/program/program.ts";
import { WORD_TABLE_VERSION } from "../../lang/primitives/table.ts";
import type { PackageFault } from "../fault.ts";
import type { PackageBody } from "./body.ts";

/**
 * Ties code numbers to the names they had when the package was signed (G26): a table in which a word
 * was renamed gives another hash, so bytecode cannot read differently elsewhere. 32 bytes.
 */
export function wordsHash(programs: readonly Program[]): Uint8Array {
  const name = usedCodes(programs).join(" ");
  const known = hashes.get(name);
  if (known !== undefined) return known;
  const hash = sha256(encodeRlp(usedWords(programs).map(({ code, word }) => [numberItem(code), utf8(word)])));
  if (hashes.size < REMEMBERED_HASHES && name.length < 100) hashes.set(name, hash);
  return hash;
}

/** Of the sets of words that packages of few words use: payments differ in nothing but their literals. */
const hashes = new Map<string, Uint8Array>();
const REMEMBERED_HASHES = 1_024;

/** A package of another word table is refused, not guessed at. */
export function checkWords(body: PackageBody, programs: readonly Program[]): PackageFault | undefined {
  if (body.wordTableVersion !== WORD_TABLE_VERSION) return { code: "PACKAGE_WORD_TABLE", reason: `it needs table version ${body.wordTableVersion}, this node has ${WORD_TABLE_VERSION}` };
  if (!equalBytes(body.wordsHash, wordsHash(programs))) return { code: "PACKAGE_WORD_TABLE", reason: "the names of its words are not those it was signed with" };
  return undefined;
}
