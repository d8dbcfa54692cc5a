import { parentPort, workerData } from "node:worker_threads";
import type { RealmBase } from "../../node/state/base-state.ts";
import { Realm } from "../../node/state/realm.ts";
import { createStateReader } from "../../node/state/versioned.ts";
import { openDisk } from "../../node/store/level-disk.ts";
import { dump } from "./realm-actions.ts";

// The other side of the state test: says what the state at a base shows, while the main thread writes blocks.
const { folder } = workerData as { folder: string };
const reader = createStateReader(await openDisk(folder, { create: false }), { cacheBytes: 20_000, folder });
parentPort?.on("message", (base: RealmBase) => {
  parentPort?.postMessage({ height: base.height, shown: dump(Realm.at(reader, base)) });
});
parentPort?.postMessage("open");
