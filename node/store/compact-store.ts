import { resolve } from "node:path";
import { ClassicLevel } from "classic-level";

/**
 * Has LevelDB write the tables of a closed store anew without what was deleted, so that the disk has the room at
 * once. Takes the room of the largest level meanwhile.
 */
export async function compactStore(folder: string): Promise<void> {
  const level = new ClassicLevel<Uint8Array, Uint8Array>(resolve(folder), { keyEncoding: "view", valueEncoding: "view" });
  await level.open({ createIfMissing: false, compression: false });
  await level.compactRange(new Uint8Array(0), Uint8Array.of(0xff, 0xff));
  await level.close();
}
