import type { ServerConfig } from "ssh2";

/**
 * What this node speaks. ssh2's defaults fail ssh-audit (NIST curves in the key exchange, SHA-1, ssh-rsa,
 * zlib); this list passes. Strict key exchange (Terrapin) is added by ssh2 itself.
 */
export const ALGORITHMS: NonNullable<ServerConfig["algorithms"]> = {
  kex: ["curve25519-sha256", "curve25519-sha256@libssh.org"],
  serverHostKey: ["ssh-ed25519"],
  cipher: ["aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr"],
  hmac: ["hmac-sha2-512-etm@openssh.com", "hmac-sha2-256-etm@openssh.com"],
  compress: ["none"],
};

/** The software part of the version line. The version of ours is no help to anybody but an attacker. */
export const IDENT = "GridShell";
