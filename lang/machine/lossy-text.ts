/** Text for people of bytes that may be anything: what is not UTF-8 shows as replacement characters. */
export function lossyText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
