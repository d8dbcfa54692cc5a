import { assert } from "../../lang/base/assert.ts";
import { equalBytes } from "../../lang/base/bytes.ts";
import { isFaultError } from "../../lang/base/fault.ts";
import { keccak256, sha256 } from "../../lang/base/hash.ts";
import { bytesField, listField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { decodeRlp, encodeRlp, malformed, type RlpItem } from "../../lang/base/rlp.ts";
import type { BlockHeader } from "../ledger/block.ts";
import { decodeHeader, headerId } from "../ledger/header-codec.ts";
import { emptyDomain, type BaseState } from "./base-state.ts";
import { entryTrieKey, ROOT_PATH, splitPath, storedTrieKey } from "./entry-keys.ts";
import { LIMITS } from "./limits.ts";
import { isCanonicalPath, type Place } from "./paths.ts";
import { decodeDomain, decodeEntry, decodeStored } from "./records-codec.ts";
import type { DomainRecord, EntryRecord } from "./records.ts";
import { EMPTY_ROOT } from "./trie/nodes.ts";
import { anchorOf, checkHeaders, headersField, workOfHeaders, type ProofTrust } from "./proof-headers.ts";
import { buildProof, verifyProof, type Proof, type ProofVerdict } from "./trie/proof.ts";

/**
 * A proof of what stood at a path, or of what the program there kept under a key, in one file that anybody checks without a node: headers from the block
 * whose state is meant up to newer ones, the way through the state trie to the domain, the way through the
 * domain's own trie to the entry, and the file's content. Each part is bound to the one before by hash.
 *
 * Headers alone prove nothing: anyone can write some. The file is only called valid when a block that the
 * reader trusts stands at or above the block meant, or when the work in the key blocks there is as much
 * as the reader asks for (R12). Leader signatures are not looked at: they cost nothing to whoever is leader.
 *
 *     [ "gridshell-proof", 1, headers, domain, path, state nodes, storage nodes, [] or [content], [] or [key] ]
 */
const MAGIC = "gridshell-proof";
const VERSION = 1;
export const MAX_PROOF_BYTES = 8 * 1_048_576;
/** 64 bytes of key are 128 steps at most. */
const MAX_NODES = 160;
const MAX_NODE_BYTES = 66_000;
const MAX_ITEMS = 16_384;

const STATE_TRIE = new Uint8Array(0);

/**
 * The proof of a place in a committed state. `headers` are encoded, first the block after which the state
 * is `base`, then those on top of it, as many as one likes to count the work of.
 * Faults: STORE_DAMAGED.
 */
export function buildProofFile(base: BaseState, headers: readonly Uint8Array[], place: ProvedPlace): Uint8Array {
  const { domain, path, key } = place;
  const [first] = headers.slice(0, 1).map(decodeHeader);
  assert(first !== undefined && first.height === base.height && equalBytes(first.stateRoot, base.stateRoot), "the first header is of the block after which the state is so");
  const entry = path === ROOT_PATH || key !== undefined ? undefined : base.entry(domain, path);
  const storageRoot = base.domain(domain)?.storageRoot ?? EMPTY_ROOT;
  const trieKey = trieKeyOf(place);
  const way = trieKey === undefined ? [] : buildProof(base.nodes(domain), storageRoot, trieKey);
  return encodeRlp([
    textItem(MAGIC), numberItem(VERSION), [...headers], domain, textItem(path),
    [...buildProof(base.nodes(STATE_TRIE), base.stateRoot, keccak256(domain))], [...way],
    entry?.kind === "file" ? [base.content(entry.contentHash)] : [],
    key === undefined ? [] : [textItem(key)],
  ]);
}

/** Where it stands in the domain's trie; a root stands nowhere in it. */
function trieKeyOf({ path, key }: ProvedPlace): Uint8Array | undefined {
  if (key !== undefined) return storedTrieKey(path, key);
  if (path === ROOT_PATH) return undefined;
  const { directory, name } = splitPath(path);
  return entryTrieKey(directory, name);
}

/** A path, or with `key` what the program there keeps under it. */
export interface ProvedPlace extends Place {
  readonly key?: string;
}

/** What a proof says. Everything in it follows from the file; whether the chain is the one meant is `kind`'s to say. */
export interface ProofContent {
  readonly place: ProvedPlace;
  /** Height and id of the block after which the state was so, and its root. */
  readonly height: bigint;
  readonly blockId: Uint8Array;
  readonly stateRoot: Uint8Array;
  /** The newest header in the file. */
  readonly tipHeight: bigint;
  readonly tipId: Uint8Array;
  /** Expected hashes of the key blocks from the block meant up to the newest. */
  readonly work: bigint;
  readonly domain: DomainRecord;
  /** Absent for a root, and where the proof says that nothing stands. */
  readonly entry?: EntryRecord;
  readonly content?: Uint8Array;
  /** The encoded value under the key; absent without one, and where the proof says that nothing is kept. */
  readonly kept?: Uint8Array;
}

/**
 * `valid`: it holds, and a checkpoint or enough work stands behind it. `unanchored`: all hashes agree, but nothing that
 * the reader trusts says that this chain is the chain. `invalid`: it does not hold.
 */
export type ProofReport =
  | { readonly kind: "valid" | "unanchored"; readonly proof: ProofContent; readonly reason: string }
  | { readonly kind: "invalid"; readonly reason: string };

/** Judges a proof file from anybody, offline. Never throws for what stands in the file. */
export function verifyProofFile(bytes: Uint8Array, trust: ProofTrust): ProofReport {
  try {
    const file = decodeProofFile(bytes);
    const proof = follow(file);
    return typeof proof === "string" ? { kind: "invalid", reason: proof } : { proof, ...anchorOf(file.headers, proof.work, trust) };
  } catch (error) {
    if (!isFaultError(error)) throw error;
    return { kind: "invalid", reason: "it is no proof file in the one form that is known" };
  }
}

interface ProofFile {
  readonly headers: readonly BlockHeader[];
  readonly place: ProvedPlace;
  readonly stateNodes: Proof;
  readonly storageNodes: Proof;
  readonly content: Uint8Array | undefined;
}

function decodeProofFile(bytes: Uint8Array): ProofFile {
  if (bytes.length > MAX_PROOF_BYTES) malformed(`proof: more than ${MAX_PROOF_BYTES} bytes`);
  const [magic, version, headers, domain, pathItem, stateNodes, storageNodes, content, keyItem] = listField(decodeRlp(bytes, MAX_ITEMS), "proof", 9);
  if (textField(magic, "kind of file", MAGIC.length) !== MAGIC) malformed("proof: another kind of file");
  if (smallField(version, "version", 255) !== VERSION) malformed(`proof: only version ${VERSION} is known`);
  const path = textField(pathItem, "path", LIMITS.pathBytes);
  if (!isCanonicalPath(path)) malformed("path: not in its one form");
  const contents = listField(content, "content");
  if (contents.length > 1) malformed("content: at most one");
  const keys = listField(keyItem, "key");
  if (keys.length > 1) malformed("key: at most one");
  return {
    headers: headersField(headers),
    place: { domain: bytesField(domain, "domain", [20]), path, ...(keys.length === 0 ? {} : { key: textField(keys[0], "key", LIMITS.storedKeyBytes) }) },
    stateNodes: bounded(stateNodes, "state nodes", MAX_NODES).map(nodeOf),
    storageNodes: bounded(storageNodes, "storage nodes", MAX_NODES).map(nodeOf),
    content: contents.length === 0 ? undefined : bytesField(contents[0], "content", [], LIMITS.fileBytes),
  };
}

function bounded(item: RlpItem | undefined, name: string, most: number): readonly RlpItem[] {
  const items = listField(item, name);
  return items.length > most ? malformed(`${name}: more than ${most}`) : items;
}

function nodeOf(item: RlpItem): Uint8Array {
  return bytesField(item, "node", [], MAX_NODE_BYTES);
}

/** What the file says, or why it does not hold. */
function follow({ headers, place, stateNodes, storageNodes, content }: ProofFile): ProofContent | string {
  const [first] = headers;
  const broken = checkHeaders(headers);
  if (first === undefined || broken !== undefined) return broken ?? "it holds no block header";
  const domain = readDomain(verifyProof(first.stateRoot, keccak256(place.domain), stateNodes));
  if (typeof domain === "string") return `the way to the domain: ${domain}`;
  const found = readEntry(place, domain, storageNodes);
  if (typeof found === "string") return `the way to the entry: ${found}`;
  const wrong = checkContent(found.entry, content);
  if (wrong !== undefined) return wrong;
  const tip = headers[headers.length - 1] as BlockHeader;
  return {
    place, height: first.height, blockId: headerId(first), stateRoot: first.stateRoot, tipHeight: tip.height, tipId: headerId(tip),
    work: workOfHeaders(headers),
    domain, ...(found.entry === undefined ? {} : { entry: found.entry }), ...(content === undefined ? {} : { content }), ...(found.kept === undefined ? {} : { kept: found.kept }),
  };
}

/** A domain that is not there is an empty one. */
function readDomain(verdict: ProofVerdict): DomainRecord | string {
  if (verdict.kind === "invalid") return verdict.reason;
  return verdict.kind === "absent" ? emptyDomain() : decodeDomain(verdict.value);
}

function readEntry(place: ProvedPlace, domain: DomainRecord, nodes: Proof): { readonly entry?: EntryRecord; readonly kept?: Uint8Array } | string {
  const { path, key } = place;
  const trieKey = trieKeyOf(place);
  if (trieKey === undefined) return nodes.length === 0 ? {} : "nodes are left over";
  const verdict = verifyProof(domain.storageRoot, trieKey, nodes);
  if (verdict.kind === "invalid") return verdict.reason;
  if (verdict.kind === "absent") return {};
  if (key !== undefined) {
    const stored = decodeStored(verdict.value);
    return stored.key === key ? { kept: stored.value } : "the value has another key";
  }
  const entry = decodeEntry(verdict.value);
  return entry.name === splitPath(path).name ? { entry } : "the entry has another name";
}

function checkContent(entry: EntryRecord | undefined, content: Uint8Array | undefined): string | undefined {
  if (content === undefined) return entry?.kind === "file" ? "the file's content is missing" : undefined;
  if (entry?.kind !== "file") return "there is content for what is no file";
  return content.length === entry.sizeBytes && equalBytes(sha256(content), entry.contentHash) ? undefined : "the content is not what the entry says";
}
