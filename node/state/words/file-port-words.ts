import { isFaultError } from "../../../lang/base/fault.ts";
import type { Value } from "../../../lang/value.ts";
import { cellArg, contentArg, textArg } from "../host-args.ts";
import { LIMITS } from "../limits.ts";
import { withFile, type OpenFile } from "../open-files.ts";
import type { FilePort } from "../file-port.ts";
import type { WordAction, WordCall } from "./word-call.ts";

/** THROW numbers of Forth-2012 (table 9.1) that stand for what a file word could not do. */
const IOR = {
  position: -36, noFile: -38, close: -62, create: -63, remove: -64, tell: -65, size: -66, status: -67, flush: -68, open: -69, read: -70, line: -71,
  rename: -72, seek: -73, resize: -74, write: -75,
} as const;
const NEWLINE = 10;
const NO_BYTES: Value = { kind: "bytes", value: new Uint8Array(0) };

/** The host's part of the Forth-2012 file words. */
export const FILE_PORT_WORDS = {
  fileOpenEx: (call) => open(call, "open"),
  fileCreateEx: (call) => open(call, "create"),
  fileCloseEx: (call) =>
    withIor(call, IOR.close, [], () => {
      const { id } = opened(call, 0);
      call.host.openFiles = withFile(call.host.openFiles, id, undefined);
      return [];
    }),
  fileReadEx: (call) =>
    withIor(call, IOR.read, [NO_BYTES], (port) => {
      const { id, file } = opened(call, 0);
      demand(file.access.read);
      const content = port.read(file.name, file.position, byteCount(call, 1));
      moveTo(call, id, file, file.position + content.length);
      return [{ kind: "bytes", value: content }];
    }),
  fileLineEx: (call) => withIor(call, IOR.line, [NO_BYTES, cell(0)], (port) => readLine(call, port)),
  fileWriteEx: (call) =>
    withIor(call, IOR.write, [], (port) => {
      const { id, file } = opened(call, 1);
      demand(file.access.write);
      const content = contentArg(call.args, 0);
      // The file may have been cut by another word since.
      const position = Math.min(file.position, port.sizeBytes(file.name));
      port.write(file.name, position, content);
      moveTo(call, id, file, position + content.length);
      return [];
    }),
  filePositionEx: (call) => withIor(call, IOR.tell, [cell(0)], () => [cell(opened(call, 0).file.position)]),
  fileSeekEx: (call) =>
    withIor(call, IOR.seek, [], (port) => {
      const { id, file } = opened(call, 1);
      const position = byteCount(call, 0);
      if (position > port.sizeBytes(file.name)) throw new Refusal(IOR.position);
      moveTo(call, id, file, position);
      return [];
    }),
  fileSizeEx: (call) => withIor(call, IOR.size, [cell(0)], (port) => [cell(port.sizeBytes(opened(call, 0).file.name))]),
  fileResizeEx: (call) =>
    withIor(call, IOR.resize, [], (port) => {
      const { id, file } = opened(call, 1);
      demand(file.access.write);
      const sizeBytes = byteCount(call, 0);
      port.resize(file.name, sizeBytes);
      moveTo(call, id, file, Math.min(file.position, sizeBytes));
      return [];
    }),
  fileDeleteEx: (call) =>
    withIor(call, IOR.remove, [], (port) => {
      port.remove(port.resolve(textArg(call.args, 0)));
      return [];
    }),
  fileRenameEx: (call) =>
    withIor(call, IOR.rename, [], (port) => {
      port.rename(port.resolve(textArg(call.args, 0)), port.resolve(textArg(call.args, 1)));
      return [];
    }),
  fileStatusEx: (call) =>
    withIor(call, IOR.status, [cell(0)], (port) => {
      const kind = port.kind(port.resolve(textArg(call.args, 0)));
      if (kind === undefined) throw new Refusal(IOR.noFile);
      return [cell(kind === "file" ? 1 : 2)];
    }),
  fileFlushEx: (call) =>
    withIor(call, IOR.flush, [], () => {
      opened(call, 0);
      return [];
    }),
} as const satisfies Record<string, WordAction>;

/** A refusal by the words themselves; without a number it has that of the word. */
class Refusal extends Error {
  readonly ior: number | undefined;
  constructor(ior?: number) {
    super("refused");
    this.ior = ior;
  }
}

/**
 * What `action` gives and 0; or `otherwise` and a number when it is refused, with nothing changed. What
 * is no matter of the file, such as running out of ERG, stays a fault.
 */
function withIor(call: WordCall, number: number, otherwise: readonly Value[], action: (port: FilePort) => readonly Value[]): readonly Value[] {
  const before = { realm: call.realm.savepoint(), open: call.host.openFiles };
  try {
    return [...action(call.host.filePort(call)), cell(0)];
  } catch (error) {
    const ior = iorOf(error, number);
    if (ior === undefined) throw error;
    call.realm.rollback(before.realm);
    call.host.openFiles = before.open;
    return [...otherwise, cell(ior)];
  }
}

function iorOf(error: unknown, number: number): number | undefined {
  if (error instanceof Refusal) return error.ior ?? number;
  if (!isFaultError(error)) return undefined;
  const { code } = error.fault;
  if (code === "STATE_NO_SUCH_PATH") return IOR.noFile;
  return code.startsWith("STATE_") && code !== "STATE_BASE_PRUNED" ? number : undefined;
}

function open(call: WordCall, how: "open" | "create"): readonly Value[] {
  return withIor(call, IOR[how], [cell(0)], (port) => {
    const bits = Number(cellArg(call.args, 1) & 3n);
    const access = { read: (bits & 1) !== 0, write: (bits & 2) !== 0 };
    demand(bits !== 0 && call.host.openFiles.files.size < LIMITS.openFiles);
    const name = port.resolve(textArg(call.args, 0));
    if (how === "create") port.create(name);
    port.check(name, access);
    const id = call.host.openFiles.nextId;
    call.host.openFiles = withFile(call.host.openFiles, id, { name, access, position: 0 });
    return [cell(id)];
  });
}

/** At most as many bytes as asked for; a line's end among them is passed over, one right behind them is not. */
function readLine(call: WordCall, port: FilePort): readonly Value[] {
  const { id, file } = opened(call, 0);
  demand(file.access.read);
  const wanted = byteCount(call, 1);
  const content = port.read(file.name, file.position, Math.max(1, wanted));
  const end = content.indexOf(NEWLINE);
  const isWhole = end !== -1 && (end < wanted || wanted === 0);
  const line = content.subarray(0, isWhole ? end : wanted);
  moveTo(call, id, file, file.position + line.length + (isWhole && end < wanted ? 1 : 0));
  return [{ kind: "bytes", value: line }, cell(content.length === 0 ? 0 : -1)];
}

function opened(call: WordCall, index: number): { readonly id: number; readonly file: OpenFile } {
  const id = Number(cellArg(call.args, index));
  const file = call.host.openFiles.files.get(id);
  if (file === undefined) throw new Refusal();
  return { id, file };
}

function moveTo(call: WordCall, id: number, file: OpenFile, position: number): void {
  call.host.openFiles = withFile(call.host.openFiles, id, { ...file, position });
}

/** A number of bytes; more than any file has counts as that. */
function byteCount(call: WordCall, index: number): number {
  const count = cellArg(call.args, index);
  demand(count >= 0n);
  return Number(count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : count);
}

/** Whatever else is wrong has the number of its word. */
function demand(holds: boolean): void {
  if (!holds) throw new Refusal();
}

function cell(value: number): Value {
  return { kind: "cell", value: BigInt(value) };
}
