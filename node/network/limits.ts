/** What a stranger's link may cost this node, and how long it is waited for. */
export interface LinkLimits {
  /** Links at a time, those that still greet included. */
  readonly links: number;
  /** A link that has not said what it is. */
  readonly helloMs: number;
  /** Nothing whole came for so long while we listened: the other side is gone, or feeds us drop by drop. */
  readonly silenceMs: number;
  /** The other side took nothing of what waits for it. */
  readonly stallMs: number;
  /** So often something is said, if only that we are there; well below `silenceMs`. */
  readonly keepAliveMs: number;
  /** What may wait for one peer besides one message of the greatest size; what is more is dropped. */
  readonly queueBytes: number;
  /** Messages of one peer: so many at once and so many a second; who sends more is read more slowly. */
  readonly messages: { readonly most: number; readonly perSecond: number };
  /** Bytes of one peer, in the same way; `most` is more than any message. */
  readonly bytes: { readonly most: number; readonly perSecond: number };
  /** Offences: so many at once and so many a second; then the link ends and the peer is refused for `barMs`. */
  readonly offences: { readonly most: number; readonly perSecond: number };
  readonly barMs: number;
  /** Pause before a peer is dialled again: doubles from the first to the second, with some chance in it. */
  readonly redialMs: { readonly least: number; readonly most: number };
}

/**
 * 16 links of at most a full block and a queue each are some 400 MB if every one of them is hostile. A full block in
 * a minute is 190 kB/s. 500 messages a second of 64 packages are twice what a block can hold, and 32 MiB a second nine
 * times what full blocks need, so that whoever fell behind catches up.
 */
export const LINK_LIMITS: LinkLimits = {
  links: 16,
  helloMs: 5_000,
  silenceMs: 60_000,
  stallMs: 60_000,
  keepAliveMs: 15_000,
  queueBytes: 4 << 20,
  messages: { most: 2_000, perSecond: 500 },
  bytes: { most: 64 << 20, perSecond: 32 << 20 },
  offences: { most: 4, perSecond: 1 / 60 },
  barMs: 600_000,
  redialMs: { least: 250, most: 15_000 },
};
