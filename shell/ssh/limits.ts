/**
 * Every number of the SSH guard, with unit and reason. OpenSSH's own limits are the anchor where it has one
 * (sshd_config: MaxStartups, LoginGraceTime, MaxAuthTries, MaxSessions, PerSourcePenalties).
 * The attacks behind them were reproduced against bare ssh2 1.17; `test/shell/attacks.test.ts` holds them.
 */
export interface Limits {
  /** Connections at once. About 33 KB of memory each when idle, so 100 MB. */
  readonly connectionsTotal: number;
  /** Connections at once from one source (IPv4 address or IPv6 /64): a household behind one address, not a botnet. */
  readonly connectionsPerSource: number;
  /** MaxStartups start:rate:full. Unauthenticated connections from which on some are dropped at random. */
  readonly startupsStart: number;
  /** Percent dropped at `startupsStart`; rises to 100 at `startupsFull`. */
  readonly startupsPercent: number;
  readonly startupsFull: number;
  /** Until the client's version line has come. A real client sends it in its first packet. */
  readonly versionLineMs: number;
  /** Until the first key exchange is done, and until any later one is. */
  readonly keyExchangeMs: number;
  /** LoginGraceTime, from accept to the end of authentication. OpenSSH grants 120 s for typed passwords; we ask for none. */
  readonly loginGraceMs: number;
  /** Authentication requests on one connection, failed or not; OpenSSH's 6 failures plus the queries of a full agent. */
  readonly authRequests: number;
  /** MaxSessions: channels open at once on one connection. */
  readonly channelsPerConnection: number;
  /** Smallest packet a client may ask us to cut output into: 0 makes ssh2 loop for ever, 1 multiplies traffic by 40. */
  readonly leastPacketBytes: number;
  /** Data packets of one channel that wait unread: each costs some 300 bytes of memory however little it carries. */
  readonly unreadPackets: number;
  /** Bytes in the socket's write buffer from which on we neither send more output nor read more requests. */
  readonly socketBacklogBytes: number;
  /** Output of one channel that waits for the client; beyond it the connection ends. A line is stopped at half of it. */
  readonly outputBacklogBytes: number;
  /** Packets queued while a key exchange is under way. A client may not ask for anything then. */
  readonly queuedPackets: number;
  /** Output waits and the client takes none of it for this long: it is gone. */
  readonly stalledMs: number;
  /** ClientAliveInterval: nothing was heard from the client for so long, and it is asked whether it is there. */
  readonly askAliveMs: number;
  /** Nothing was heard for this long, though it was asked: a sleeping laptop, a cut line. Its thread is let go. */
  readonly silentMs: number;
  /** Nothing is typed at a prompt for so long: the session ends. Its thread costs some ten kilobytes; what is recorded can be resumed. */
  readonly idleMs: number;
  /** So long before that it is said. */
  readonly idleWarningMs: number;
  /** Key exchanges a client may ask for in a row; 0.7 ms of a core each. */
  readonly rekeyBurst: number;
  /** One more key exchange is earned in this time. */
  readonly rekeyEveryMs: number;
  /** We ask for new keys ourselves after so much traffic (RFC 4253, section 9). */
  readonly rekeyAfterBytes: number;
  /** The window of a terminal is clamped: 3000×3000 cells cost 1.46 GB in a full-screen view. */
  readonly columns: { readonly least: number; readonly most: number };
  readonly rows: { readonly least: number; readonly most: number };
  /** PerSourcePenalties: what each offence adds to the time a source is refused. */
  readonly penaltyMs: { readonly refused: number; readonly noLogin: number; readonly abuse: number };
  /** A source is refused only once its penalties reach this much; they decay with time. */
  readonly penaltyFromMs: number;
  readonly penaltyMostMs: number;
  /** Sources remembered. */
  readonly penaltySources: number;
}

export const LIMITS: Limits = {
  connectionsTotal: 3_000,
  connectionsPerSource: 100,
  startupsStart: 20,
  startupsPercent: 30,
  startupsFull: 100,
  versionLineMs: 10_000,
  keyExchangeMs: 20_000,
  loginGraceMs: 60_000,
  authRequests: 20,
  channelsPerConnection: 10,
  leastPacketBytes: 1_024,
  unreadPackets: 65_536,
  socketBacklogBytes: 1 << 20,
  outputBacklogBytes: 16 << 20,
  queuedPackets: 4_096,
  stalledMs: 60_000,
  askAliveMs: 60_000,
  silentMs: 240_000,
  idleMs: 1_800_000, // somebody who reads a page or asks a colleague comes back within half an hour
  idleWarningMs: 60_000,
  rekeyBurst: 10,
  rekeyEveryMs: 5_000,
  rekeyAfterBytes: 1 << 30,
  columns: { least: 20, most: 500 },
  rows: { least: 5, most: 200 },
  penaltyMs: { refused: 1_000, noLogin: 1_000, abuse: 20_000 },
  penaltyFromMs: 15_000,
  penaltyMostMs: 600_000,
  penaltySources: 65_536,
};
