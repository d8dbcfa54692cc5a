const BYTES_PER_LINE = 57;

/** A proof as text that survives copying from a screen; `grid verify` reads it. */
export function armoured(proof: Uint8Array): string {
  const lines = Array.from({ length: Math.ceil(proof.length / BYTES_PER_LINE) }, (_, index) => Buffer.from(proof.subarray(index * BYTES_PER_LINE, (index + 1) * BYTES_PER_LINE)).toString("base64"));
  return `-----BEGIN GRIDSHELL PROOF-----\n${lines.join("\n")}\n-----END GRIDSHELL PROOF-----\n`;
}
