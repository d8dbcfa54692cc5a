import { equalBytes, toHex } from "../../lang/base/bytes.ts";
import { FaultError } from "../../lang/base/fault.ts";
import { keccak256, sha256 } from "../../lang/base/hash.ts";
import { decodeRlp, encodeRlp, malformed } from "../../lang/base/rlp.ts";
import { bytesField, listField, numberField, numberItem } from "../../lang/base/rlp-fields.ts";
import type { PackageFault } from "../fault.ts";
import { BaseState, type RealmBase } from "../state/base-state.ts";
import { encodedAt, type NodeSource } from "../state/trie/source.ts";
import type { StateReader } from "../state/versioned.ts";

/**
 * The part of the state that a package touches, as Merkle proofs: trie nodes under the path at which they stand,
 * and contents of files. With them anybody can run the package alone and be sure that the result is the one
 * for this root; whether the root is the chain's is another question, which only costs the fee (R4).
 */
export interface Excerpt {
  readonly base: RealmBase;
  /** What the dry run took for the time of the block, in milliseconds since 1970: the node's word, for blocks to come have none. */
  readonly timeMs: bigint;
  /** `trie` is empty for the state trie, else the 20 bytes of a domain; `path` in nibbles. */
  readonly nodes: readonly ExcerptNode[];
  readonly contents: readonly Uint8Array[];
}
export interface ExcerptNode {
  readonly trie: Uint8Array;
  readonly path: Uint8Array;
  readonly encoded: Uint8Array;
}

/** Leaves room in one message for a package of the greatest size. */
export const EXCERPT_BYTES = 384 << 10;
const FORMAT = 1;
const MAX_ITEMS = 1 << 18;
const HEIGHT_BITS = 64;
const TIME_BITS = 48;

/** RLP, in the order of the fields. */
export function encodeExcerpt({ base, timeMs, nodes, contents }: Excerpt): Uint8Array {
  return encodeRlp([numberItem(FORMAT), numberItem(base.height), base.stateRoot, numberItem(timeMs), nodes.map(({ trie, path, encoded }) => [trie, path, encoded]), contents]);
}

/** Faults: CODEC_MALFORMED. Says nothing about whether the proofs hold: `excerptState` finds that out, node by node. */
export function decodeExcerpt(bytes: Uint8Array): Excerpt {
  if (bytes.length > EXCERPT_BYTES) malformed("excerpt: too large");
  const [format, height, stateRoot, timeMs, nodes, contents] = listField(decodeRlp(bytes, MAX_ITEMS), "excerpt", 6);
  if (numberField(format, "format", 8) !== BigInt(FORMAT)) malformed("excerpt format: only 1 is known");
  return {
    base: { height: numberField(height, "height", HEIGHT_BITS), stateRoot: bytesField(stateRoot, "root", [32]) },
    timeMs: numberField(timeMs, "time", TIME_BITS),
    nodes: listField(nodes, "nodes").map((item) => {
      const [trie, path, encoded] = listField(item, "node", 3);
      return { trie: bytesField(trie, "trie", [0, 20]), path: bytesField(path, "path", [], 128), encoded: bytesField(encoded, "encoded node", []) };
    }),
    contents: listField(contents, "contents").map((item) => bytesField(item, "content", [])),
  };
}

/** Where a state that is read through its tries alone gets nodes and contents from. */
interface ProofSource {
  node(trie: Uint8Array, path: Uint8Array): Uint8Array | undefined;
  content(hash: Uint8Array): Uint8Array | undefined;
}

/** The state of an excerpt. What is missing from it or does not have its hash ends with PACKAGE_UNPROVED. */
export function excerptState({ base, nodes, contents }: Excerpt): BaseState {
  const byPlace = new Map(nodes.map(({ trie, path, encoded }) => [placeKey(trie, path), encoded]));
  const byHash = new Map(contents.map((content) => [toHex(sha256(content)), content]));
  return new ProvedState(base, { node: (trie, path) => byPlace.get(placeKey(trie, path)), content: (hash) => byHash.get(toHex(hash)) });
}

/** A state that remembers what was read of it, and the excerpt of that. */
export function recordingState(reader: StateReader, base: RealmBase, timeMs = 0n): { readonly state: BaseState; excerpt(): Excerpt } {
  const nodes = new Map<string, ExcerptNode>();
  const contents = new Map<string, Uint8Array>();
  const stored = new BaseState(reader, base);
  const state = new ProvedState(base, {
    node(trie, path) {
      const encoded = encodedAt(path, stored.nodes(trie));
      if (encoded !== undefined) nodes.set(placeKey(trie, path), { trie, path: path.slice(), encoded });
      return encoded;
    },
    content(hash) {
      const content = reader.content(hash);
      if (content !== undefined) contents.set(toHex(hash), content);
      return content;
    },
  });
  return { state, excerpt: () => ({ base, timeMs, nodes: [...nodes.values()], contents: [...contents.values()] }) };
}

/** Committed state read through its tries, each node checked against the hash above it. */
class ProvedState extends BaseState {
  readonly #source: ProofSource;

  constructor({ height, stateRoot }: RealmBase, source: ProofSource) {
    super(noReader(height), { height, stateRoot });
    this.#source = source;
  }

  override domainBytes(address: Uint8Array): Uint8Array | undefined {
    return this.stateTrie().get(keccak256(address));
  }

  protected override underTrieKey(address: Uint8Array, trieKey: Uint8Array): Uint8Array | undefined {
    return this.storageTrie(address).get(trieKey);
  }

  override content(hash: Uint8Array): Uint8Array {
    const content = this.#source.content(hash);
    return content !== undefined && equalBytes(sha256(content), hash) ? content : unproved("the content of a file");
  }

  override nodes(trieName: Uint8Array): NodeSource {
    return { get: (path) => ({ height: this.height, value: this.#source.node(trieName, path) }), damaged: () => unproved(trieName.length === 0 ? "a domain" : "an entry of a domain") };
  }
}

/** When things were written is not part of what can be proved; what only shows it gets the height of the base. */
function noReader(height: bigint): StateReader {
  return {
    get: () => unproved("a record beside the tries"),
    record: () => ({ height, value: undefined }),
    content: () => undefined,
    advance: () => undefined,
    blockTrie: () => unproved("a block"),
    knownTrie: () => undefined,
    forget: () => undefined,
    folder: "excerpt",
  };
}

function placeKey(trie: Uint8Array, path: Uint8Array): string {
  return `${toHex(trie)}/${toHex(path)}`;
}

function unproved(reason: string): never {
  throw new FaultError<PackageFault>({ code: "PACKAGE_UNPROVED", reason: `it proves nothing about ${reason} that the code reads` });
}
