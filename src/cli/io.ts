import type { Readable } from "node:stream";

/** What a command may touch of the process, so that tests can stand in for it. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly directory: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly outIsTerminal: boolean;
  out(text: string | Uint8Array): void;
  err(text: string): void;
}

/**
 * The process itself. A reader that goes away (`grid run - | head -1`) ends the program quietly, as other
 * command-line programs end.
 */
export function processIo(): Io {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  return {
    env: process.env,
    directory: process.cwd(),
    stdin: process.stdin,
    outIsTerminal: process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
  };
}

/** All of a stream as bytes, refused beyond `limitBytes` by returning undefined. */
export async function readAll(stream: Readable, limitBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
    sizeBytes += bytes.length;
    if (sizeBytes > limitBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
