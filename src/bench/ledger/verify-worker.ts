import { parentPort, workerData } from "node:worker_threads";
import { verifyEd25519 } from "../../../node/crypto/ed25519.ts";
import { fastestScheme } from "../../../node/crypto/sodium-scheme.ts";

/** Verifies what it was started with, again and again, until the time is over; answers with how many. */
export interface VerifyData {
  readonly signed: readonly { readonly publicKey: Uint8Array; readonly message: Uint8Array; readonly signature: Uint8Array }[];
  readonly forMs: number;
}

const { signed, forMs } = workerData as VerifyData;
let count = 0;
const cpuBefore = process.threadCpuUsage();
const startedMs = performance.now();
while (performance.now() - startedMs < forMs) {
  for (const { publicKey, message, signature } of signed) {
    if (!verifyEd25519(publicKey, message, signature, fastestScheme)) throw new Error("a good signature was refused");
    count++;
  }
}
const { user, system } = process.threadCpuUsage(cpuBefore);
parentPort?.postMessage({ perSecond: (count * 1_000) / (performance.now() - startedMs), cpuUs: (user + system) / count });
