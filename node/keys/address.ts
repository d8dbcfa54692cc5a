import { bech32m } from "@scure/base";
import { utf8 } from "../../lang/base/bytes.ts";
import { sha256 } from "../../lang/base/hash.ts";

const PREFIX = "grid";
const DOMAIN_BYTES = 20;
const SEPARATION = utf8("gridshell-address-v1");

/** The domain that a key has without registration (R5): the first 20 bytes of a domain-separated hash of its 32. */
export function domainOfKey(publicKey: Uint8Array): Uint8Array {
  return sha256(SEPARATION, publicKey).slice(0, DOMAIN_BYTES);
}

/** A domain as people read it: bech32m (BIP 350) with prefix `grid`, 43 characters, of which six are a checksum. */
export function formatAddress(domain: Uint8Array): string {
  return bech32m.encode(PREFIX, bech32m.toWords(domain));
}
