import { parentPort, workerData } from "node:worker_threads";
import { fromUtf8, utf8 } from "../../lang/base/bytes.ts";
import { openDisk } from "../../node/store/level-disk.ts";

// The other side of the store test: opens the folder it is given and answers each key with its value.
const disk = await openDisk((workerData as { folder: string }).folder, { create: false });
parentPort?.on("message", (key: string) => {
  const value = disk.getSync(utf8(key));
  parentPort?.postMessage(value === undefined ? "absent" : fromUtf8(value));
});
parentPort?.postMessage("open");
