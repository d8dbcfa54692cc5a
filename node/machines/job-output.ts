import type { Note } from "./jobs.ts";

/** Output is sent in pieces of this size, or when the job ends. */
const OUTPUT_PIECE_BYTES = 16 << 10;

/** What a job prints, on its way to whoever waits for it. */
export interface JobOutput {
  write(bytes: Uint8Array): void;
  flush(): void;
  /** Whether `less` is shown apart from the output, by whoever reads it, or printed. */
  pages(shown: "apart" | "printed"): void;
  page(content: Uint8Array, title: string): void;
}

/** `send` gets the bytes in order, in pieces of their own. */
export function createOutput(send: (note: Note) => void): JobOutput {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let shown: "apart" | "printed" = "printed";
  const flush = (): void => {
    if (size > 0) send(new Uint8Array(Buffer.concat(pieces)));
    [pieces, size] = [[], 0];
  };
  const write = (bytes: Uint8Array): void => {
    pieces.push(bytes.slice());
    size += bytes.length;
    if (size >= OUTPUT_PIECE_BYTES) flush();
  };
  return {
    flush, write,
    pages: (wanted) => void (shown = wanted),
    page(content, title) {
      if (shown === "printed") return write(content);
      flush();
      send({ content: content.slice(), title });
    },
  };
}
