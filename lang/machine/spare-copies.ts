/**
 * Copies of stretches of memory whose buffers are used again: noting 90 KB before each line anew would leave that
 * much to be collected, which took longer than the copying itself.
 */
const spare: Uint8Array<ArrayBuffer>[] = [];
const MOST_SPARE = 8;
/** Larger buffers are rare and not kept. */
const LARGEST = 1 << 20;

/** The bytes as they are now. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const at = spare.findIndex((buffer) => buffer.length >= bytes.length);
  const [buffer = new Uint8Array(bytes.length)] = at < 0 ? [] : spare.splice(at, 1);
  buffer.set(bytes);
  return buffer.subarray(0, bytes.length);
}

/** Says that nobody looks at a copy any more. */
export function giveCopy({ buffer }: Uint8Array): void {
  if (spare.length < MOST_SPARE && buffer instanceof ArrayBuffer && buffer.byteLength <= LARGEST) spare.push(new Uint8Array(buffer));
}
