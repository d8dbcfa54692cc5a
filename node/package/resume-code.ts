import { base32nopad } from "@scure/base";

const BYTES = 16;
const GROUP = 5;

/** A resume code as people copy it: 16 bytes in base32 (RFC 4648), lower case, in groups of five with hyphens between. */
export function resumeCodeText(code: Uint8Array): string {
  return (base32nopad.encode(code).toLowerCase().match(new RegExp(`.{1,${String(GROUP)}}`, "g")) ?? []).join("-");
}

/** Reads a code however it was grouped; undefined if it is none. */
export function readResumeCode(text: string): Uint8Array | undefined {
  const letters = text.replaceAll(/[-\s]/g, "").toUpperCase();
  if (!/^[A-Z2-7]{26}$/.test(letters)) return undefined;
  try {
    const bytes = base32nopad.decode(letters);
    return bytes.length === BYTES ? bytes : undefined;
  } catch {
    return undefined; // bits that no code has
  }
}
