import { Worker } from "node:worker_threads";
import { signEd25519 } from "../../../node/crypto/ed25519.ts";
import { sha256 } from "../../../lang/base/hash.ts";
import { utf8 } from "../../../lang/base/bytes.ts";
import { account } from "./transfers.ts";
import type { VerifyData } from "./verify-worker.ts";

const WORKER_FILE = new URL(import.meta.url.endsWith(".ts") ? "./verify-worker.ts" : "./verify-worker.js", import.meta.url);
/** Different keys: a library that remembered them would look faster than strangers' packages are. */
const KEYS = 256;

export interface VerificationRate {
  /** Of all threads together. */
  readonly perSecond: number;
  /** Processor time of one, which other programs on the machine do not stretch as they do the rate. */
  readonly cpuUs: number;
}

/** Ed25519 verifications of `workers` threads with nothing else going on in this process. */
export async function bareVerificationRate(workers: number, forMs: number): Promise<VerificationRate> {
  const signed = Array.from({ length: KEYS }, (_, index) => {
    const { seed, publicKey } = account(index);
    const message = sha256(utf8(`message ${index}`));
    return { publicKey, message, signature: signEd25519(seed, message) };
  });
  const data: VerifyData = { signed, forMs };
  const rates = await Promise.all(Array.from({ length: workers }, () => rateOf(data)));
  return { perSecond: rates.reduce((sum, { perSecond }) => sum + perSecond, 0), cpuUs: rates.reduce((sum, { cpuUs }) => sum + cpuUs, 0) / workers };
}

function rateOf(data: VerifyData): Promise<VerificationRate> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER_FILE, { workerData: data });
    worker.on("message", (rate: VerificationRate) => resolve(rate));
    worker.on("error", reject);
  });
}
