/**
 * Files as the Forth-2012 file words need them. Two things are such: the realm (realm-files.ts) and,
 * for `grid run`, a directory of this machine (working-directory.ts). Nothing stays open between two
 * calls, so an open file is a name and a position, and these can be kept, taken back and sent on.
 *
 * Every method refuses by throwing FaultError with a StateFault; it has then changed nothing.
 */
export interface FilePort {
  /** The name by which the file is found again from any directory. */
  resolve(path: string): string;
  /** Undefined where nothing is. */
  kind(name: string): "file" | "directory" | undefined;
  /** That the file is there and may be used so. */
  check(name: string, access: FileAccess): void;
  /** Makes an empty file, or empties the one that is there. */
  create(name: string): void;
  sizeBytes(name: string): number;
  /** At most `count` bytes from `position` on; fewer at the end. */
  read(name: string, position: number, count: number): Uint8Array;
  /** `position` is at most the size of the file. */
  write(name: string, position: number, content: Uint8Array): void;
  resize(name: string, sizeBytes: number): void;
  remove(name: string): void;
  /** A file that stands at `to` is replaced. */
  rename(from: string, to: string): void;
}

export interface FileAccess {
  readonly read: boolean;
  readonly write: boolean;
}
