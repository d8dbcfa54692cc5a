import { concatBytes, equalBytes, fromHex, toHex, utf8 } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp } from "../../lang/base/rlp.ts";
import type { JournalInfo } from "../api.ts";
import type { Clock, Disk, Random } from "../ports.ts";
import { openSealed, seal } from "./journal-seal.ts";

/**
 * Threads with pending work, kept on disk line by line, so that a lost connection or a killed node loses no line
 * that was answered (G31). They belong to the key that was proved at login (R1), or to whoever has the resume code,
 * and are then sealed with it (R12). What is kept is the thread's own bytes, which only this node wrote.
 */
const PREFIX = utf8("j/");
const PREFIX_END = utf8("j0");
const FORMAT = 1;
const OWNER_BYTES = 32;
const ID_BYTES = 6;
/** A larger thread keeps the journal of its last line that fitted. */
const MOST_BYTES = 4 << 20;
/** For one owner, and for all; the oldest that no session holds go first. */
const MOST_OF_OWNER = 64;
const MOST_TOTAL_BYTES = 256 << 20;
const KEPT_MS = 7 * 86_400_000;

/** Who may resume: a proved key's fingerprint, or a resume code, whose holder can also unseal. */
export type JournalOwner = { readonly fingerprint: string } | { readonly code: Uint8Array };

export interface JournalFacts {
  readonly name: string;
  readonly pendingLines: number;
  readonly baseHeight: bigint;
  readonly kind: JournalInfo["kind"];
}

interface Kept extends JournalFacts {
  readonly savedAtMs: number;
  readonly sizeBytes: number;
}

export interface JournalBookParts {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly random: Random;
}

/** The journals that this node keeps, found by who may resume them. */
export class JournalBook {
  readonly #parts: JournalBookParts;
  /** By key on disk, in hex: the owner's 32 bytes, then the id. */
  readonly #kept = new Map<string, Kept>();
  /** Threads of sessions that go on here; nobody resumes or drops those. */
  readonly #held = new Set<string>();

  private constructor(parts: JournalBookParts) {
    this.#parts = parts;
  }

  /** Reads what is there. What cannot be read, a journal of another version say, is dropped: it could never be resumed. */
  static async open(parts: JournalBookParts): Promise<JournalBook> {
    const book = new JournalBook(parts);
    const useless: Uint8Array[] = [];
    for await (const [key, value] of parts.disk.entries({ start: PREFIX, end: PREFIX_END })) {
      const found = readFacts(value);
      if (found === undefined || found.savedAtMs + KEPT_MS < parts.clock.nowMs()) useless.push(key);
      else book.#kept.set(toHex(key.subarray(PREFIX.length)), found);
    }
    await parts.disk.batch(useless.map((key) => ({ type: "del", key })), { sync: false });
    return book;
  }

