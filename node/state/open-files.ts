import { listField, numberItem, smallField, textField, textItem } from "../../lang/base/rlp-fields.ts";
import { malformed, type RlpItem } from "../../lang/base/rlp.ts";
import type { FileAccess } from "./file-port.ts";
import { LIMITS } from "./limits.ts";

/** The files that a thread has open. Never changed in place, so that a mark is a reference. */
export interface OpenFiles {
  /** The handle that the next file gets; none is given twice. */
  readonly nextId: number;
  readonly files: ReadonlyMap<number, OpenFile>;
}
export interface OpenFile {
  /** As `FilePort.resolve` gave it. */
  readonly name: string;
  readonly access: FileAccess;
  readonly position: number;
}

export const NO_OPEN_FILES: OpenFiles = { nextId: 1, files: new Map() };

const MAX_ID = 2 ** 32;
/** An address in front of the longest path. */
const MAX_NAME_BYTES = LIMITS.pathBytes + 64;

export function withFile(open: OpenFiles, id: number, file: OpenFile | undefined): OpenFiles {
  const files = new Map(open.files);
  if (file === undefined) files.delete(id);
  else files.set(id, file);
  return { nextId: Math.max(open.nextId, id + 1), files };
}

/** For a thread between lines. */
export function openFilesItem({ nextId, files }: OpenFiles): RlpItem {
  const list = [...files].sort(([a], [b]) => a - b);
  return [numberItem(nextId), list.map(([id, { name, access, position }]) => [numberItem(id), textItem(name), numberItem((access.read ? 1 : 0) + (access.write ? 2 : 0)), numberItem(position)])];
}

/** Faults: CODEC_MALFORMED. */
export function openFilesFrom(item: RlpItem | undefined): OpenFiles {
  const [nextItem, list] = listField(item, "open files", 2);
  const nextId = smallField(nextItem, "next file", MAX_ID);
  const items = listField(list, "open files");
  if (items.length > LIMITS.openFiles) malformed(`open files: more than ${LIMITS.openFiles}`);
  const files = items.map((one): readonly [number, OpenFile] => {
    const [id, name, access, position] = listField(one, "open file", 4);
    const bits = smallField(access, "access", 3);
    return [smallField(id, "file", nextId - 1), { name: textField(name, "name", MAX_NAME_BYTES), access: { read: (bits & 1) !== 0, write: (bits & 2) !== 0 }, position: smallField(position, "position", Number.MAX_SAFE_INTEGER) }];
  });
  return { nextId, files: new Map(files) };
}
