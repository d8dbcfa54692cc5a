/** What the source held before in the place of a write: not known here, all of it, or by how it differs (image-delta.ts). */
export type Before = "unknown" | "whole" | "delta";

/**
 * What a block changes at one place of the state trie. There is one of it, made over for every place: a block has ten
 * thousands. Whoever takes it copies what it needs at once.
 */
export class NodeWrite {
  /** The place: nibbles, the first `depth` of these. */
  readonly path = new Uint8Array(64);
  depth = 0;
  /** What stands there now is `bytes` from `from` to `to`: a branch's image, another node's encoding or a leaf's mark; nothing where `isGone`. */
  bytes = NO_BYTES;
  from = 0;
  to = 0;
  isGone = false;
  /** What stood there is `beforeBytes` from `beforeFrom` to `beforeTo`, written by the block at `beforeHeight`; all of them count only where it is known. */
  before: Before = "unknown";
  beforeHeight = 0;
  beforeBytes = NO_BYTES;
  beforeFrom = 0;
  beforeTo = 0;
}

/** Takes the writes of a block, each place once. */
export type NodeSink = (write: NodeWrite) => void;

const NO_BYTES: Uint8Array = new Uint8Array(0);