  /** A place for the journal of a thread that begins; nothing is written yet. */
  begin(owner: JournalOwner): string {
    const key = toHex(concatBytes(ownerBytes(owner), this.#parts.random.bytes(ID_BYTES)));
    this.#held.add(key);
    return key;
  }

  /** Resolves when the process may die without losing it. */
  async save(key: string, owner: JournalOwner, facts: JournalFacts, state: Uint8Array): Promise<void> {
    if (state.length > MOST_BYTES) return;
    const content = "code" in owner ? seal(state, owner.code, this.#parts.random) : state;
    const savedAtMs = this.#parts.clock.nowMs();
    this.#kept.set(key, { ...facts, savedAtMs, sizeBytes: content.length });
    const excess = this.#excess(key);
    for (const each of excess) this.#kept.delete(each);
    await this.#parts.disk.batch([...excess.map((each) => ({ type: "del", key: diskKey(each) }) as const), { type: "put", key: diskKey(key), value: encode(facts, savedAtMs, content) }], { sync: false });
  }

  async drop(key: string): Promise<void> {
    if (this.#kept.delete(key)) await this.#parts.disk.batch([{ type: "del", key: diskKey(key) }], { sync: false });
  }

  /** The session is over; what it left behind can be resumed. */
  release(key: string): void {
    this.#held.delete(key);
  }

  /** What waits for an owner, the oldest first. */
  waiting(owner: JournalOwner): readonly JournalInfo[] {
    const prefix = toHex(ownerBytes(owner));
    return [...this.#kept]
      .filter(([key]) => key.startsWith(prefix) && !this.#held.has(key))
      .map(([key, { name, kind, pendingLines, baseHeight, savedAtMs }]) => ({ id: key.slice(OWNER_BYTES * 2), name, kind, pendingLines, baseHeight, savedAtMs }))
      .sort((a, b) => a.savedAtMs - b.savedAtMs);
  }

  /** The bytes of a waiting thread, which is held from now on; undefined if it is gone or damaged. */
  take(owner: JournalOwner, id: string): { readonly key: string; readonly state: Uint8Array } | undefined {
    const key = `${toHex(ownerBytes(owner))}${id}`;
    const value = this.#kept.has(key) && !this.#held.has(key) ? this.#parts.disk.getSync(diskKey(key)) : undefined;
    const content = value === undefined ? undefined : readContent(value);
    const state = content !== undefined && "code" in owner ? openSealed(content, owner.code) : content;
    if (state === undefined) return undefined;
    this.#held.add(key);
    return { key, state };
  }

  /** Drops a waiting thread; false if there is none of that id. */
  async dropWaiting(owner: JournalOwner, id: string): Promise<boolean> {
    const key = `${toHex(ownerBytes(owner))}${id}`;
    if (!this.#kept.has(key) || this.#held.has(key)) return false;
    await this.drop(key);
    return true;
  }

  /** What must go so that `key` fits: of the same owner first, then of anybody. */
  #excess(key: string): string[] {
    const idle = [...this.#kept].filter(([each]) => each !== key && !this.#held.has(each)).sort(([, a], [, b]) => a.savedAtMs - b.savedAtMs);
    const sameOwner = (each: string): boolean => each.startsWith(key.slice(0, OWNER_BYTES * 2));
    const count = [...this.#kept.keys()].filter(sameOwner).length;
    const excess = idle.filter(([each]) => sameOwner(each)).slice(0, Math.max(0, count - MOST_OF_OWNER)).map(([each]) => each);
    let total = [...this.#kept.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (const [each, { sizeBytes }] of idle) {
      if (total <= MOST_TOTAL_BYTES) break;
      total -= sizeBytes;
      if (!excess.includes(each)) excess.push(each);
    }
    return excess;
  }
}

function ownerBytes(owner: JournalOwner): Uint8Array {
  return "code" in owner ? sha256(utf8("gridshell-journal-code-v1"), owner.code) : sha256(utf8("gridshell-journal-key-v1"), utf8(owner.fingerprint));
}

function diskKey(key: string): Uint8Array {
  return concatBytes(PREFIX, fromHex(key) as Uint8Array);
}

/** The last field is a checksum of the others: a journal that the disk damaged is not resumed. */
function encode({ name, pendingLines, baseHeight, kind }: JournalFacts, savedAtMs: number, content: Uint8Array): Uint8Array {
  const fields = encodeRlp([numberItem(FORMAT), textItem(name), numberItem(pendingLines), numberItem(baseHeight), textItem(kind), numberItem(savedAtMs), content]);
  return encodeRlp([fields, sha256(fields)]);
}

function readFields(value: Uint8Array): { readonly kept: Kept; readonly content: Uint8Array } | undefined {
  try {
    const [body, sum] = listField(decodeRlp(value), "journal", 2);
    const bytes = bytesField(body, "fields", [], MOST_BYTES * 2);
    if (!equalBytes(sha256(bytes), bytesField(sum, "checksum", [32]))) return undefined;
    const [format, name, pendingLines, baseHeight, kind, savedAtMs, content] = listField(decodeRlp(bytes), "journal", 7);
    if (smallField(format, "format", 255) !== FORMAT) return undefined;
    const found = bytesField(content, "content", [], MOST_BYTES * 2);
    return {
      content: found,
      kept: {
        name: textField(name, "name", 256), pendingLines: smallField(pendingLines, "lines", 2 ** 31), baseHeight: numberField(baseHeight, "height", 64),
        kind: textField(kind, "kind", 16) as JournalInfo["kind"], savedAtMs: smallField(savedAtMs, "time", 2 ** 48), sizeBytes: found.length,
      },
    };
  } catch (error) {
    if (isFaultError(error)) return undefined;
    throw error;
  }
}

function readFacts(value: Uint8Array): Kept | undefined {
  return readFields(value)?.kept;
}

function readContent(value: Uint8Array): Uint8Array | undefined {
  return readFields(value)?.content;
}
