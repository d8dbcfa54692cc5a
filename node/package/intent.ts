import { base32nopad } from "@scure/base";
import { bigEndian, concatBytes, fromBigEndian, utf8 } from "../../lang/base/bytes.ts";
import { assert } from "../../lang/base/assert.ts";
import { FaultError } from "../../lang/base/fault.ts";
import type { SignFault } from "../fault.ts";

/**
 * What a signer is given, as QR or text: where a package waits, not the package (G36). It fits a QR code of
 * version 6, level L (195 alphanumeric characters) for an IPv4 address, so it fits a terminal of 80×24.
 *
 * Bytes: version and kind (one each), chain id prefix (8), package id (32, only for `package`), length of the
 * intent id (1) and the id, expiry (5, big-endian Unix seconds), host key (32), address in ASCII to the end.
 */
export interface Intent {
  readonly version: 1;
  /** `package`: sign this one. `open`: a package will be made for whoever signs. `login`: prove a key to this node. */
  readonly kind: "package" | "open" | "login";
  /** First 8 bytes of the chain id: a signer of another chain stops here. */
  readonly chainIdPrefix: Uint8Array;
  /** 32 bytes for `package`, else empty. */
  readonly packageId: Uint8Array;
  /** 8 to 16 random bytes: the secret that lets a signer fetch and answer. */
  readonly intentId: Uint8Array;
  /** Unix seconds; not valid at or after it. */
  readonly expirySeconds: number;
  /** The node's Ed25519 host key, 32 bytes: the signer speaks with no other. */
  readonly hostKey: Uint8Array;
  /** `host:port`, lower case; IPv6 in brackets. */
  readonly address: string;
}

const PREFIX = "GS:";
const KINDS = ["package", "open", "login"] as const;
const CHAIN_PREFIX_BYTES = 8;
const EXPIRY_BYTES = 5;
const MAX_ADDRESS_BYTES = 100;
/** Text longer than this is not looked at; the longest intent has some 310 characters, and may be wrapped. */
const MAX_TEXT = 1_024;

/** The form under which a QR code and a line of text carry an intent: `GS:` and upper-case base32. */
export function encodeIntent(intent: Intent): string {
  return PREFIX + base32nopad.encode(intentBytes(intent));
}

/** Reads such text; white space of a wrapped line is skipped, every other deviation is refused. Fault: SIGN_BAD_INTENT. */
export function decodeIntent(text: string): Intent {
  if (text.length > MAX_TEXT) refuse("too long for an intent");
  const packed = text.replace(/\s+/g, "");
  if (!packed.startsWith(PREFIX)) refuse("an intent begins with GS:");
  const base32 = packed.slice(PREFIX.length);
  if (!/^[A-Z2-7]*$/.test(base32)) refuse("a character that no intent has");
  return intentFromBytes(fromBase32(base32));
}

/** SIGN_INTENT_EXPIRED once the time is up; time is passed in because rules have no clock. */
export function checkIntentTime(intent: Intent, nowMs: number): SignFault | undefined {
  return nowMs >= intent.expirySeconds * 1_000 ? { code: "SIGN_INTENT_EXPIRED" } : undefined;
}

/** What the text of an intent encodes, and what a login signs. */
export function intentBytes(intent: Intent): Uint8Array {
  const bytes = concatBytes(
    Uint8Array.of(intent.version, KINDS.indexOf(intent.kind)), intent.chainIdPrefix, intent.packageId,
    Uint8Array.of(intent.intentId.length), intent.intentId, bigEndian(BigInt(intent.expirySeconds), EXPIRY_BYTES), intent.hostKey, utf8(intent.address),
  );
  const read = intentFromBytes(bytes);
  assert(read.address === intent.address && read.kind === intent.kind, "an intent has the sizes its format says");
  return bytes;
}

/** What `intentBytes` wrote. Faults: SIGN_BAD_INTENT. */
export function intentFromBytes(bytes: Uint8Array): Intent {
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) refuse("cut short");
    return new Uint8Array(bytes.subarray(at, (at += count)));
  };
  if (take(1)[0] !== 1) refuse("made by a newer version");
  const kind = KINDS[take(1)[0] as number] ?? refuse("unknown kind");
  const chainIdPrefix = take(CHAIN_PREFIX_BYTES);
  const packageId = take(kind === "package" ? 32 : 0);
  const idBytes = take(1)[0] as number;
  if (idBytes < 8 || idBytes > 16) refuse("intent id");
  const intentId = take(idBytes);
  const expirySeconds = Number(fromBigEndian(take(EXPIRY_BYTES)));
  const hostKey = take(32);
  return { version: 1, kind, chainIdPrefix, packageId, intentId, expirySeconds, hostKey, address: addressText(take(bytes.length - at)) };
}

const ADDRESS = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]):([1-9][0-9]{0,4})$/;

function addressText(bytes: Uint8Array): string {
  if (bytes.length > MAX_ADDRESS_BYTES) refuse("address too long");
  const text = Buffer.from(bytes).toString("latin1");
  const port = ADDRESS.exec(text)?.[1];
  if (port === undefined || Number(port) > 65_535) refuse("no address of a node");
  return text;
}

function fromBase32(text: string): Uint8Array {
  try {
    return base32nopad.decode(text);
  } catch {
    return refuse("characters are missing or added"); // @scure/base throws plain errors for wrong lengths and trailing bits
  }
}

function refuse(reason: string): never {
  throw new FaultError<SignFault>({ code: "SIGN_BAD_INTENT", reason });
}
