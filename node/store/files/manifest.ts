import { concatBytes } from "../../../lang/base/bytes.ts";
import { ByteReader, CutShort } from "./byte-reader.ts";
import { logRecords, RECORD, type LogEnd } from "./log-records.ts";
import type { OpenFile } from "./open-file.ts";

/** Which files a LevelDB store consists of, by its MANIFEST (db/version_edit.cc). */
export interface Manifest extends LogEnd {
  /** Tables by number, with their size in bytes. */
  readonly tables: ReadonlyMap<number, number>;
  /** Logs of this number and higher hold what is in no table yet. */
  readonly logNumber: number;
}

const TAG = { comparator: 1, logNumber: 2, nextFile: 3, lastSequence: 4, compactPointer: 5, deletedFile: 6, newFile: 7, previousLog: 9 } as const;

/** Reads a MANIFEST to its end. What it holds after damage is not said. */
export function readManifest(file: OpenFile): Manifest {
  const version = new Version();
  const records = logRecords(file);
  let pieces: Uint8Array[] = [];
  for (;;) {
    const next = records.next();
    if (next.done === true) return { ...next.value, tables: version.tables, logNumber: version.logNumber };
    const { data, type } = next.value;
    if (type === RECORD.full || type === RECORD.first) pieces = [];
    pieces.push(data.slice());
    if (type !== RECORD.full && type !== RECORD.last) continue;
    const damage = version.apply(concatBytes(...pieces));
    if (damage !== undefined) return { damage, soundBytes: 0, tables: version.tables, logNumber: version.logNumber };
  }
}

class Version {
  readonly tables = new Map<number, number>();
  logNumber = 0;

  /** Applies one edit; what is wrong with it, or undefined. */
  apply(edit: Uint8Array): string | undefined {
    try {
      const reader = new ByteReader(edit);
      while (!reader.atEnd()) if (!this.#field(reader.varint(), reader)) return "an edit has a field that is not known";
      return undefined;
    } catch (error) {
      if (error instanceof CutShort) return "an edit is cut short";
      throw error;
    }
  }

  #field(tag: number, reader: ByteReader): boolean {
    if (tag === TAG.comparator) reader.lengthPrefixed();
    else if (tag === TAG.logNumber) this.logNumber = reader.varint();
    else if (tag === TAG.nextFile || tag === TAG.lastSequence || tag === TAG.previousLog) reader.varint();
    else if (tag === TAG.compactPointer) reader.skipLevel().lengthPrefixed();
    else if (tag === TAG.deletedFile) this.tables.delete(reader.skipLevel().varint());
    else if (tag === TAG.newFile) {
      this.tables.set(reader.skipLevel().varint(), reader.varint());
      reader.lengthPrefixed();
      reader.lengthPrefixed();
    } else return false;
    return true;
  }
}
