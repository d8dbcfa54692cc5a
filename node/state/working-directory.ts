import { closeSync, constants, ftruncateSync, fstatSync, lstatSync, openSync, readSync, realpathSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import type { Meter } from "../../lang/host.ts";
import { fault } from "./access.ts";
import type { FilePort } from "./file-port.ts";
import { LIMITS } from "./limits.ts";
import { readPrice, writePrice } from "./prices.ts";

/**
 * Files of a real directory for `grid run`; those of the script's own folder as well, for reading, so that
 * a script includes what lies beside it wherever it is started. Nothing else: a name or link that leads
 * out is refused. What is done here is done: a failing line does not take it back.
 */
export function workingDirectory(root: string, scriptFolder = root): (meter: Meter) => FilePort {
  const top = realpathSync(root);
  const readable = realpathSync(scriptFolder);
  return (meter) => new DirectoryFiles(top, readable, meter);
}

class DirectoryFiles implements FilePort {
  readonly #top: string;
  readonly #readable: string;
  readonly #meter: Meter;

  constructor(top: string, readable: string, meter: Meter) {
    this.#top = top;
    this.#readable = readable;
    this.#meter = meter;
  }

  resolve(path: string): string {
    if (path === "" || path.includes("\0") || Buffer.byteLength(path) > LIMITS.pathBytes) throw fault({ code: "STATE_BAD_NAME", path: path.slice(0, 200), reason: path === "" ? "empty" : path.includes("\0") ? "nul" : "too-long" });
    if (path.includes("\\")) throw fault({ code: "STATE_BAD_NAME", path: path.slice(0, 200), reason: "dot" });
    const target = resolve(this.#top, path);
    if (isWithin(target, this.#top)) return relative(this.#top, target);
    if (isWithin(target, this.#readable)) return target;
    throw fault({ code: "STATE_BAD_NAME", path: path.slice(0, 200), reason: "dot" });
  }

  kind(name: string): "file" | "directory" | undefined {
    try {
      const stat = lstatSync(this.#inside(name, this.#readable));
      return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : undefined;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw refusal(error, name, "read");
    }
  }

  check(name: string, access: { readonly read: boolean; readonly write: boolean }): void {
    this.#with(name, access.write ? (access.read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY, () => undefined);
  }

  create(name: string): void {
    this.#with(name, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, () => undefined);
  }

  sizeBytes(name: string): number {
    return this.#with(name, constants.O_RDONLY, (file) => fstatSync(file).size);
  }

  read(name: string, position: number, count: number): Uint8Array {
    return this.#with(name, constants.O_RDONLY, (file) => {
      const size = Math.max(0, Math.min(count, fstatSync(file).size - position, LIMITS.fileBytes));
      this.#meter.charge(readPrice(size));
      const buffer = new Uint8Array(size);
      let done = 0;
      for (let step = -1; done < size && step !== 0; done += step) step = readSync(file, buffer, done, size - done, position + done);
      return buffer.subarray(0, done);
    });
  }

  write(name: string, position: number, content: Uint8Array): void {
    this.#meter.charge(writePrice(content.length));
    this.#with(name, constants.O_WRONLY, (file) => {
      for (let done = 0; done < content.length; ) done += writeSync(file, content, done, content.length - done, position + done);
    });
  }

  resize(name: string, sizeBytes: number): void {
    this.#meter.charge(writePrice(sizeBytes));
    this.#with(name, constants.O_WRONLY, (file) => ftruncateSync(file, sizeBytes));
  }

  remove(name: string): void {
    this.#path(name, this.#top, (path) => unlinkSync(path));
  }

  rename(from: string, to: string): void {
    this.#path(from, this.#top, (source) => {
      const target = this.#inside(to, this.#top);
      if (this.kind(to) === "directory") throw fault({ code: "STATE_IS_DIRECTORY", path: to });
      renameSync(source, target);
    });
  }

  /** The real path of a name, whose last part need not be there; it lies in the working directory or in `also`. */
  #inside(name: string, also: string): string {
    if (name === "") return this.#top;
    const path = resolve(this.#top, name);
    const parent = realpathSync(dirname(path));
    const real = resolve(parent, basename(path));
    const target = isLink(real) ? realpathSync(real) : real;
    if (isWithin(target, this.#top) || isWithin(target, also)) return target;
    throw fault({ code: "STATE_DENIED", path: name, right: also === this.#top ? "write" : "read" });
  }

  #with<T>(name: string, flags: number, use: (file: number) => T): T {
    const also = flags === constants.O_RDONLY ? this.#readable : this.#top;
    return this.#path(name, also, (path) => {
      const file = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o644);
      try {
        if (!fstatSync(file).isFile()) throw fault({ code: "STATE_IS_DIRECTORY", path: name });
        return use(file);
      } finally {
        closeSync(file);
      }
    });
  }

  #path<T>(name: string, also: string, use: (path: string) => T): T {
    try {
      return use(this.#inside(name, also));
    } catch (error) {
      throw refusal(error, name, "write");
    }
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What the operating system refused, in the terms of file words; anything else is passed on. */
function refusal(error: unknown, path: string, right: string): unknown {
  switch (codeOf(error)) {
    case "ENOENT": return fault({ code: "STATE_NO_SUCH_PATH", path });
    case "ENOTDIR": return fault({ code: "STATE_NOT_DIRECTORY", path });
    case "EISDIR": return fault({ code: "STATE_IS_DIRECTORY", path });
    case "EACCES": case "EPERM": case "EROFS": case "ELOOP": case "EBUSY": case "ENXIO": return fault({ code: "STATE_DENIED", path, right });
    case "EFBIG": case "ENOSPC": case "EDQUOT": return fault({ code: "STATE_TOO_LARGE", path, limitBytes: LIMITS.fileBytes });
    default: return error;
  }
}
